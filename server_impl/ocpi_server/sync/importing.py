"""Objects from a JSON file into the store: in a stream, whatever the size of the file."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from ocpi_runtime.codec import check
from ocpi_runtime.dialect import Dialect, RepairedText
from ocpi_runtime.errors import InvalidParameters, OcpiError, Violation
from ocpi_runtime.json_content import contents
from ocpi_runtime.json_stream import array_items
from ocpi_runtime.types import Model
from ocpi_server.objects.own_object_writer import OwnObjectWriter
from ocpi_server.store import Draft, ObjectStore, Put

__all__ = ["Broken", "Imported", "Importer", "opened"]

_BATCH: Final = 500
_BREATH: Final = 25
"""After so many objects other tasks get their turn."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An object that was left out.

    Attributes:
        index: Its place in the file, from 0.
        message: What is wrong, in one line.
        violations: The single faults, with pointers.
        pointer: Where it stands in a file of another form than an array.
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


@contextmanager
def opened(path: Path, *, lenient: bool) -> Iterator[tuple[Iterator[bytes], BinaryIO]]:
    """Open a file with a JSON array, compressed or not.

    Args:
        path: The file.
        lenient: Whether NaN and similar may be in it; objects are handed on as they came.

    Yields:
        The elements of the array, and the file on the disk, whose position is the progress of
        reading.
    """
    with path.open("rb") as file:
        found = contents(file, lenient=lenient)
        yield (item for each in found for item in array_items(each.source)), file


class Importer:
    """Puts own objects from a file into the store.

    Args:
        book: Knows own objects.
        store: Where they are kept.
        dialect: How objects are read that are not valid.
    """

    def __init__(self, book: OwnObjectWriter, store: ObjectStore, dialect: Dialect) -> None:
        self._dialect = dialect
        self._book = book
        self._store = store

    @property
    def lenient(self) -> bool:
        """Whether NaN and similar may be in a file."""
        return self._dialect.repairs_json

    async def run(
        self,
        texts: Iterator[bytes],
        module: str,
        kind: type[Model],
        *,
        on_broken: Callable[[Broken], None],
        on_batch: Callable[[Imported], None] = lambda _done: None,
    ) -> Imported:
        """Import a JSON array; what is valid is kept, whatever comes after it.

        Args:
            texts: The elements of the array.
            module: The OCPI module of its elements.
            kind: Their class.
            on_broken: Called with each element that was left out.
            on_batch: Called after each transaction with the progress.

        Raises:
            BrokenJson: The array breaks off; what came before is kept.
        """
        done = Imported()
        drafts: list[Draft] = []
        keeping: asyncio.Task[None] | None = None
        try:
            for index, raw in enumerate(texts):
                if index % _BREATH == 0:  # what was read before goes to the disk meanwhile
                    await asyncio.sleep(0)
                draft = self._draft(index, raw, module, kind, on_broken, done)
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
        done: Imported,
    ) -> Draft | None:
        try:
            draft = self._book.draft(module, self._valid(raw, kind, done), any_party=True)
        except OcpiError as error:
            faults = error.violations if isinstance(error, InvalidParameters) else ()
            on_broken(Broken(index, error.message, tuple(faults)))
            return None
        done.others += self._book.is_of_others(draft)
        return draft

    def _valid(self, raw: bytes, kind: type[Model], done: Imported) -> bytes:
        """Return an object as it is if it is valid, else repaired.

        Raises:
            OcpiError: It is not valid, and the dialect does not repair all of it.
        """
        try:
            check(raw, kind)
        except OcpiError:
            reading = self._dialect.read(raw, kind)
            if reading.verdict != "repaired":
                raise
            done.repaired += 1
            for rule in {each.rule for each in reading.repairs}:
                done.repairs[rule] = done.repairs.get(rule, 0) + 1
            return RepairedText(reading.text, raw, reading.repairs)
        return raw

    async def _keep(self, drafts: list[Draft], done: Imported) -> None:
        for put in await self._store.put_all(drafts) if drafts else []:
            if put is Put.CREATED:
                done.created += 1
            elif put is Put.UPDATED:
                done.updated += 1
            else:
                done.stale += 1
