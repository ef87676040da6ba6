"""The headers of OCPI messages: ids and routing (transport and format chapter, from 2.2 on)."""

import os
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from ocpi_runtime.types import PartyId

__all__ = [
    "CORRELATION_ID",
    "FROM_COUNTRY_CODE",
    "FROM_PARTY_ID",
    "LIMIT",
    "LINK",
    "REQUEST_ID",
    "TOTAL_COUNT",
    "TO_COUNTRY_CODE",
    "TO_PARTY_ID",
    "RoutingHeaders",
    "new_id",
    "sent_id",
]

REQUEST_ID = "X-Request-ID"
CORRELATION_ID = "X-Correlation-ID"
TO_PARTY_ID = "OCPI-to-party-id"
TO_COUNTRY_CODE = "OCPI-to-country-code"
FROM_PARTY_ID = "OCPI-from-party-id"
FROM_COUNTRY_CODE = "OCPI-from-country-code"
LINK = "Link"
TOTAL_COUNT = "X-Total-Count"
LIMIT = "X-Limit"

_LONGEST_ID = 255
_ID_OCTETS = 16
_IDS_AT_ONCE = 64
_random: list[bytes] = []
"""What the next ids are made of: asking the system for each takes longer than all the rest."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_random.clear)
_CODES = {"country code": re.compile(r"[!-~]{2}\Z"), "party id": re.compile(r"[!-~]{1,3}\Z")}


def new_id() -> str:
    """Make an X-Request-ID or X-Correlation-ID: a random UUID."""
    try:
        octets = _random.pop()
    except IndexError:
        more = os.urandom(_ID_OCTETS * _IDS_AT_ONCE)
        octets, *rest = (more[at : at + _ID_OCTETS] for at in range(0, len(more), _ID_OCTETS))
        _random.extend(rest)
    return str(uuid.UUID(bytes=octets, version=4))


def sent_id(value: str | None) -> str | None:
    """Return the id of a peer as it may be echoed and logged, exactly as it came.

    Returns:
        None where it is missing, empty, not printable ASCII or longer than 255 characters: the
        caller then makes one of its own.
    """
    if value is None:
        return None
    text = value.strip()
    is_valid = 0 < len(text) <= _LONGEST_ID and text.isascii() and text.isprintable()
    return text if is_valid else None


@dataclass(frozen=True, slots=True)
class RoutingHeaders:
    """Which party asks which party; functional modules only.

    Attributes:
        from_party: The sending party; None where it is not said.
        to_party: The receiving party; None is an open routing request, or a broadcast push.
    """

    from_party: PartyId | None = None
    to_party: PartyId | None = None

    def as_headers(self) -> dict[str, str]:
        """Return the headers to send; parties that are None have none."""
        pairs = (
            (TO_PARTY_ID, TO_COUNTRY_CODE, self.to_party),
            (FROM_PARTY_ID, FROM_COUNTRY_CODE, self.from_party),
        )
        out: dict[str, str] = {}
        for id_name, country_name, party in pairs:
            if party is not None:
                out[id_name] = party.party_id
                out[country_name] = party.country_code
        return out

    def reversed(self) -> "RoutingHeaders":
        """Return the headers of the answer: the receiver answers the sender."""
        return RoutingHeaders(self.to_party, self.from_party)

    @classmethod
    def read(cls, headers: Mapping[str, str]) -> "RoutingHeaders":
        """Read what came.

        Args:
            headers: By name; names in any case.

        Raises:
            ValueError: One header of a pair is missing, or a code has a wrong form.
        """
        lower = {name.lower(): value.strip() for name, value in headers.items()}
        return cls(
            _party(lower, FROM_COUNTRY_CODE, FROM_PARTY_ID),
            _party(lower, TO_COUNTRY_CODE, TO_PARTY_ID),
        )


def _party(lower: Mapping[str, str], country_name: str, id_name: str) -> PartyId | None:
    country, party = lower.get(country_name.lower()), lower.get(id_name.lower())
    if not country and not party:
        return None
    if not country or not party:
        missing = id_name if country else country_name
        raise ValueError(f"The header {missing} is missing; routing headers come in pairs.")
    for what, code in (("country code", country), ("party id", party)):
        if not _CODES[what].match(code):
            raise ValueError(f"A routing header carries a {what} of a wrong form.")
    return PartyId.of(country, party)
