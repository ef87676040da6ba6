"""Credentials as JSON text: ours to send, a partner's to read."""

from typing import Any, Final

import msgspec

from ocpi_runtime.parties import PartyRole, other
from ocpi_runtime.types import Raw
from ocpi_server.partners import PartnerRole
from ocpi_server.settings import OwnParty, Settings
from ocpi_server.versions import VERSIONS

__all__ = ["Offer", "own_credentials", "read_credentials"]

_PTP: Final = "PTP"
_PTP_SINCE: Final = "2.3.0"


class _Role(msgspec.Struct):
    role: str
    country_code: str
    party_id: str


class _Credentials(msgspec.Struct):
    token: str
    url: str
    roles: list[_Role]


class _OfOne(msgspec.Struct):
    """Credentials before 2.2: of one party, whose role its versions URL tells."""

    token: str
    url: str
    country_code: str
    party_id: str


class Offer(msgspec.Struct, frozen=True):
    """What a partner's credentials say.

    Attributes:
        token: The token that we shall use at the partner.
        url: Where the partner lists its versions.
        roles: The parties that it speaks for.
    """

    token: str
    url: str
    roles: tuple[PartnerRole, ...]

    def __repr__(self) -> str:
        return f"Offer({self.url})"


def own_credentials(
    settings: Settings, token: str, version: str, role: PartyRole | None = None
) -> Raw:
    """Write our credentials with the token that a partner shall use here.

    Args:
        settings: Who we are.
        token: The token.
        version: In which version; a role that it does not know is OTHER there.
        role: As whom we are met, in versions whose credentials are those of one party.
    """
    document: dict[str, Any] = {"token": token, "url": settings.versions_url(role)}
    if role is None:
        document["roles"] = [_role(party, version) for party in settings.parties]
    else:
        party = _role(settings.party_as(role), version)
        del party["role"]
        document |= party
    return Raw(msgspec.json.encode(document))


def read_credentials(raw: bytes, role: PartyRole | None = None) -> Offer:
    """Read a partner's credentials, which were checked when they came.

    Args:
        raw: The credentials.
        role: As whom we meet the partner, in versions whose credentials are those of one party:
            it plays the other role.
    """
    if role is not None:
        one = msgspec.json.decode(raw, type=_OfOne)
        roles = (PartnerRole(other(role), one.country_code, one.party_id),)
        return Offer(one.token, one.url, roles)
    read = msgspec.json.decode(raw, type=_Credentials)
    listed = (PartnerRole(each.role, each.country_code, each.party_id) for each in read.roles)
    return Offer(read.token, read.url, tuple(listed))


def _role(party: OwnParty, version: str) -> dict[str, Any]:
    business: dict[str, str] = {"name": party.name}
    if party.website is not None:
        business["website"] = party.website
    return {
        "role": "OTHER"
        if party.role == _PTP and VERSIONS.index(version) < VERSIONS.index(_PTP_SINCE)
        else party.role,
        "business_details": business,
        "party_id": party.party_id,
        "country_code": party.country_code,
    }
