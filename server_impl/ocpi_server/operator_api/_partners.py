"""Partners: invitations, registrations, and decisions of an operator about them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from ocpi_operator.v1.models import (
    ActionName,
    Choice,
    Invitation,
    NewInvitation,
    NewRegistration,
    Partner,
    PartnerAction,
    PartnerDialect,
    PartnerEndpoint,
    PartyRole,
)
from ocpi_operator.v1.stubs import PartnersStub
from ocpi_runtime.client import Endpoint
from ocpi_runtime.dialect import Dialect, DialectError
from ocpi_runtime.errors import GenericClientError, InvalidParameters, Violation
from ocpi_runtime.parties import CPO, EMSP
from ocpi_runtime.parties import PartyRole as OwnRole
from ocpi_runtime.server import Context, Received
from ocpi_server._operations import Operations
from ocpi_server.access_control import ANYBODY
from ocpi_server.partners import (
    PartiesTaken,
    PartnerAdministration,
    PartnerRecord,
    PartnerRole,
    Status,
    WrongState,
)

__all__ = ["Partners", "refused"]

_COUNTRY, _PARTY = 2, 3
_ROLES: Final = ", ".join(sorted(ANYBODY))
_OWN_ROLES: Final[Mapping[str, OwnRole]] = {"CPO": CPO, "EMSP": EMSP}


@contextmanager
def refused() -> Iterator[None]:
    """Turn mistakes of an operator into answers.

    Raises:
        GenericClientError: The state of the partner does not fit.
    """
    try:
        yield
    except PartiesTaken as error:
        what = f"{error} belongs to another partner or is reserved for one."
        raise GenericClientError(what, hint="End the registration of that partner first.") from None
    except WrongState as error:
        raise GenericClientError(str(error)) from None


class Partners(PartnersStub):
    """The partners of a platform.

    Args:
        platform: The platform.
        administration: Decides about partners.
    """

    def __init__(self, platform: Operations, administration: PartnerAdministration) -> None:
        self._platform, self._administration = platform, administration

    async def get_partners(self, context: Context[Any]) -> list[Partner]:
        """List the partners."""
        return [_shown(each) for each in await self._platform.partners.every()]

    async def get_partner(self, context: Context[Any], partner: str) -> Partner:
        """Return a partner."""
        return _shown(await self._known(partner))

    async def post_invitation(
        self, context: Context[Any], body: Received[NewInvitation]
    ) -> Invitation:
        """Invite a partner."""
        wanted, roles = body.value, _checked_roles(body.value.roles or ())
        with refused():
            made = await self._platform.issue_token_a(
                wanted.name,
                partner_id=wanted.partner or None,
                role=_own_role(wanted.role or None),
                roles=roles,
                approval=not roles,
                days=wanted.days or None,
            )
        return Invitation(partner=made.partner_id, versions_url=made.versions_url, token=made.token)

    async def post_registration(
        self, context: Context[Any], body: Received[NewRegistration]
    ) -> Partner:
        """Register with a partner."""
        wanted = body.value
        with refused():
            made = await self._platform.register_with(
                wanted.versions_url,
                wanted.token,
                name=wanted.name or "",
                role=_own_role(wanted.role or None),
                roles=_checked_roles(wanted.roles or ()),
            )
        return _shown(made)

    async def delete_partner(
        self, context: Context[Any], partner: str, *, force: Choice | None = None
    ) -> Partner:
        """End a registration, or withdraw an invitation."""
        known = await self._known(partner)
        with refused():
            if known.status is Status.INVITED:
                await self._administration.withdraw(known.id)
            else:
                await self._platform.end(known.id, force=force is Choice.true)
        return _shown(await self._platform.partners.get(known.id) or known)

    async def get_dialect(self, context: Context[Any], partner: str) -> PartnerDialect:
        """Return the dialect of a partner."""
        return _dialect(await self._known(partner))

    async def put_dialect(
        self, context: Context[Any], partner: str, body: Received[PartnerDialect]
    ) -> PartnerDialect:
        """Set the dialect of a partner."""
        known = await self._known(partner)
        try:
            dialect = Dialect.parse(body.value.toml) if body.value.toml else None
        except DialectError as error:
            fault = Violation("/toml", "dialect", str(error))
            raise InvalidParameters(f"Not a dialect: {error}", violations=[fault]) from None
        with refused():
            return _dialect(await self._administration.set_dialect(known.id, dialect))

    async def post_partner_action(
        self, context: Context[Any], partner: str, body: Received[PartnerAction]
    ) -> Partner:
        """Renew, block, unblock, approve or reject a partner."""
        known, action = await self._known(partner), body.value.action
        roles = _roles(body.value.roles or ()) or None
        decide = self._administration
        with refused():
            match action:
                case ActionName.RENEW:
                    return _shown(await self._platform.renew(known))
                case ActionName.APPROVE:
                    return _shown(await decide.approve(known.id, roles))
                case ActionName.REJECT:
                    return _shown(await decide.reject(known.id, roles))
                case _:
                    blocked = action is ActionName.BLOCK
                    return _shown(await decide.set_blocked(known.id, blocked=blocked))

    async def _known(self, name: str) -> PartnerRecord:
        with refused():
            return await self._administration.find(name)


def _shown(partner: PartnerRecord) -> Partner:
    shown = Partner(
        id=partner.id,
        name=partner.label,
        status="damaged" if partner.damaged else partner.status.value,
        roles=[_role(each) for each in partner.roles],
        waiting=[_role(each) for each in partner.claimed],
        blocked=partner.blocked is not None,
    )
    if partner.version is not None:
        shown.version = partner.version
    if partner.expires is not None:
        shown.expires = partner.expires
    if partner.versions_url is not None:
        shown.versions_url = partner.versions_url
        shown.endpoints = [_endpoint(each) for each in partner.endpoints]
    return shown


def _endpoint(endpoint: Endpoint) -> PartnerEndpoint:
    shown = PartnerEndpoint(module=endpoint.module, url=endpoint.url)
    if endpoint.role:
        shown.role = endpoint.role
    return shown


def _dialect(partner: PartnerRecord) -> PartnerDialect:
    return PartnerDialect(toml=partner.dialect)


def _role(role: PartnerRole) -> PartyRole:
    return PartyRole(country_code=role.country_code, party_id=role.party_id, role=role.role)


def _roles(roles: Sequence[PartyRole]) -> list[PartnerRole]:
    return [PartnerRole(each.role, each.country_code, each.party_id) for each in roles]


def _checked_roles(roles: Sequence[PartyRole]) -> list[PartnerRole]:
    """Return roles that a partner can have.

    Raises:
        InvalidParameters: One of them is none.
    """
    for at, each in enumerate(roles):
        if each.role not in ANYBODY:
            raise _unlike_role(at, "role", each.role, f"no role; allowed: {_ROLES}")
        if len(each.country_code) != _COUNTRY:
            raise _unlike_role(at, "country_code", each.country_code, "no country of two letters")
        if not 0 < len(each.party_id) <= _PARTY:
            what = "no party id of up to three letters"
            raise _unlike_role(at, "party_id", each.party_id, what)
    return _roles(roles)


def _unlike_role(at: int, name: str, value: str, what: str) -> InvalidParameters:
    text = f"{value!r} is {what}."
    return InvalidParameters(text, violations=[Violation(f"/roles/{at}/{name}", "enum", text)])


def _own_role(name: str | None) -> OwnRole | None:
    if name is None:
        return None
    if name not in _OWN_ROLES:
        what = f"{name} is not a role with a versions URL of its own; allowed: CPO, EMSP."
        raise InvalidParameters(what, violations=[Violation("/role", "enum", what)])
    return _OWN_ROLES[name]
