"""What the store is asked with and what it answers."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NamedTuple

import msgspec

from ocpi_runtime.types import PartyId, Raw

__all__ = [
    "OWN",
    "Draft",
    "Duplicate",
    "Key",
    "Put",
    "Stored",
    "StoredRepairs",
    "audience_of",
    "is_set_aside",
    "kept_audience",
    "party_of",
    "set_aside_for",
]

_FOR: Final = "@"

OWN = ""
"""The ``source`` of the platform's own objects."""


class Key(NamedTuple):
    """The identity of an object, folded: CiStrings are compared without case.

    Attributes:
        module: The OCPI module.
        country_code: Of the owner.
        party_id: Of the owner.
        uid: The id within the owner's objects.
        variant: What else distinguishes objects, such as a token's type.
        holder: The registration that the object belongs to, by the first one of its company;
            ``OWN`` for the platform's own objects.
    """

    module: str
    country_code: str
    party_id: str
    uid: str
    variant: str = ""
    holder: str = OWN

    @classmethod
    def of(
        cls, module: str, owner: PartyId, uid: str, variant: str = "", *, holder: str = OWN
    ) -> "Key":
        """Make a key from ids in any case."""
        country_code, party_id = owner
        return cls(module, country_code.upper(), party_id.upper(), uid.lower(), variant, holder)


class Draft(msgspec.Struct, frozen=True, gc=False):
    """An object on its way into the store: made for each write, so of a class that costs little.

    Attributes:
        key: Its identity.
        raw: The JSON text as it was accepted.
        last_updated: Microseconds since 1970.
        version: The OCPI version that the text is written in.
        source: ``OWN``, or the id of the partner that sent it.
        audience: The only party that may see it (see :func:`audience_of`); empty: everybody.
        alias: Another name that it is looked up by, folded, such as the short form of
            a token's contract.
        undated: The object has no ``last_updated``, and the column is what our clock
            has: then it is newer than what is stored, even if the clock went back.
    """

    key: Key
    raw: bytes
    last_updated: int
    version: str
    source: str = OWN
    audience: str = ""
    alias: str = ""
    undated: bool = False


class Stored(msgspec.Struct, frozen=True):
    """An object in the store: made for each row, so it is a class that costs little to make.

    ``seq`` is its place in the order of creation, ``number`` that of its last change.
    """

    seq: int
    key: Key
    raw: Raw
    last_updated: int
    version: str
    source: str
    audience: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class StoredRepairs:
    """What the dialect of a partner repaired of a stored object.

    Attributes:
        repairs: A record for each repair: rule, pointer, before, after.
        sent: The JSON text that was sent.
    """

    repairs: list[dict[str, Any]]
    sent: Raw


class Put(Enum):
    """What a write did."""

    CREATED = "created"
    UPDATED = "updated"
    STALE = "stale"
    """What is stored is newer, or final as CDRs are; nothing changed."""


class Duplicate(Exception):
    """The object is there already and may not be replaced."""


def audience_of(party: PartyId) -> str:
    """Name a party as the column ``audience`` does."""
    return str(party)


def party_of(audience: str) -> PartyId:
    """Return the party that an ``audience``, which is not empty, names."""
    country, _, party = audience.partition(_FOR)[0].partition("-")
    return PartyId(country, party)


def set_aside_for(party: PartyId, holder: str) -> str:
    """Return the ``audience`` of what was for a party while another registration had it."""
    return f"{audience_of(party)}{_FOR}{holder}"


def is_set_aside(audience: str) -> bool:
    """Return whether an ``audience`` is a registration that has the party no longer."""
    return _FOR in audience


def kept_audience(before: str, now: str) -> str:
    """Return the ``audience`` of an object whose text changes.

    What is set aside stays so: its text names a party, not the registration that had it.

    Args:
        before: The ``audience`` until now.
        now: The party that the text names now.
    """
    same = is_set_aside(before) and now == audience_of(party_of(before))
    return before if same else now
