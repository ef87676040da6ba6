"""Objects from a JSON file into the store: in a stream, whatever the size of the file."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, Final

from ocpi_runtime.dialect import Dialect, RepairedText
from ocpi_runtime.errors import InvalidParameters, OcpiError, Violation
from ocpi_runtime.json_content import contents
from ocpi_runtime.json_objects import Element, ObjectReader, Shapes, shapes_in
from ocpi_runtime.json_stream import BrokenJson
from ocpi_runtime.types import Model, SchemaSet
from ocpi_server._versions import OWN_VERSION, package_of
from ocpi_server.objects.own_object_writer import OwnObjectWriter
from ocpi_server.store import Draft, ObjectStore, Put
from ocpi_server.sync.own_changes import put_in_chunks, valid_or_repaired
from ocpi_server.sync.push import Announcer

__all__ = ["Broken", "Imported", "Importer", "opened", "read_in_chunks"]

_CHUNK: Final = 1000
_CHUNK_BYTES: Final = 8 * 1024 * 1024
"""After so many objects, or so many bytes of them, they are stored."""
_READ: Final = 100
"""So many objects are read at a time."""
_TURN: Final = 10
"""After so many objects other tasks get their turn, such as the one that stores those before."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An object that was left out.

    Attributes:
        index: Its place among the objects of the file, from 0.
        message: What is wrong, in one line.
        violations: The single faults, with pointers.
        pointer: Where it is in the file.
    """

    index: int
    message: str
    violations: tuple[Violation, ...]
    pointer: str = ""


@dataclass(slots=True)
class Imported:
    """What an import did.

    Attributes:
        created: How many objects are new.
        updated: How many were replaced.
        stale: How many were newer in the store.
        broken: How many were left out.
        others: How many of those that were kept belong to parties elsewhere.
        repaired: How many of those that were kept had been repaired.
        repairs: How many objects needed each rule of the dialect.
    """

    created: int = 0
    updated: int = 0
    stale: int = 0
    broken: int = 0
    others: int = 0
    repaired: int = 0
    repairs: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Number of objects that were read."""
        return self.created + self.updated + self.stale + self.broken

    def count(self, stored: Iterable[Put]) -> None:
        """Count what writes did."""
        counts = Counter(stored)
        self.created += counts[Put.CREATED]
        self.updated += counts[Put.UPDATED]
        self.stale += counts[Put.STALE]

    def count_repairs(self, text: RepairedText) -> None:
        """Count the repairs of an object."""
        self.repaired += 1
        for rule in {each.rule for each in text.repairs}:
            self.repairs[rule] = self.repairs.get(rule, 0) + 1


@contextmanager
def opened(
    path: Path, *, version: str = OWN_VERSION, lenient: bool, most: int | None = None
) -> Iterator[tuple[Iterator[Element], BinaryIO]]:
    """Open a file with objects in any form that ``ocpi validate`` reads.

    Args:
        path: The file, compressed or not.
        version: The OCPI version of the objects.
        lenient: Whether NaN and similar may be in it; objects are handed on as they came.
        most: How many bytes its JSON may have, decompressed; None for any number.

    Yields:
        The objects, and the file on the disk, whose position is the progress of reading.
    """
    reader = _object_reader(version)
    with path.open("rb") as file:
        found = contents(file, lenient=lenient, most=most)
        parts = (part for each in found for part in reader.parts(each.source))
        yield (element for part in parts for element in part.elements), file


@cache
def _object_reader(version: str) -> ObjectReader:
    schemas = SchemaSet(package_of(version)).load()["components"]["schemas"]
    return ObjectReader(Shapes(shape for _, shape in shapes_in(schemas)))


async def read_in_chunks(
    elements: Iterable[Element],
    take: Callable[[int, Element], None],
    store: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    """Read objects, and store those of a chunk while the next one is read.

    Args:
        elements: The objects.
        take: Called with each object and its place among them.
        store: Called after each chunk: takes what was read so far at once, and returns what stores
            it.

    Raises:
        BrokenJson: The text breaks off; what came before is stored.
    """
    storing: asyncio.Task[None] | None = None
    taken = size = 0
    try:
        async for index, element in _read_aside(elements):
            take(index, element)
            taken, size = taken + 1, size + len(element.text)
            if taken == _CHUNK or size >= _CHUNK_BYTES:
                taken = size = 0
                storing = await _after(storing, store)
    finally:
        await (await _after(storing, store))


async def _read_aside(elements: Iterable[Element]) -> AsyncIterator[tuple[int, Element]]:
    """Yield objects and their places; they are read in another thread.

    Whoever made the file decides how much text, spaces for example, is between two of them.
    """
    rest, places, broken = iter(elements), count(), None
    while broken is None:
        some, broken = await asyncio.to_thread(_next, rest)
        for number, element in enumerate(some, 1):
            yield next(places), element
            if not number % _TURN:
                await asyncio.sleep(0)
        if not some:
            break
    if broken is not None:
        raise broken


def _next(elements: Iterator[Element]) -> tuple[list[Element], BrokenJson | None]:
    """Return the next objects, and why the text breaks off behind them if it does."""
    found, size = list[Element](), 0
    try:
        for element in elements:
            found.append(element)
            size += len(element.text)
            if len(found) == _READ or size >= _CHUNK_BYTES:
                break
    except BrokenJson as error:
        return found, error
    return found, None


async def _after(
    task: asyncio.Task[None] | None, store: Callable[[], Coroutine[Any, Any, None]]
) -> asyncio.Task[None]:
    """Begin to store a chunk when the one before is stored."""
    if task is not None:
        await task
    return asyncio.create_task(store())


class Importer:
    """Puts own objects from a file into the store.

    Args:
        book: The own objects.
        store: Where they are kept.
        dialect: How objects are read that are not valid.
        announcer: Finds the partners that changes are for.
    """

    def __init__(
        self, book: OwnObjectWriter, store: ObjectStore, dialect: Dialect, announcer: Announcer
    ) -> None:
        self.book, self._store, self.dialect = book, store, dialect
        self._announcer = announcer

    @property
    def lenient(self) -> bool:
        """Whether NaN and similar may be in a file."""
        return self.dialect.repairs_json

    async def run(
        self,
        elements: Iterable[Element],
        module: str,
        kind: type[Model],
        *,
        on_broken: Callable[[Broken], None],
        on_batch: Callable[[Imported], None] = lambda _done: None,
        push: bool = False,
    ) -> Imported:
        """Import objects; what is valid is kept, whatever comes after it.

        Args:
            elements: The objects.
            module: Their OCPI module.
            kind: Their class.
            on_broken: Called with each object that was left out.
            on_batch: Called after each chunk with the progress.
            push: Whether partners are sent those of the platform's own parties.

        Raises:
            BrokenJson: The text breaks off; what came before is kept.
        """
        run = _Run(self, module, kind, on_broken, on_batch, push=push)
        await read_in_chunks(elements, run.take, run.store)
        return run.done

    async def keep(self, module: str, drafts: Sequence[Draft], *, push: bool) -> Iterable[Put]:
        """Store objects, and note those for partners that they are to be sent."""
        if not push:
            return await self._store.put_all(drafts)
        ours: list[Draft] = []
        others: list[Draft] = []
        for draft in drafts:
            (others if self.book.is_of_others(draft) else ours).append(draft)
        done = await put_in_chunks(
            self._store, ours, lambda _audience: self._announcer.for_all(module)
        )
        return [*(put for put, _ in done), *await self._store.put_all(others)]


class _Run:
    """One import under way."""

    def __init__(
        self,
        importer: Importer,
        module: str,
        kind: type[Model],
        on_broken: Callable[[Broken], None],
        on_batch: Callable[[Imported], None],
        *,
        push: bool,
    ) -> None:
        self.done = Imported()
        self._push = push
        self._importer, self._module, self._kind = importer, module, kind
        self._on_broken, self._on_batch = on_broken, on_batch
        self._drafts: list[Draft] = []

    def take(self, index: int, element: Element) -> None:
        """Take one object."""
        book = self._importer.book
        try:
            text = valid_or_repaired(element.text, self._kind, self._importer.dialect)
            draft = book.draft(self._module, text, any_party=True)
        except OcpiError as error:
            faults = error.violations if isinstance(error, InvalidParameters) else ()
            self.done.broken += 1
            self._on_broken(Broken(index, error.message, tuple(faults), element.pointer))
            return
        if isinstance(text, RepairedText):
            self.done.count_repairs(text)
        self.done.others += book.is_of_others(draft)
        self._drafts.append(draft)

    def store(self) -> Coroutine[Any, Any, None]:
        """Return what stores the objects that were read so far."""
        drafts, self._drafts = self._drafts, []
        return self._store(drafts)

    async def _store(self, drafts: Sequence[Draft]) -> None:
        if drafts:
            self.done.count(await self._importer.keep(self._module, drafts, push=self._push))
        self._on_batch(self.done)
