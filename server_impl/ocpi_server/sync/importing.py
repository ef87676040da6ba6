"""Objects from a JSON file into the store: in a stream, whatever the size of the file."""

import asyncio
import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, Final, Never, TextIO, cast

from ocpi_runtime.codec import check
from ocpi_runtime.errors import InvalidParameters, OcpiError, Violation
from ocpi_runtime.types import Model
from ocpi_server.objects.own_object_writer import OwnObjectWriter
from ocpi_server.store import Draft, ObjectStore, Put

__all__ = ["Broken", "BrokenFile", "Imported", "Importer", "items", "opened"]

_CHUNK: Final = 1024 * 1024
_LARGEST: Final = 8 * 1024 * 1024
"""The most characters of one object."""
_BATCH: Final = 500
_BREATH: Final = 25
"""After so many objects other tasks get their turn."""
_SPACE: Final = " \t\r\n"


class BrokenFile(ValueError):
    """The file is no JSON array of objects of a sane size."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An object that was left out.

    Attributes:
        index: Its place in the file, from 0.
        message: What is wrong, in one line.
        violations: The single faults, with pointers.
    """

    index: int
    message: str
    violations: tuple[Violation, ...]


@dataclass(slots=True)
class Imported:
    """What an import did.

    Attributes:
        created: How many objects are new.
        updated: How many were replaced.
        stale: How many were newer in the store.
        broken: How many were left out.
    """

    created: int = 0
    updated: int = 0
    stale: int = 0
    broken: int = 0

    @property
    def total(self) -> int:
        """How many objects were read."""
        return self.created + self.updated + self.stale + self.broken


@contextmanager
def opened(path: Path) -> Iterator[tuple[TextIO, BinaryIO]]:
    """Open a JSON file, compressed or not.

    Yields:
        Its text, and the file on the disk, whose position is the progress of reading.
    """
    with path.open("rb") as file:
        packed = path.suffix == ".gz"
        plain = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if packed else file
        with TextIOWrapper(plain, encoding="utf-8-sig") as text:
            yield text, file


def items(text: TextIO) -> Iterator[bytes]:
    """Split a JSON array into its elements, reading no more than is needed.

    Raises:
        BrokenFile: It is no JSON array, or one of its elements is too large.
    """
    source = _Source(text)
    source.expect("[")
    if source.peek() == "]":
        return
    while True:
        yield source.element()
        if source.expect(",]") == "]":
            return


class _Source:
    """Text that is read when it is needed."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._buffer = ""
        self._at = 0
        self._decode = json.JSONDecoder().raw_decode

    def peek(self) -> str:
        """Return the next character that is no space, without consuming it; empty at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def expect(self, wanted: str) -> str:
        """Take one of some characters.

        Raises:
            BrokenFile: Something else stands there.
        """
        found = self.peek()
        if not found or found not in wanted:
            raise BrokenFile(f"{' or '.join(wanted)} is missing{self._where()}")
        self._at += 1
        return found

    def element(self) -> bytes:
        """Take one element.

        Raises:
            BrokenFile: It is no JSON, or too large.
        """
        self.peek()
        while True:
            taken = self._whole()
            if taken is not None:
                return taken
            if len(self._buffer) - self._at > _LARGEST:
                raise BrokenFile(f"an object is too large or not JSON{self._where()}")
            if not self._more():
                self._refuse()

    def _whole(self) -> bytes | None:
        """Take an element if it and what stands behind it have been read."""
        try:
            _, end = self._decode(self._buffer, self._at)
        except (json.JSONDecodeError, RecursionError):
            return None
        behind = end
        while behind < len(self._buffer) and self._buffer[behind] in _SPACE:
            behind += 1
        if self._buffer[behind : behind + 1] not in {",", "]"}:
            return None
        taken = self._buffer[self._at : end]
        self._at = end
        return taken.encode()

    def _refuse(self) -> Never:
        """Raise with the reason why the rest is no element.

        Raises:
            BrokenFile: Always.
        """
        try:
            self._decode(self._buffer, self._at)
        except (json.JSONDecodeError, RecursionError) as error:
            raise BrokenFile(f"an object is not JSON{self._where()}: {error}") from None
        raise BrokenFile(f", or ] is missing{self._where()}")

    def _more(self) -> bool:
        try:
            chunk = self._text.read(_CHUNK)
        except (UnicodeDecodeError, OSError, EOFError) as error:
            raise BrokenFile(f"the file cannot be read: {error}") from error
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return bool(chunk)

    def _where(self) -> str:
        near = self._buffer[self._at : self._at + 30]
        return f" before {near!r}" if near else " at the end"


class Importer:
    """Puts own objects from a file into the store.

    Args:
        book: Knows own objects.
        store: Where they are kept.
    """

    def __init__(self, book: OwnObjectWriter, store: ObjectStore) -> None:
        self._book = book
        self._store = store

    async def run(
        self,
        text: TextIO,
        module: str,
        kind: type[Model],
        *,
        on_broken: Callable[[Broken], None],
        on_batch: Callable[[Imported], None] = lambda _done: None,
    ) -> Imported:
        """Import a JSON array; what is valid is kept, whatever comes after it.

        Args:
            text: The array.
            module: The OCPI module of its elements.
            kind: Their class.
            on_broken: Called with each element that was left out.
            on_batch: Called after each transaction with the progress.

        Raises:
            BrokenFile: The array breaks off; what came before is kept.
        """
        done = Imported()
        drafts: list[Draft] = []
        keeping: asyncio.Task[None] | None = None
        try:
            for index, raw in enumerate(items(text)):
                if index % _BREATH == 0:  # what was read before goes to the disk meanwhile
                    await asyncio.sleep(0)
                draft = self._draft(index, raw, module, kind, on_broken)
                if draft is None:
                    done.broken += 1
                    continue
                drafts.append(draft)
                if len(drafts) == _BATCH:
                    keeping = await self._next(keeping, drafts, done, on_batch)
                    drafts = []
        finally:
            await (await self._next(keeping, drafts, done, on_batch))
        return done

    async def _next(
        self,
        keeping: asyncio.Task[None] | None,
        drafts: list[Draft],
        done: Imported,
        on_batch: Callable[[Imported], None],
    ) -> asyncio.Task[None]:
        """Wait for the transaction before and begin another."""
        if keeping is not None:
            await keeping
            on_batch(done)
        return asyncio.create_task(self._keep(drafts, done))

    def _draft(
        self,
        index: int,
        raw: bytes,
        module: str,
        kind: type[Model],
        on_broken: Callable[[Broken], None],
    ) -> Draft | None:
        try:
            check(raw, kind)
            return self._book.draft(module, raw)
        except OcpiError as error:
            faults = error.violations if isinstance(error, InvalidParameters) else ()
            on_broken(Broken(index, error.message, tuple(faults)))
            return None

    async def _keep(self, drafts: list[Draft], done: Imported) -> None:
        for put in await self._store.put_all(drafts) if drafts else []:
            if put is Put.CREATED:
                done.created += 1
            elif put is Put.UPDATED:
                done.updated += 1
            else:
                done.stale += 1
