"""The open lists: which objects are in them, and the file of each."""

import asyncio
import gzip
import logging
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self

from ocpi_runtime.errors import NotFound
from ocpi_runtime.types import Raw
from ocpi_server._jsonbytes import fields
from ocpi_server.store import OWN, Listing, ListName, ObjectStore, Stored
from ocpi_server.versioning.renditions import Renditions

__all__ = ["OpenList", "OpenLists", "is_public"]

log = logging.getLogger("ocpi_server.open_data")

_CHUNK: Final = 200
_FASTEST: Final = 6
"""The level of compression: 9 takes twice as long and saves less than a hundredth."""


@dataclass(frozen=True)
class OpenList:
    """A list as it was at one instant.

    Attributes:
        places: The places of its objects in the store, in order.
        updated: When each was changed, in microseconds since 1970.
        file: All objects as one JSON array, in gzip.
        etag: The strong entity tag of the file.
        modified: When the list was made.
        state: The state of the store then.
        began: When that was, by the clock of this process.
    """

    places: Sequence[int]
    updated: Sequence[int]
    file: Path
    etag: str
    modified: datetime
    state: dict[ListName, int]
    began: float

    def between(self, since: int | None, before: int | None) -> Sequence[int]:
        """Return the places of the objects that were changed in a period."""
        if since is None and before is None:
            return self.places
        return _matching(self, since, before)

    def __hash__(self) -> int:
        """Return a hash by identity: what matches a filter is remembered for each list."""
        return id(self)


@lru_cache(maxsize=32)
def _matching(listed: OpenList, since: int | None, before: int | None) -> Sequence[int]:
    return array(
        "q",
        (
            place
            for place, at in zip(listed.places, listed.updated, strict=True)
            if (since is None or at >= since) and (before is None or at < before)
        ),
    )


class OpenLists:
    """Makes the lists when they are first asked for, and again when objects have changed.

    Args:
        store: Where objects are kept.
        renditions: Converts them to each version.
        refresh: How many seconds a list stays as it is while objects change. It is made again
            beside the requests that ask for it, which get the list of before; with 0 they wait.
        clock: Returns seconds that never go back.
    """

    def __init__(
        self,
        store: ObjectStore,
        renditions: Renditions,
        refresh: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._renditions = store, renditions
        self._refresh, self._clock = refresh, clock
        self._folder = TemporaryDirectory(prefix="ocpi-open-")
        self._kept: dict[tuple[str, str], OpenList] = {}
        self._making: dict[tuple[str, str], asyncio.Task[OpenList]] = {}
        self._replaced: dict[tuple[str, str], Path] = {}

    async def get(self, module: str, version: str) -> OpenList:
        """Return the list of a module in a version."""
        name = module, version
        kept = self._kept.get(name)
        if kept is not None and not await self._is_due(kept, module):
            return kept
        task = self._making.get(name)
        if task is None:
            task = self._making[name] = asyncio.create_task(self._renew(module, version))
        if kept is not None and self._refresh:
            return kept
        return await asyncio.shield(task)

    async def _is_due(self, kept: OpenList, module: str) -> bool:
        if self._clock() - kept.began < self._refresh:
            return False
        return await self._store.state(_all_of(module)) != kept.state

    async def _renew(self, module: str, version: str) -> OpenList:
        name = module, version
        before = self._kept.get(name)
        try:
            made = self._kept[name] = await self._make(module, version)
        except Exception:
            if before is None:
                raise
            log.exception("the open list of %s in OCPI %s could not be renewed", module, version)
            return before
        finally:
            del self._making[name]
        if before is not None:  # it may just be opened to be sent, the one before it not any more
            older = self._replaced.pop(name, None)
            if older is not None:
                older.unlink(missing_ok=True)
            self._replaced[name] = before.file
        return made

    async def _make(self, module: str, version: str) -> OpenList:
        began, modified, listing = self._clock(), datetime.now(UTC), _all_of(module)
        state = await self._store.state(listing)
        places, updated = array("q"), array("q")
        file = Path(self._folder.name) / f"{module}-{version}-{time.time_ns()}.json.gz"
        with _ArrayFile(file) as written:
            after = 0
            while found := await self._store.behind(listing, after, _CHUNK):
                after = max(found)
                shown = await self.shown(list(found), version)
                places.extend(stored.seq for stored, _ in shown)
                updated.extend(stored.last_updated for stored, _ in shown)
                await asyncio.to_thread(written.add, [text for _, text in shown])
        return OpenList(places, updated, file, written.etag, modified, state, began)

    async def shown(self, places: Sequence[int], version: str) -> list[tuple[Stored, Raw]]:
        """Return those of some objects that everybody may read, in a version that has them."""
        return [
            (stored, text)
            for stored in await self._store.get_places(places)
            if is_public(stored)
            for text in await self._in_version(stored, version)
        ]

    async def text(self, stored: Stored, version: str) -> Raw:
        """Return an object in a version.

        Raises:
            NotFound: The version cannot represent it.
        """
        return await self._renditions.of(stored, version)

    async def _in_version(self, stored: Stored, version: str) -> list[Raw]:
        try:
            return [await self.text(stored, version)]
        except NotFound:
            return []

    async def close(self) -> None:
        """Stop what is being made, and remove the files."""
        tasks = list(self._making.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._folder.cleanup()


def is_public(stored: Stored) -> bool:
    """Return whether everybody may read an object: all but locations with publish=false."""
    if stored.source != OWN or stored.audience:
        return False
    return bytes(fields(stored.raw).get("publish", b"true")) != b"false"


def _all_of(module: str) -> Listing:
    return Listing(module=module, source=OWN)


class _ArrayFile:
    """A JSON array in gzip that is written object by object; the same objects, the same bytes."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._zip = gzip.GzipFile("", "wb", _FASTEST, self._file, mtime=0)
        self._digest = blake2b(digest_size=16)
        self._separator = b"[\n"

    def __enter__(self) -> Self:
        return self

    def add(self, texts: Sequence[bytes]) -> None:
        """Write objects."""
        for text in texts:
            self._write(self._separator + text)
            self._separator = b",\n"

    def _write(self, text: bytes) -> None:
        self._digest.update(text)
        self._zip.write(text)

    def __exit__(self, *_: object) -> None:
        self._write(b"[]\n" if self._separator == b"[\n" else b"\n]\n")
        self._zip.close()
        self._file.close()

    @property
    def etag(self) -> str:
        """The strong entity tag of what was written."""
        return f'"{self._digest.hexdigest()}"'
