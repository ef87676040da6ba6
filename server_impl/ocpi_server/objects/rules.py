"""Who may touch what, and whether a body belongs to its URL."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, Self

import msgspec

from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.errors import InvalidParameters, NotFound, Violation
from ocpi_runtime.server import Partner
from ocpi_runtime.types import Model, PartyId, same_ci
from ocpi_server._clock import read_micros
from ocpi_server._jsonbytes import fields, read_text, text_field
from ocpi_server.partners import KnownPartner, PartnerRecord

__all__ = [
    "Stamp",
    "holder_of",
    "named_owner",
    "owned_by",
    "require_same",
    "require_same_ids",
    "require_unique_evses",
    "text_of",
]


class _Dated(msgspec.Struct):
    """An object by its ``last_updated``: the rest of it is skipped."""

    last_updated: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_dated = msgspec.json.Decoder(_Dated).decode


class Stamp(NamedTuple):
    """A ``last_updated`` as it came: to compare with and to write down.

    Attributes:
        micros: Microseconds since 1970.
        text: The JSON string.
    """

    micros: int
    text: bytes

    @classmethod
    def of(cls, raw: bytes) -> Self | None:
        """Read the stamp of an object; None where it has none, or null."""
        part = _dated(raw).last_updated
        return None if part is msgspec.UNSET or bytes(part) == b"null" else cls.read(part)

    @classmethod
    def at(cls, instant: datetime) -> Self:
        """Make the stamp of an object that has changed just now."""
        # The text is cut, and the row of an object must match its text.
        return cls.read(msgspec.json.encode(format_timestamp(instant)))

    @classmethod
    def must(cls, raw: bytes) -> Self:
        """Read the stamp of an object that has one.

        Raises:
            InvalidParameters: It has none.
        """
        stamp = cls.of(raw)
        if stamp is None:
            fault = Violation("/last_updated", "required", "is missing")
            raise InvalidParameters("last_updated is required.", violations=[fault])
        return stamp

    @classmethod
    def read(cls, part: bytes | msgspec.Raw) -> Self:
        """Read a stamp from its JSON string."""
        text = bytes(part)
        return cls(_micros(text), text)


@lru_cache(maxsize=1024)
def _micros(text: bytes) -> int:
    """Count the microseconds of the JSON string of a DateTime.

    Each stamp that is written is read again with the next change of the same location.
    """
    return read_micros(read_text(text) or "")


_WITH_COMPANY: Final = (KnownPartner, PartnerRecord)


def holder_of(partner: Partner | PartnerRecord) -> str:
    """Return the registration that the objects of a partner belong to."""
    return partner.company if isinstance(partner, _WITH_COMPANY) else partner.id


def owned_by(partner: Partner, country_code: str, party_id: str) -> PartyId:
    """Return the party of a URL if the partner speaks for it.

    Raises:
        NotFound: It does not; what belongs to others does not exist for it.
    """
    if not partner.owns(country_code, party_id):
        raise NotFound(_not_spoken_for(partner, PartyId.of(country_code, party_id)))
    return PartyId.of(country_code, party_id)


def _not_spoken_for(partner: Partner, party: PartyId) -> str:
    """Describe why a partner may not touch what a party owns."""
    if isinstance(partner, KnownPartner) and party in partner.record.parties:
        return f"The role of {party} in your registration does not allow this."
    return f"{party} is not a party in your credentials."


def named_owner(partner: Partner, country_code: str, party_id: str, at: str = "") -> PartyId:
    """Return the party that a body names as its owner if the partner speaks for it.

    Args:
        partner: Who sends the body.
        country_code: As in the body.
        party_id: As in the body.
        at: Where in the body both stand, as a JSON pointer.

    Raises:
        InvalidParameters: It does not.
    """
    if not partner.owns(country_code, party_id):
        reason = _not_spoken_for(partner, PartyId.of(country_code, party_id))
        faults = [
            Violation(f"{at}/{name}", "owner", reason) for name in ("country_code", "party_id")
        ]
        raise InvalidParameters(
            "The owner in the body is not a party in your credentials.", violations=faults
        )
    return PartyId.of(country_code, party_id)


def require_unique_evses(location: Model) -> None:
    """Check that each EVSE of a location has a uid of its own; case has no meaning in it.

    Changes are sent to the uid, so that of two EVSEs with the same one the second never changes.

    Raises:
        InvalidParameters: Some are the same; each is named.
    """
    first: dict[str, int] = {}
    faults = []
    evses: Any = getattr(location, "evses", None)
    for index, evse in enumerate(evses or ()):
        same = first.setdefault(evse.uid.upper(), index)
        if same != index:
            text = f"is {evse.uid}, the uid of /evses/{same} too; each EVSE has its own"
            faults.append(Violation(f"/evses/{index}/uid", "duplicate", text))
    if faults:
        raise InvalidParameters("Two EVSEs of the location have the same uid.", violations=faults)


def text_of(value: Model, name: str) -> str | None:
    """Return the text of a field of a model; None where it is absent or something else."""
    found: Any = getattr(value, name, None)
    found = getattr(found, "value", found)
    return found if isinstance(found, str) else None


def require_same_ids(value: Model, url: Mapping[str, str]) -> None:
    """Compare the ids of a whole object with those in the URL, as :func:`require_same` does."""
    _refuse_different({name: text_of(value, name) for name in url}, url)


def require_same(raw: bytes, url: Mapping[str, str]) -> None:
    """Compare the ids in a body with those in the URL; absent fields are equal.

    Args:
        raw: The body.
        url: The ids of the URL by the name of their field.

    Raises:
        InvalidParameters: Some differ; each is named.
    """
    parts = fields(raw)
    _refuse_different({name: text_field(parts, name) for name in url}, url)


def _refuse_different(found: Mapping[str, str | None], url: Mapping[str, str]) -> None:
    faults = [
        Violation(f"/{name}", "url", f"is {text}, the URL has {wanted}")
        for name, wanted in url.items()
        if (text := found[name]) is not None and text != wanted and not same_ci(text, wanted)
    ]
    if faults:
        raise InvalidParameters("IDs in body and URL differ.", violations=faults)
