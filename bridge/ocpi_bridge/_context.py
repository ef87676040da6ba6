"""What a conversion may need in addition to the object."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ocpi_runtime.types import Model, PartyId

__all__ = ["ConversionContext"]

_COUNTRY_CODE: Final = 2
_PARTY_ID: Final = 3
_TIME_ZONE: Final = 255
_ROLES: Final = ("CPO", "EMSP", "HUB", "NAP", "NSP", "OTHER", "SCSP")
_STATUSES: Final = (
    "AVAILABLE",
    "BLOCKED",
    "CHARGING",
    "INOPERATIVE",
    "OUTOFORDER",
    "PLANNED",
    "REMOVED",
    "RESERVED",
    "UNKNOWN",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionContext:
    """What other versions require and the object itself does not contain.

    Nothing is required until an object needs it. What the context holds is not lost either:
    an object whose owner is ``cpo`` can go to 2.1.1, which names no owners, without a loss.

    Attributes:
        cpo: Owner of locations, sessions, CDRs and tariffs. Named in objects from 2.2 on; before,
            it is whoever the connection belongs to.
        emsp: Owner of tokens. Named in tokens from 2.2 on, beside the token of sessions and CDRs
            from 2.2.1 on.
        role: Role of the platform whose credentials are converted, such as ``CPO`` or ``EMSP``
            (2.2 and later have it in the credentials).
        last_updated: When an object of 2.0 last changed; from 2.1.1 on objects contain it.
        time_zone: IANA name of the zone of locations that do not name it (required from 2.2 on).
        location: Location of a session or CDR, in any version: to 2.1.1 and below it is a part of
            sessions; CDRs of 2.2 and later have a part of it.
        token: Token of a session, CDR or authorization, in any version: before 2.2 these hold the
            contract alone, or nothing.
        evse_status: Status of the EVSE, when a connector alone goes to 2.0, which has it there.
        timeout: Seconds until the result of a command times out (CommandResponse from 2.2 on).

    Raises:
        ValueError: A value is valid in no object.
    """

    cpo: PartyId | None = None
    emsp: PartyId | None = None
    role: str | None = None
    last_updated: datetime | None = None
    time_zone: str | None = None
    location: Model | None = None
    token: Model | None = None
    evse_status: str | None = None
    timeout: int | None = None

    def __post_init__(self) -> None:
        for party in (self.cpo, self.emsp):
            if party is not None and not _is_party(party):
                raise ValueError(f"{party} is not a party: two letters and up to three characters.")
        if self.last_updated is not None and self.last_updated.utcoffset() is None:
            raise ValueError("last_updated needs a time zone; use an aware datetime.")
        if self.time_zone is not None and not _is_zone(self.time_zone):
            raise ValueError(f"{self.time_zone!r} is not a known time zone.")
        for value, known in ((self.role, _ROLES), (self.evse_status, _STATUSES)):
            if value is not None and value not in known:
                raise ValueError(
                    f"{value!r} is not an allowed value. Use one of {', '.join(known)}."
                )


def _is_party(party: PartyId) -> bool:
    text = party.country_code + party.party_id
    lengths = len(party.country_code) == _COUNTRY_CODE and 0 < len(party.party_id) <= _PARTY_ID
    return lengths and text.isascii() and text.isprintable()


def _is_zone(name: str) -> bool:
    return 0 < len(name) <= _TIME_ZONE and name.isascii() and name.isprintable()
