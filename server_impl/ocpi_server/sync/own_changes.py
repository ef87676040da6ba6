"""Changes of own objects of any module that come as JSON text, checked and announced."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import msgspec

from ocpi_bridge.versions import class_in
from ocpi_runtime.codec import encode, format_timestamp, validate
from ocpi_runtime.dialect import Dialect, Repair, RepairedText
from ocpi_runtime.errors import InvalidParameters, OcpiError, Violation
from ocpi_runtime.patch import merge
from ocpi_runtime.types import Model, PartyId
from ocpi_server._clock import Clock, after, is_older
from ocpi_server._jsonbytes import elements, fields, text_field
from ocpi_server._versions import WRITTEN
from ocpi_server.objects.own_object_writer import OwnObjectWriter, instants
from ocpi_server.store import Announcement, ChangedParts, Draft, Key, ObjectStore, Put
from ocpi_server.sync.push import Announcer
from ocpi_server.versioning.translation import KINDS

__all__ = ["MODULES", "Changed", "OwnChanges", "put_in_chunks", "touched", "valid_or_repaired"]

MODULES: Final = ("locations", "tokens", "sessions", "cdrs", "tariffs")
"""The modules whose own objects are written as text."""
_SCOPED: Final = frozenset({"sessions", "cdrs"})
_REMOVED_AT_PARTNERS: Final = frozenset({"tariffs"})
"""OCPI has a DELETE of these alone."""
_MOST_ROWS: Final = 1000
"""How many rows one transaction writes at most, objects and what each partner must be sent."""
_BREATH: Final = 25
"""After so many objects other tasks get their turn."""
_APPENDED: Final = {"sessions": ("charging_periods",)}


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of an object.

    Attributes:
        uid: Its id.
        put: What the write did; None where the object was removed.
        partners: The ids of the partners that are sent the change.
        repairs: What the dialect of the platform repaired.
    """

    uid: str
    put: Put | None
    partners: tuple[str, ...] = ()
    repairs: tuple[Repair, ...] = ()


class OwnChanges:
    """Stores, changes and removes own objects, with a note of what partners must be sent.

    Args:
        book: Writes own objects.
        store: Where they are kept.
        announcer: Finds the partners that changes are for.
        dialect: How objects are read that are not valid.
        clock: Returns the current time.
    """

    def __init__(
        self,
        book: OwnObjectWriter,
        store: ObjectStore,
        announcer: Announcer,
        dialect: Dialect,
        clock: Clock,
    ) -> None:
        self._book, self._store, self._announcer = book, store, announcer
        self._dialect, self._clock = dialect, clock

    async def put(
        self, module: str, version: str, raw: bytes, expected: Key | None = None
    ) -> Changed:
        """Create or replace an object.

        Args:
            module: The OCPI module.
            version: What it is written in.
            raw: The object.
            expected: Whose key it must have; None: any.

        Raises:
            InvalidParameters: It is not valid, belongs to no party here, or has another key.
        """
        draft = await self._draft(module, version, raw, _kind(module, version))
        if expected is not None and draft.key != expected:
            raise _other_key(expected)
        announcement = await self._announce(module, draft.audience)
        return _changed(draft, await self._store.put(draft, announcement), announcement)

    async def put_all(
        self, module: str, version: str, raws: Iterable[bytes]
    ) -> list[Changed | OcpiError]:
        """Create or replace many objects, a number of them in one transaction; see :meth:`put`.

        Args:
            module: The OCPI module.
            version: What they are written in.
            raws: The objects; of two with one id, the later one replaces the earlier one.

        Returns:
            What became of each object: why it was refused, where it was.

        Raises:
            InvalidParameters: There is no such module, or own objects are not written in the
                version.
        """
        kind = _kind(module, version)
        drafts: list[Draft | OcpiError] = []
        for index, raw in enumerate(raws):
            if index % _BREATH == 0:
                await asyncio.sleep(0)
            drafts.append(await self._draft_or_error(module, version, raw, kind))
        good = [each for each in drafts if isinstance(each, Draft)]
        stored = iter(await put_in_chunks(self._store, good, partial(self._announce, module)))
        return [
            _changed(each, *next(stored)) if isinstance(each, Draft) else each for each in drafts
        ]

    async def _draft_or_error(
        self, module: str, version: str, raw: bytes, kind: type[Model]
    ) -> Draft | OcpiError:
        try:
            return await self._draft(module, version, raw, kind)
        except OcpiError as error:
            return error

    async def _draft(self, module: str, version: str, raw: bytes, kind: type[Model]) -> Draft:
        draft = self._book.draft(module, valid_or_repaired(raw, kind, self._dialect), version)
        return await self._book.as_its_session(draft)

    async def patch(self, key: Key, version: str, changes: bytes) -> Changed:
        """Change some fields of an object; arrays are replaced, periods of sessions are added.

        Raises:
            NotFound: There is no such object of the platform's own.
            InvalidParameters: The result is not valid, or the object is written in another version.
        """
        kind, named = _kind(key.module, version), fields(changes)
        owner = PartyId(key.country_code, key.party_id)
        stored = await self._book.get(key.module, owner, key.uid, key.variant)
        if stored.version != version:
            what = f"The object is written in OCPI {stored.version}, not in {version}."
            raise InvalidParameters(what, hint=f"Send the patch to {stored.version}.")
        now, done = self._clock(), Put.UPDATED

        def edit(old: bytes) -> bytes:
            nonlocal done
            patch = dict(named)
            if "last_updated" not in patch:
                instant = after(now, *instants(old, "last_updated"))
                patch["last_updated"] = msgspec.Raw(encode(format_timestamp(instant)))
            new = merge(old, msgspec.json.encode(patch), append=_APPENDED.get(key.module, ()))
            validate(new, kind)
            done = Put.STALE if _is_older(new, old) else Put.UPDATED
            return old if done is Put.STALE else new

        async def announce(audience: str) -> Announcement:
            return await self._announce(key.module, audience, partial(touched, changes=named))

        _, announcement = await self._book.change_announced(
            key.module, owner, key.uid, edit, announce, key.variant, stored.audience
        )
        uid = _uid(key.module, stored.raw)
        return Changed(uid, done, () if done is Put.STALE else announcement.partners)

    async def remove(self, key: Key) -> Changed:
        """Delete an object; tariffs at partners, too.

        Raises:
            NotFound: There is no such object of the platform's own.
        """
        owner = PartyId(key.country_code, key.party_id)
        stored = await self._book.get(key.module, owner, key.uid, key.variant)
        announcement = None
        if key.module in _REMOVED_AT_PARTNERS:
            parts = fields(stored.raw)
            ids = {
                name: text_field(parts, name) or "" for name in ("country_code", "party_id", "id")
            }
            announcement = await self._announcer.for_all(key.module, removed=ids)
        await self._store.remove(key, announcement)
        return Changed(key.uid, None, () if announcement is None else announcement.partners)

    async def _announce(
        self,
        module: str,
        audience: str,
        parts: Callable[[bytes], ChangedParts | None] | None = None,
    ) -> Announcement:
        if module in _SCOPED:
            return await self._announcer.for_provider(module, audience, parts)
        return await self._announcer.for_all(module, parts)


def valid_or_repaired(raw: bytes, kind: type[Model], dialect: Dialect) -> bytes:
    """Return an object as it is if it is valid, else repaired, as a :class:`RepairedText`.

    Raises:
        OcpiError: It is not valid, and the dialect does not repair all of it.
    """
    try:
        validate(raw, kind)
    except OcpiError:
        reading = dialect.read(raw, kind)
        if reading.verdict != "repaired":
            raise
        return RepairedText(reading.text, raw, reading.repairs)
    return raw


async def put_in_chunks(
    store: ObjectStore,
    drafts: Sequence[Draft],
    announce: Callable[[str], Awaitable[Announcement]],
) -> list[tuple[Put, Announcement]]:
    """Store objects in transactions that keep others waiting for some milliseconds only.

    Args:
        store: Where they are kept.
        drafts: The objects.
        announce: Finds the partners that must be sent them, by the audience of the objects. It is
            asked before each transaction, as partners may register meanwhile.

    Returns:
        What each write did, and the partners that are sent the object.
    """
    done: list[tuple[Put, Announcement]] = []
    while len(done) < len(drafts):
        chunk = drafts[len(done) : len(done) + _MOST_ROWS]
        found = {each: await announce(each) for each in {draft.audience for draft in chunk}}
        recipients = max(len(each.partners) for each in found.values())
        chunk = chunk[: max(1, _MOST_ROWS // (1 + recipients))]
        puts = await store.put_all(chunk, found)
        done += [(put, found[draft.audience]) for draft, put in zip(chunk, puts, strict=True)]
    return done


def _changed(draft: Draft, done: Put, announcement: Announcement) -> Changed:
    text, uid = draft.raw, _uid(draft.key.module, draft.raw)
    partners = () if done is Put.STALE else announcement.partners
    return Changed(uid, done, partners, text.repairs if isinstance(text, RepairedText) else ())


def _uid(module: str, text: bytes) -> str:
    return text_field(fields(text), "uid" if module == "tokens" else "id") or ""


def _is_older(new: bytes, old: bytes) -> bool:
    return is_older(*(instants(each, "last_updated")[0] for each in (new, old)))


def _kind(module: str, version: str) -> type[Model]:
    """Return the class of a module in a version that own objects are written in.

    Raises:
        InvalidParameters: There is no such module, or own objects are not written in the version.
    """
    if module not in MODULES:
        raise _refused("path:module", module, MODULES)
    if version not in WRITTEN:
        raise _refused("path:version", version, sorted(WRITTEN))
    kind: type[Any] = class_in(version, KINDS[module])
    return kind


def _refused(pointer: str, value: str, allowed: Any) -> InvalidParameters:
    what = f"{value} is not supported here; allowed: {', '.join(allowed)}."
    return InvalidParameters(what, violations=[Violation(pointer, "enum", what)])


def _other_key(expected: Key) -> InvalidParameters:
    owner = PartyId(expected.country_code, expected.party_id)
    what = f"The owner or the id of the object is not that of the path, {owner} {expected.uid}."
    return InvalidParameters(what, violations=[Violation("", "same", what)])


def touched(old: bytes, changes: Collection[str]) -> ChangedParts | None:
    """Return what news of an object touch, from its text before; None where it is for others now.

    Args:
        old: The object before.
        changes: The fields that change.
    """
    if "cdr_token" in changes:
        return None
    names = tuple(sorted({*changes} - {"last_updated"}))
    periods = None
    if "charging_periods" in names:
        periods = len(elements(fields(old).get("charging_periods", b"[]")))
    return ChangedParts((*names, "last_updated"), periods=periods)
