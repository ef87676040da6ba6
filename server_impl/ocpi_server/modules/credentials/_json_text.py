"""Credentials as JSON text: ours to send, a partner's to read."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from ocpi_runtime.parties import PartyRole, other
from ocpi_runtime.types import Model, Raw
from ocpi_server._versions import VERSIONS
from ocpi_server.partners import HUB, PartnerRole
from ocpi_server.settings import OwnParty, Settings

__all__ = ["PartnerCredentials", "own_credentials", "read_credentials"]

_PTP: Final = "PTP"
_PTP_SINCE: Final = "2.3.0"
_HUB_PARTY_SINCE: Final = "2.3.0"
_PARTY_LENGTH: Final = 5


class PartnerCredentials(msgspec.Struct, frozen=True):
    """The content of a partner's credentials.

    Attributes:
        token: The token that we shall use at the partner.
        url: Where the partner lists its versions.
        roles: The parties that it speaks for.
        of_one: Whether the credentials are those of one party, as before 2.2.
        hub_at: The index of the role in ``roles`` that ``hub_party_id`` stands for, if it does.
    """

    token: str
    url: str
    roles: tuple[PartnerRole, ...]
    of_one: bool = False
    hub_at: int | None = None

    def pointer(self, at: int, name: str = "") -> str:
        """Return where a role, or one of its fields, is in the credentials."""
        if self.of_one:
            return f"/{name or 'party_id'}"
        if at == self.hub_at:
            return "/hub_party_id"
        return f"/roles/{at}/{name}" if name else f"/roles/{at}"

    def __repr__(self) -> str:
        return f"PartnerCredentials({self.url})"


def own_credentials(
    settings: Settings,
    token: str,
    version: str,
    role: PartyRole | None = None,
    behind: Iterable[PartnerRole] = (),
) -> Raw:
    """Write our credentials with the token that a partner shall use here.

    Args:
        settings: Who we are.
        token: The token.
        version: In which version; a role that it does not know is OTHER there.
        role: Our role, in versions whose credentials are those of one party.
        behind: The roles that are reached through us; from 2.3.0 on a hub lists them.
    """
    document: dict[str, Any] = {"token": token, "url": settings.versions_url(role)}
    if role is None:
        document["roles"] = [_role(party, version) for party in settings.parties]
        hub = next((each for each in settings.parties if each.role == HUB), None)
        if hub is not None and _is_since(version, _HUB_PARTY_SINCE):
            document["hub_party_id"] = f"{hub.country_code}{hub.party_id}"
            document["roles"] += [_behind(each) for each in behind]
    else:
        party = _role(settings.party_as(role), version)
        del party["role"]
        document |= party
    return Raw(msgspec.json.encode(document))


def read_credentials(credentials: Model, role: PartyRole | None = None) -> PartnerCredentials:
    """Read a partner's credentials.

    Args:
        credentials: The credentials, of any version, validated when they were received.
        role: Our role towards the partner, in versions whose credentials are those of one party:
            it plays the other role.
    """
    read: Any = credentials
    if role is not None:
        one = PartnerRole(other(role), read.country_code, read.party_id)
        return PartnerCredentials(read.token, read.url, (one,), of_one=True)
    listed = (PartnerRole(str(each.role), each.country_code, each.party_id) for each in read.roles)
    roles = tuple(listed)
    hub = _hub(getattr(read, "hub_party_id", None))
    if hub is None or hub.key in {each.key for each in roles}:
        return PartnerCredentials(read.token, read.url, roles)
    return PartnerCredentials(read.token, read.url, (*roles, hub), hub_at=len(roles))


def _hub(text: Any) -> PartnerRole | None:
    """Return the role that a ``hub_party_id`` of 2.3.0 stands for; None where it names no party."""
    is_party = isinstance(text, str) and len(text) == _PARTY_LENGTH and text.isalnum()
    return PartnerRole(HUB, text[:2], text[2:]) if is_party else None


def _is_since(version: str, first: str) -> bool:
    return VERSIONS.index(version) >= VERSIONS.index(first)


def _role(party: OwnParty, version: str) -> dict[str, Any]:
    business: dict[str, str] = {"name": party.name}
    if party.website is not None:
        business["website"] = party.website
    return {
        "role": "OTHER"
        if party.role == _PTP and not _is_since(version, _PTP_SINCE)
        else party.role,
        "business_details": business,
        "party_id": party.party_id,
        "country_code": party.country_code,
    }


def _behind(role: PartnerRole) -> dict[str, Any]:
    return {
        "role": role.role,
        "business_details": {"name": str(role.party)},
        "party_id": role.party_id,
        "country_code": role.country_code,
    }
