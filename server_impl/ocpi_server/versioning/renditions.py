"""Objects in the version of whoever reads them: made once per change, not once per read.

What is written in the version that is asked for is given as it is. Other versions are rendered
by the bridge when they are first needed and kept beside the object, with their losses.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

import msgspec

from ocpi_bridge import ContextMissing, NotConvertible
from ocpi_runtime.errors import NotFound, OcpiError
from ocpi_runtime.types import Raw
from ocpi_server._jsonbytes import fields
from ocpi_server._versions import OWN_VERSION
from ocpi_server.store import (
    OWN,
    Damaged,
    Key,
    Listing,
    Lossy,
    ObjectStore,
    Rendition,
    RenditionStore,
    Shortfall,
    Stored,
    StoredPage,
)
from ocpi_server.versioning._refusals import Refusals
from ocpi_server.versioning.contexts import Contexts, before_roles
from ocpi_server.versioning.editions import in_editions, without_editions
from ocpi_server.versioning.translation import KINDS, Translated, translate_beside

__all__ = ["Renditions", "may_refuse"]

log = logging.getLogger("ocpi_server.renditions")

_AT_ONCE: Final = 200
_REFUSABLE: Final = frozenset({"sessions", "cdrs", "tariffs"})
"""The modules with objects that cannot be represented in some version."""


class Renditions:
    """Returns objects in any version.

    Args:
        store: Where objects are kept.
        kept: Where renditions are kept.
        contexts: Finds what other versions need besides an object.
    """

    def __init__(self, store: ObjectStore, kept: RenditionStore, contexts: Contexts) -> None:
        self._store = store
        self._kept = kept
        self._contexts = contexts
        self._refusals = Refusals(store, self.render_lossy)

    async def listed(self, listing: Listing) -> StoredPage:
        """Read a page of a list; without what its version cannot represent."""
        if listing.version is not None and not may_refuse(listing.module, listing.version):
            listing = replace(listing, version=None)
        await self._refusals.learn(listing)
        return await self._store.page(listing)

    async def of(self, stored: Stored, version: str) -> Raw:
        """Return an object in a version.

        Raises:
            NotFound: The version cannot represent it.
        """
        if stored.version == version:
            return stored.raw
        found = await self.rendition(stored, version)
        if found.raw is None:
            reason = "; ".join(each.reason for each in found.losses)
            raise NotFound(f"{stored.key.uid} cannot be represented in OCPI {version}: {reason}")
        return found.raw

    async def rendition(self, stored: Stored, version: str) -> Rendition:
        """Return the rendition of an object in another version; create it if needed."""
        kept = await self._kept.find([stored.seq], version)
        known = kept.get(stored.seq)
        if known is not None and known.digest == Rendition.digest_of(stored.raw):
            return known
        return (await self._make([stored], version))[0]

    async def before(self, stored: Stored) -> dict[str, Raw]:
        """Return the renditions of an object before its change, by version: what partners have."""
        kept = await self._kept.all_of(stored.seq)
        digest = Rendition.digest_of(stored.raw)
        return {
            each.version: each.raw
            for each in kept
            if each.raw is not None and each.digest != digest
        }

    async def page(self, page: StoredPage, version: str) -> list[Raw]:
        """Return the objects of a page in a version, without those that it cannot represent."""
        if page.versions.count(version) == len(page.items):
            return page.items
        pairs = list(zip(page.places, page.versions, strict=True))
        others = [seq for seq, written in pairs if written != version]
        known = await self._kept.find(others, version)
        out: list[Raw | None] = []
        missing: list[int] = []
        for (seq, written), raw in zip(pairs, page.items, strict=True):
            kept = known.get(seq)
            if written == version:
                out.append(raw)
            elif kept is not None and kept.digest == Rendition.digest_of(raw):
                out.append(kept.raw)
            else:
                missing.append(len(out))
                out.append(None)
        for at, made in zip(missing, await self._fresh(page, missing, version), strict=True):
            out[at] = made
        return [raw for raw in out if raw is not None]

    async def taken(self, key: Key, version: str) -> None:
        """Make the platform's own rendition of an object that a partner has just sent."""
        if version == OWN_VERSION or key.module not in KINDS:
            return
        stored = await self._store.get(key)
        if stored is not None and stored.version != OWN_VERSION:
            await self.rendition(stored, OWN_VERSION)

    async def taken_all(self, keys: Iterable[Key]) -> None:
        """Do the same for many objects, of which some may be named twice."""
        names = list(dict.fromkeys(keys))
        for start in range(0, len(names), _AT_ONCE):
            places = await self._store.places(names[start : start + _AT_ONCE])
            await self.make_all(await self._store.get_places(places), OWN_VERSION)

    async def render_lossy(self, objects: Sequence[Stored], version: str) -> None:
        """Find those of some objects that a version cannot represent.

        Of locations only these are rendered: they are many, and their text is enough.
        """
        kept = await self._kept.find([each.seq for each in objects], version)
        refused = {seq for seq, known in kept.items() if known.raw is None}
        await self.make_all(
            [
                each
                for each in objects
                if each.key.module != "locations" or each.seq in refused or _private(each, version)
            ],
            version,
        )

    async def make_all(self, objects: Iterable[Stored], version: str) -> None:
        """Make the renditions of objects in a version that are not there, in one transaction."""
        due = [each for each in objects if each.version != version]
        known = await self._kept.find([each.seq for each in due], version) if due else {}
        stale = [
            each
            for each in due
            if (kept := known.get(each.seq)) is None or kept.digest != Rendition.digest_of(each.raw)
        ]
        if stale:
            await self._make(stale, version)

    async def lossy(self, most: int = 1000) -> list[Lossy]:
        """List the objects that lose something in a version that was asked for."""
        return await self._kept.lossy(most)

    async def _fresh(
        self, page: StoredPage, missing: Sequence[int], version: str
    ) -> list[Raw | None]:
        if not missing:
            return []
        found = []
        for at in missing:
            stored = await self._undamaged(page.places[at])
            if stored is not None:  # as it was listed: it may be for somebody else by now
                found.append(
                    msgspec.structs.replace(stored, raw=page.items[at], version=page.versions[at])
                )
        made = await self._make(found, version)
        by_seq = {each.seq: each.raw for each in made}
        return [by_seq.get(page.places[at]) for at in missing]

    async def _undamaged(self, place: int) -> Stored | None:
        found = await self._store.get_places([place])
        return found[0] if found else None

    async def _make(self, objects: Sequence[Stored], version: str) -> list[Rendition]:
        made = []
        for stored in objects:
            made.append(await self._render(stored, version))
            await asyncio.sleep(0)  # a long page takes a second, and others wait
        # What changed since it was listed may be in the version by now.
        pairs = zip(objects, made, strict=True)
        lasting = [each for stored, each in pairs if stored.version != version]
        if lasting:
            await self._kept.keep(lasting)
        return made

    async def _render(self, stored: Stored, version: str) -> Rendition:
        """Make a rendition; one without digest lacks other objects and is made again."""
        digest = Rendition.digest_of(stored.raw)
        if stored.version == version:
            return Rendition(stored.seq, version, digest, stored.raw)
        number, editions = without_editions(version)
        if _private(stored, version):
            reason = f"publish=false cannot be represented in OCPI {version}"
            return Rendition(stored.seq, version, digest, None, (Shortfall("/publish", reason),))
        kind = KINDS[stored.key.module]
        try:
            raw: Raw | None
            raw, losses = await self._translated(stored, kind, number)
            raw, changes = await in_editions(raw, kind, number, editions)
            losses += changes
        except OcpiError as error:
            pointer = error.pointer if isinstance(error, NotConvertible) else ""
            raw, losses = None, (Shortfall(pointer, error.message),)
            digest = b"" if isinstance(error, ContextMissing | Damaged) else digest
        _log_losses(stored, version, losses)
        return Rendition(stored.seq, version, digest, raw, losses)

    async def _translated(self, stored: Stored, kind: str, version: str) -> Translated:
        """Return an object in a version, by its number."""
        if stored.version == version:
            return Translated(stored.raw, ())
        context = await self._contexts.of(stored, version)
        return await translate_beside(stored.raw, kind, stored.version, version, context)


@lru_cache(maxsize=1024)
def may_refuse(module: str, version: str) -> bool:
    """Return whether a list may have objects that a version cannot represent."""
    number, _ = without_editions(version)
    return module in _REFUSABLE or (module == "locations" and before_roles(number))


def _private(stored: Stored, version: str) -> bool:
    """Return whether an own location must not be published, a field that 2.2 introduced."""
    return (
        stored.key.module == "locations"
        and stored.source == OWN
        and before_roles(without_editions(version)[0])
        and bytes(fields(stored.raw).get("publish", b"true")) == b"false"
    )


def _log_losses(stored: Stored, version: str, losses: Sequence[Shortfall]) -> None:
    if losses:
        what = f"{stored.key.module} {stored.key.uid}"
        reasons = "; ".join(f"{each.pointer} {each.reason}" for each in losses)
        log.info(
            "%s of OCPI %s is incomplete in OCPI %s: %s", what, stored.version, version, reasons
        )
