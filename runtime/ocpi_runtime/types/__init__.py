"""The types that generated models are made of, and the few value types that every package shares.

Models are msgspec Structs: they carry names, types and enums. Lengths, patterns and formats are
checked by :func:`ocpi_runtime.codec.violations`, so that what a peer sends can be read even
when it breaks a limit. A field has three states: absent (``UNSET``), null (``None``), a value.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, NamedTuple, Self

import msgspec
from msgspec import UNSET, UnsetType

from ocpi_runtime.types._schema_sets import SchemaSet

__all__ = [
    "UNSET",
    "Model",
    "OpenEnum",
    "PartyId",
    "Raw",
    "SchemaSet",
    "Timestamp",
    "UnsetType",
    "same_ci",
]

Timestamp = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware datetime, as the type of a field.

A plain ``datetime`` works as well, but then all text has to be searched for timestamps without a
zone, which the decoder would take as naive.
"""


class Model(msgspec.Struct, kw_only=True):
    """The base of every generated class. Unknown fields of a peer are passed over on decoding."""

    OCPI_SCHEMAS: ClassVar[SchemaSet]
    """Where the constraints of the class are described; set by each bindings package."""


class OpenEnum(StrEnum):
    """An enumeration that partners and later versions may extend (OpenEnum of the specification).

    An unknown value becomes a member of its own that compares equal to its string, is sent as it
    came, and is remembered nowhere.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Return whether the value is in the list of the version."""
        return self._value_ in type(self)._value2member_map_


class PartyId(NamedTuple):
    """A party as OCPI names it: ISO-3166 country code and party id, in upper case.

    Both are CiStrings, so ``PartyId.of`` folds what it is given and equality ignores case.
    """

    country_code: str
    party_id: str

    @classmethod
    def of(cls, country_code: str, party_id: str) -> "PartyId":
        """Make a party id from parts in any case."""
        return cls(country_code.upper(), party_id.upper())

    @classmethod
    def parse(cls, text: str) -> "PartyId":
        """Parse what ``str`` makes of a party, such as ``NL-TNM``."""
        country_code, _, party_id = text.partition("-")
        return cls.of(country_code, party_id)

    def __str__(self) -> str:
        return f"{self.country_code}-{self.party_id}"


class Raw(bytes):
    """JSON text that is spliced into an answer, or forwarded, as it is."""

    __slots__ = ()


def same_ci(left: str, right: str) -> bool:
    """Compare two CiStrings (printable ASCII, case has no meaning)."""
    return left.casefold() == right.casefold()
