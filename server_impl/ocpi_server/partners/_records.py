"""What is known of the platforms on the other side."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Final
from urllib.parse import urlsplit

from ocpi_runtime.client import Endpoint
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.parties import PartyRole
from ocpi_runtime.server import Partner
from ocpi_runtime.types import PartyId

__all__ = [
    "Invitation",
    "InvitationTerms",
    "KnownPartner",
    "PartnerRecord",
    "PartnerRole",
    "Status",
]

_SHOWN_PARTIES: Final = 3


class Status(StrEnum):
    """How far the registration of a partner has come."""

    INVITED = "invited"
    """It was given a token A and may register here."""
    CONNECTING = "connecting"
    """This platform is registering there."""
    REGISTERED = "registered"
    UNREGISTERED = "unregistered"


@dataclass(frozen=True, slots=True)
class PartnerRole:
    """One line of a partner's credentials: a party and the role it plays."""

    role: str
    country_code: str
    party_id: str

    @property
    def party(self) -> PartyId:
        """The party without its role."""
        return PartyId.of(self.country_code, self.party_id)

    @property
    def key(self) -> tuple[PartyId, str]:
        """Party and role in the spelling by which two roles are compared."""
        return self.party, self.role.upper()

    def __str__(self) -> str:
        return f"{self.party}:{self.role}"


@dataclass(frozen=True)
class PartnerRecord:
    """One platform on the other side.

    What follows from its roles is kept: each message asks all partners for it.

    Attributes:
        id: Our key for it.
        name: What an operator calls it; its URL by default.
        status: How far its registration has come.
        revision: Grows with every change of the record.
        versions_url: Where its versions are listed.
        version: The version that was agreed on; None before that.
        endpoints: What it publishes in that version.
        roles: The parties that it speaks for, as far as they are in force.
        token_base64: Whether our token is Base64-encoded in the header; None: by the version.
        sealed_token: The token that we use there, sealed.
        own_role: Our role that the registration is with, where it is with one only (2.1.1 and 2.0).
        linked_partner_id: The first registration of the same company, if an operator linked this
            one to it.
        claimed: Roles that the partner claims and that an operator has not approved yet.
        allowed: The roles that the invitation named.
        vouched: Whether the roles of the first registration are approved without being named.
        blocked: When an operator blocked the partner; None where it is not blocked.
        expires: When its token A stops working; None where it has none.
        dialect: The TOML text of its dialect; None: that of the platform.
        sealed_transport: What it demands of connections beyond OCPI, sealed; None: nothing.
        damaged: The columns that cannot be read any more; empty unless the database is damaged.
    """

    id: str
    name: str
    status: Status
    revision: int
    versions_url: str | None = None
    version: str | None = None
    endpoints: tuple[Endpoint, ...] = ()
    roles: tuple[PartnerRole, ...] = ()
    token_base64: bool | None = None
    sealed_token: bytes | None = field(default=None, repr=False)
    own_role: PartyRole | None = None
    linked_partner_id: str | None = None
    claimed: tuple[PartnerRole, ...] = ()
    allowed: tuple[PartnerRole, ...] = ()
    vouched: bool = False
    blocked: datetime | None = None
    expires: datetime | None = None
    sealed_transport: bytes | None = field(default=None, repr=False)
    dialect: str | None = None
    damaged: tuple[str, ...] = ()

    @cached_property
    def label(self) -> str:
        """Its name, as people read it: its parties where it has a URL for a name, as by default."""
        host = _host(self.name)
        if not host:
            return self.name
        parties = list(dict.fromkeys(f"{each.party}" for each in self.roles or self.claimed))
        more = len(parties) - _SHOWN_PARTIES
        named = ", ".join(parties[:_SHOWN_PARTIES]) or host
        return f"{named} and {more} more" if more > 0 else named

    @cached_property
    def parties(self) -> frozenset[PartyId]:
        """The parties that it speaks for."""
        return frozenset(role.party for role in self.roles)

    @cached_property
    def hub_party(self) -> PartyId | None:
        """Its party with the role HUB; None where it has none."""
        return min((role.party for role in self.roles if role.role == "HUB"), default=None)

    def spoken(self, dialect: Dialect) -> Dialect:
        """Return the dialect of the partner, or else that of the platform.

        The party of a partner with one is the owner of objects that name none.

        Args:
            dialect: That of the platform.
        """
        dialect = dialect if self.dialect is None else _parsed(self.dialect)
        named = dialect.country_code or dialect.party_id
        if named or not dialect.active or len(self.parties) != 1:
            return dialect
        (party,) = self.parties
        return replace(dialect, country_code=party.country_code, party_id=party.party_id)

    def plays(self, role: str) -> bool:
        """Return whether one of its parties has a role."""
        return any(each.role == role for each in self.roles)

    @property
    def active(self) -> bool:
        """Whether messages can be exchanged with it."""
        usable = self.status is Status.REGISTERED and not self.damaged
        return usable and self.blocked is None and bool(self.roles)

    @property
    def company(self) -> str:
        """What it has in common with the registrations that an operator put beside it."""
        return self.linked_partner_id or self.id


@lru_cache(maxsize=256)
def _parsed(text: str) -> Dialect:
    return Dialect.parse(text)


@dataclass(frozen=True)
class KnownPartner(Partner):
    """A partner that sent a token we know.

    Attributes:
        record: What is known of it.
        token: The token that it sent; the answer to GET credentials repeats it.
        invited: Whether the token is token A, so that the partner may register with it.
    """

    record: PartnerRecord = field(default=PartnerRecord("", "", Status.UNREGISTERED, 0))
    token: str = field(default="", repr=False)
    invited: bool = False

    @property
    def company(self) -> str:
        """The registration that its objects belong to: the first one of its company."""
        return self.record.company or self.id

    @property
    def registered(self) -> bool:
        """Whether the token is one of a registration, so that the partner may change or end it."""
        return self.record.status is Status.REGISTERED and not self.invited


def _host(name: str) -> str:
    """Return the host of a name that is a URL; empty where it is none."""
    try:
        parts = urlsplit(name)
    except ValueError:
        return ""
    return parts.netloc if parts.scheme in {"http", "https"} else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationTerms:
    """What two platforms agreed on in a registration.

    Attributes:
        token_here: The token that the partner uses at us; only its digest is kept.
        token_there: The token that we use at the partner; it is sealed.
        versions_url: Where the partner lists its versions.
        version: The version that both will use.
        endpoints: What the partner publishes in that version.
        roles: The parties that the partner speaks for.
        token_base64: Whether our token is Base64-encoded in the header; None: by the version.
        own_role: Our role that the registration is with, where it is with one only (2.1.1 and 2.0).
    """

    token_here: str = field(repr=False)
    token_there: str = field(repr=False)
    versions_url: str
    version: str
    endpoints: tuple[Endpoint, ...]
    roles: tuple[PartnerRole, ...]
    token_base64: bool | None = None
    own_role: PartyRole | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a partner is given, in a safe way outside of OCPI, to register here.

    Attributes:
        partner_id: Our key for the partner.
        versions_url: Where our versions are listed.
        token: Token A; it works once.
    """

    partner_id: str
    versions_url: str
    token: str = field(repr=False)
