"""What an operator does with the partners of a platform."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from ocpi_runtime.binding import Binding
from ocpi_runtime.errors import NotFound
from ocpi_runtime.parties import PartyRole
from ocpi_runtime.transport import Transport
from ocpi_server._assembly import Parts
from ocpi_server._interfaces import main_versions_url
from ocpi_server.partners import (
    Invitation,
    PartnerAdministration,
    PartnerDirectory,
    PartnerRecord,
    PartnerRole,
    Status,
    WrongState,
)
from ocpi_server.settings import Settings

__all__ = ["PartnerOperations"]


class PartnerOperations:
    """The methods of a platform that invite, register and end partners.

    Attributes:
        settings: Who the platform is.
        partners: Finds partners and moves them through their registration.
        administration: Approves, blocks and withdraws partners.
        parts: The services.
    """

    settings: Settings
    partners: PartnerDirectory
    administration: PartnerAdministration
    parts: Parts
    _bindings: Mapping[str, Binding[Any, Any]]

    @property
    def versions_url(self) -> str:
        """Where our versions are listed: all of them, if a partner can only meet us in one role.

        Of a platform with several roles it is the list of those versions that distinguish roles, if
        it speaks one. :meth:`Settings.versions_url` gives the list of a role, with all versions.
        """
        return main_versions_url(self.settings, self._bindings)

    # --- Partners

    async def issue_token_a(
        self,
        name: str,
        *,
        partner_id: str | None = None,
        role: PartyRole | None = None,
        linked_partner_id: str | None = None,
        roles: Sequence[PartnerRole] = (),
        approval: bool = False,
        days: float | None = None,
    ) -> Invitation:
        """Invite a partner to register here.

        Without ``roles`` and ``approval`` the caller vouches for the partner: the roles that it
        registers with are approved, except the role HUB, which waits for approval.

        Args:
            name: What an operator calls it.
            partner_id: A partner that was unregistered, to be invited again.
            role: Our role towards it, for partners of 2.1.1 and 2.0.
            linked_partner_id: A partner that is the same company in its other role: in 2.1.1 and
                2.0 it registers once per role, and may do so with one party.
            roles: The parties and roles that it may register; others are refused.
            approval: Whether the roles that it registers with wait for approval.
            days: How long the token works; ``token_a_days`` of the settings by default.

        Raises:
            NotFound: There is no partner to link to.
            ValueError: Both ``roles`` and ``approval`` are given.
        """
        if roles and approval:
            raise ValueError("roles and approval exclude each other")
        key, token = await self.partners.invite(
            name,
            partner_id=partner_id,
            linked_partner_id=linked_partner_id,
            roles=roles,
            vouched=not approval,
            lifetime=timedelta(days=self.settings.token_a_days if days is None else days),
        )
        url = self.versions_url if role is None else self.settings.versions_url(role)
        return Invitation(key, url, token)

    async def register_with(  # noqa: PLR0913 - keywords, most of them seldom needed
        self,
        versions_url: str,
        token_a: str,
        *,
        name: str = "",
        expects: Sequence[tuple[str, str]] = (),
        role: PartyRole | None = None,
        linked_partner_id: str | None = None,
        partner_id: str | None = None,
        roles: Sequence[PartnerRole] = (),
        transport: Transport | None = None,
    ) -> PartnerRecord:
        """Register at a partner.

        Args:
            versions_url: Where it lists its versions.
            token_a: Its token A.
            name: What an operator calls it; its URL by default.
            expects: Modules and interfaces that it must offer.
            role: The role that we register with, where only one counts (2.1.1 and 2.0).
            linked_partner_id: As in :meth:`issue_token_a`.
            partner_id: A partner whose registration has ended, to be registered again; by default
                the one with this versions URL.
            roles: The parties and roles that it is known for; others wait for approval. By
                default all that it has are approved, except the role HUB.
            transport: Certificates, headers, proxy and times for the calls to it; kept sealed.

        Raises:
            OcpiError: It failed; nothing is left of it here.
        """
        return await self.parts.registration.register(
            name or versions_url,
            versions_url,
            token_a,
            expects=expects,
            role=role,
            linked_partner_id=linked_partner_id,
            partner_id=partner_id,
            roles=roles,
            transport=transport,
        )

    async def renew(self, partner: PartnerRecord) -> PartnerRecord:
        """Renew a registration: new tokens on both sides, endpoints and roles again.

        Raises:
            OcpiError: It failed; the tokens of before are still in force here.
        """
        return await self.parts.registration.renew(partner)

    async def unregister(self, partner: PartnerRecord) -> None:
        """End a registration on both sides.

        Raises:
            OcpiError: The partner could not be reached.
        """
        await self.parts.registration.unregister(partner)

    async def end(self, partner_id: str, *, force: bool = False) -> bool:
        """End a registration; the partner is blocked here before it is unregistered there.

        Args:
            partner_id: The partner.
            force: Whether the registration ends here without the partner knowing, too.

        Returns:
            Whether the partner was reached.

        Raises:
            NotFound: There is no such partner.
            WrongState: It is not registered.
            OcpiError: The partner could not be reached; it stays registered and blocked.
        """
        partner = await self.partner(partner_id)
        if partner.status is not Status.REGISTERED:
            raise WrongState(
                f"{partner.label} is {partner.status}, only a registered partner can be ended."
            )
        if force:
            return await self.parts.registration.cut_off(partner)
        await self.unregister(await self.administration.set_blocked(partner_id, blocked=True))
        return True

    async def partner(self, partner_id: str) -> PartnerRecord:
        """Look a partner up.

        Raises:
            NotFound: There is none.
        """
        found = await self.partners.get(partner_id)
        if found is None:
            raise NotFound(f"Partner {partner_id} not found.")
        return found
