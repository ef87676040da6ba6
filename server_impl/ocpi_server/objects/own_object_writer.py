"""Writing the platform's own objects: whoever owns the data uses this, no partner does."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from ocpi_bridge import short_id
from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.errors import InvalidParameters, NotFound, Violation
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._clock import read_micros
from ocpi_server._jsonbytes import assemble, fields, text_field
from ocpi_server._versions import OWN_VERSION, WRITTEN
from ocpi_server.objects.class_names import class_name
from ocpi_server.objects.rules import Stamp
from ocpi_server.store import (
    OWN,
    Announcement,
    Draft,
    Key,
    ObjectStore,
    Put,
    Stored,
    audience_of,
    kept_audience,
)

__all__ = ["OwnObjectWriter", "instants", "stamped"]

_NAMED_BY_UID: Final = frozenset({"tokens"})
"""The other modules have objects with an ``id``. Tokens differ by type, too, and are looked up by
their contract."""
_OF_OTHERS: Final = frozenset({"hubclientinfo"})
"""The party in the object is not one of this platform."""
_PUBLIC: Final = frozenset({"locations", "tariffs"})
"""Feeds of several parties are of these; nobody is billed by them."""
_SCOPED: Final = frozenset({"sessions", "cdrs"})


class OwnObjectWriter:
    """Puts own objects into the store, under the identity that their text gives them.

    Args:
        store: Where they are kept.
        parties: The platform's own parties.
    """

    def __init__(self, store: ObjectStore, parties: frozenset[PartyId]) -> None:
        self._store = store
        self._parties = parties

    async def put(
        self,
        module: str,
        raw: bytes,
        version: str = OWN_VERSION,
        announcement: Announcement | None = None,
    ) -> Put:
        """Create or replace an object.

        Args:
            module: The OCPI module.
            raw: The object, valid in its version.
            version: What it is written in, one of ``WRITTEN``.
            announcement: The partners that must be sent it, noted in the same transaction.

        Raises:
            InvalidParameters: It belongs to none of the platform's parties.
        """
        draft = await self.as_its_session(self.draft(module, raw, version))
        return await self._store.put(draft, announcement)

    async def add(self, draft: Draft, announcement: Announcement | None = None) -> None:
        """Create an object of :meth:`draft`.

        Raises:
            Duplicate: There is one of its id.
        """
        await self._store.add(draft, announcement)

    async def put_all(
        self, module: str, raws: Sequence[bytes], version: str = OWN_VERSION
    ) -> list[Put]:
        """Create or replace many objects in one transaction; see :meth:`put`."""
        return await self._store.put_all([self.draft(module, raw, version) for raw in raws])

    async def as_its_session(self, draft: Draft) -> Draft:
        """Return a CDR for the registration of its session, if that was replaced."""
        uid = text_field(fields(draft.raw), "session_id") if draft.key.module == "cdrs" else None
        if uid is None:
            return draft
        owner = PartyId(draft.key.country_code, draft.key.party_id)
        session = await self._store.get(Key.of("sessions", owner, uid))
        audience = "" if session is None else session.audience
        kept = kept_audience(audience, draft.audience)
        return msgspec.structs.replace(draft, audience=kept)

    async def get(self, module: str, owner: PartyId, uid: str, variant: str = "") -> Stored:
        """Read an object.

        Raises:
            NotFound: There is no such object of the platform's own.
        """
        found = await self._store.get(Key.of(module, owner, uid, variant))
        if found is None:
            raise _missing(module, owner, uid)
        return found

    async def remove(
        self, module: str, owner: PartyId, uid: str, announcement: Announcement | None = None
    ) -> None:
        """Delete an object.

        Raises:
            NotFound: There is no such object of the platform's own.
        """
        await self.get(module, owner, uid)
        await self._store.remove(Key.of(module, owner, uid), announcement)

    async def change(
        self,
        module: str,
        owner: PartyId,
        uid: str,
        edit: Callable[[bytes], bytes],
        announcement: Announcement | None = None,
        variant: str = "",
        audience: str | None = None,
    ) -> Raw:
        """Replace an object by what ``edit`` makes of its text, and return the new text.

        Raises:
            NotFound: There is no such object of the platform's own.
            InvalidParameters: It is a CDR, or the new text has another owner or id.
            Moved: It is for another party than ``audience``, where that is given.
        """
        key = Key.of(module, owner, uid, variant)
        made = b""

        def change(old: Stored) -> Draft:
            nonlocal made
            made = edit(old.raw)
            draft = self.draft(module, made, old.version)
            _check_same(key, draft)
            _check_audience(audience, kept_audience(old.audience, draft.audience))
            return draft

        if await self._store.change(key, change, announcement) is None:
            raise _missing(module, owner, uid)
        return Raw(made)

    async def change_announced(
        self,
        module: str,
        owner: PartyId,
        uid: str,
        edit: Callable[[bytes], bytes],
        announce: Callable[[str], Awaitable[Announcement]],
        variant: str = "",
        audience: str | None = None,
    ) -> tuple[Raw, Announcement]:
        """Replace an object; whoever it is for then must be sent it.

        Args:
            module: The OCPI module.
            owner: The platform's party that has the object.
            uid: Its id.
            edit: Makes the new text of the old one.
            announce: Finds the partners that must be sent it, from its audience.
            variant: The type of a token.
            audience: Its audience until now, where the caller has just read it.

        Returns:
            The new text, and the partners that are sent it.

        Raises:
            NotFound: There is no such object of the platform's own.
            InvalidParameters: It is a CDR, or the new text has another owner or id.
        """
        if audience is None:
            audience = (await self.get(module, owner, uid, variant)).audience
        while True:
            announcement = await announce(audience)
            try:
                made = await self.change(module, owner, uid, edit, announcement, variant, audience)
            except Moved as moved:
                audience = moved.audience
            else:
                return made, announcement

    def is_of_others(self, draft: Draft) -> bool:
        """Return whether an object names an owner that is not a party of this platform."""
        return PartyId(draft.key.country_code, draft.key.party_id) not in self._parties

    def draft(
        self, module: str, raw: bytes, version: str = OWN_VERSION, *, any_party: bool = False
    ) -> Draft:
        """Read from the text of an object what the store needs.

        Args:
            module: The OCPI module.
            raw: The object, valid in its version.
            version: What it is written in.
            any_party: Whether locations and tariffs may belong to parties elsewhere.

        Raises:
            InvalidParameters: It belongs to none of the platform's parties.
            ValueError: Own objects are not written in the version.
        """
        if version not in WRITTEN:
            allowed = ", ".join(sorted(WRITTEN))
            raise ValueError(f"own objects of version {version} are not supported; use {allowed}")
        named = _named(raw)
        owner = PartyId.of(_text(named.country_code), _text(named.party_id))
        open_to_all = module in _OF_OTHERS or (any_party and module in _PUBLIC)
        if owner not in self._parties and not open_to_all:
            fault = Violation("/party_id", "owner", f"{owner} is not a party of this platform")
            raise InvalidParameters(f"{owner} is not a party of this platform.", violations=[fault])
        uid = named.uid if module in _NAMED_BY_UID else named.id
        variant = _text(named.type) if module in _NAMED_BY_UID else ""
        audience = ""
        if module in _SCOPED:
            token = _named(named.cdr_token)
            party = PartyId.of(_text(token.country_code), _text(token.party_id))
            audience = audience_of(party)
        key = Key.of(module, owner, _text(uid), variant)
        alias = short_id(_text(named.contract_id)) if module in _NAMED_BY_UID else ""
        changed = read_micros(_text(named.last_updated))
        return Draft(key, raw, changed, version, OWN, audience, alias)


class _Named(msgspec.Struct, gc=False):
    """What the store needs to know of an object, of whatever class: all of it is text."""

    country_code: Any = ""
    party_id: Any = ""
    id: Any = ""
    uid: Any = ""
    type: Any = ""
    contract_id: Any = ""
    last_updated: Any = ""
    cdr_token: msgspec.Raw = msgspec.Raw(b"{}")


_named: Final = msgspec.json.Decoder(_Named).decode


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


class Moved(Exception):
    """An object is for another party than was expected.

    Attributes:
        audience: The party, as the store names it.
    """

    def __init__(self, audience: str) -> None:
        super().__init__(audience)
        self.audience = audience


def _check_audience(expected: str | None, audience: str) -> None:
    if expected not in {None, audience}:
        raise Moved(audience)


def _check_same(key: Key, draft: Draft) -> None:
    if key.module == "cdrs":
        raise InvalidParameters(
            "A CDR cannot be changed.",
            hint="Put a credit CDR for it, then a new one with another id.",
        )
    if draft.key != key:
        raise InvalidParameters(
            "The owner, the id and the type of an object cannot be changed.",
            hint="Put another object, and delete this one.",
        )


def _missing(module: str, owner: PartyId, uid: str) -> NotFound:
    return NotFound(f"No own {class_name(module)} {uid} of {owner} stored.")


def stamped(raw: bytes, changes: dict[str, bytes], now: datetime) -> bytes:
    """Set fields of an object, given as JSON text, and its ``last_updated``."""
    parts = fields(raw)
    parts.update({name: msgspec.Raw(value) for name, value in changes.items()})
    parts["last_updated"] = msgspec.Raw(msgspec.json.encode(format_timestamp(now)))
    return assemble(parts)


def instants(raw: bytes, *names: str) -> list[int]:
    """Read those of some DateTimes of an object that are there, in microseconds."""
    parts = fields(raw)
    found = (parts[name] for name in names if name in parts)
    return [Stamp.read(part).micros for part in found if bytes(part) != b"null"]
