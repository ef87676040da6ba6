"""Objects of other parties from a file, such as open data, as if they had been received."""

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from ocpi_runtime.codec import check, decode
from ocpi_runtime.dialect import Dialect, Reading, RepairedText
from ocpi_runtime.errors import InvalidParameters, OcpiError, Violation
from ocpi_runtime.json_content import contents
from ocpi_runtime.json_objects import Element, ObjectReader, Shapes, shapes_in
from ocpi_runtime.types import Model, PartyId, Raw, SchemaSet
from ocpi_server._clock import Clock, to_micros, utc_now
from ocpi_server._versions import OWN_VERSION, package_of
from ocpi_server.partners import PartnerRecord
from ocpi_server.store import Draft, ObjectStore, PartialObject, PartialStore, Put
from ocpi_server.sync._lists import draft_of
from ocpi_server.sync._seen_objects import SeenObjects, key_of
from ocpi_server.sync.importing import Broken, Imported
from ocpi_server.sync.partial_objects import of_reading
from ocpi_server.versioning.renditions import Renditions

__all__ = ["ReceivedFile", "ReceivedImport", "ReceivedImporter", "opened_in_any_form"]

_BATCH: Final = 500
_BREATH: Final = 25
"""After so many objects other tasks get their turn."""


@dataclass(slots=True)
class ReceivedImport(Imported):
    """What an import of objects of others did.

    Attributes:
        partial: How many of the broken ones are kept as partial objects, for the operator.
        dropped: How many were removed because the file does not have them any more.
    """

    partial: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """What a file has.

    Attributes:
        source: From whom it is.
        module: The OCPI module of its objects.
        kind: Their class.
        version: The OCPI version that they are written in.
        whole: Whether the file has all objects of the source: others are removed.
    """

    source: PartnerRecord
    module: str
    kind: type[Model]
    version: str
    whole: bool = False


@contextmanager
def opened_in_any_form(
    path: Path, version: str, *, lenient: bool
) -> Iterator[tuple[Iterator[Element], BinaryIO]]:
    """Open a file with objects in any form that ``ocpi validate`` reads.

    Args:
        path: The file, compressed or not.
        version: The OCPI version of the objects.
        lenient: Whether NaN and similar may be in it.

    Yields:
        The objects, and the file on the disk, whose position is the progress of reading.
    """
    schemas = SchemaSet(package_of(version)).load()["components"]["schemas"]
    reader = ObjectReader(Shapes(shape for _, shape in shapes_in(schemas)))
    with path.open("rb") as file:
        found = contents(file, lenient=lenient)
        parts = (part for each in found for part in reader.parts(each.source))
        yield (element for part in parts for element in part.elements), file


class ReceivedImporter:
    """Puts objects of others into the store, as from a partner.

    Args:
        store: Where they are kept.
        renditions: Makes the platform's own renditions of what comes.
        partials: Keeps what is not valid, even after repairs.
        dialect: How objects are read that are not valid.
        own: The parties of this platform; nobody else has objects of theirs.
        clock: Returns the current time.
    """

    def __init__(
        self,
        store: ObjectStore,
        renditions: Renditions,
        partials: PartialStore,
        dialect: Dialect,
        own: Collection[PartyId],
        clock: Clock = utc_now,
    ) -> None:
        self._store, self._renditions, self._partials = store, renditions, partials
        self._dialect, self._own, self._clock = dialect, own, clock

    @property
    def lenient(self) -> bool:
        """Whether NaN and similar may be in a file."""
        return self._dialect.repairs_json

    async def run(
        self,
        file: ReceivedFile,
        elements: Iterator[Element],
        *,
        on_broken: Callable[[Broken], None],
        on_batch: Callable[[ReceivedImport], None] = lambda _done: None,
    ) -> ReceivedImport:
        """Import objects; what is valid is kept, whatever comes after it.

        Nothing is removed where a broken object has no id, because it may be one that is there.

        Raises:
            BrokenJson: The text breaks off; what came before is kept, and nothing removed.
        """
        file = replace(file, source=replace(file.source, version=file.version))
        began = to_micros(self._clock())
        seen = SeenObjects(self._store, file.source, file.module, began)
        await seen.begin()
        run = _Run(self, file, on_broken)
        try:
            for index, element in enumerate(elements):
                if index % _BREATH == 0:
                    await asyncio.sleep(0)
                run.take(index, element)
                if len(run.drafts) >= _BATCH:
                    await self._keep(run, seen)
                    on_batch(run.done)
        finally:
            await self._keep(run, seen)
        if file.whole:
            await self._partials.clear(file.source.id, file.module, began)
        if file.whole and not run.nameless:
            run.done.dropped = await seen.drop()
        return run.done

    async def _keep(self, run: "_Run", seen: SeenObjects) -> None:
        drafts, run.drafts = run.drafts, []
        done = run.done
        for put in await self._store.put_all(drafts) if drafts else []:
            done.created += put is Put.CREATED
            done.updated += put is Put.UPDATED
            done.stale += put is Put.STALE
        if run.file.version != OWN_VERSION:
            await self._renditions.taken_all([draft.key for draft in drafts])
        partials, run.partials = run.partials, []
        await self._partials.keep(run.file.source.id, partials)
        await seen.meet([*(draft.key for draft in drafts), *(each.key for each in partials)])

    def read(self, raw: bytes, kind: type[Model]) -> Reading[Model] | None:
        """Read an object as the dialect does; None where it is valid as it is."""
        try:
            check(raw, kind)
        except OcpiError:
            return self._dialect.read(raw, kind)
        return None

    def refuse_own(self, draft: Draft) -> None:
        """Refuse an object of a party of this platform.

        Raises:
            InvalidParameters: It is one.
        """
        owner = PartyId.of(draft.key.country_code, draft.key.party_id)
        if owner in self._own:
            fault = Violation("/party_id", "owner", f"{owner} is a party of this platform")
            raise InvalidParameters(f"{owner} is a party of this platform.", violations=[fault])


class _Run:
    """One import under way.

    Attributes:
        file: What is imported.
        done: What was done.
        drafts: What is to be kept.
        partials: What is not valid and is to be kept for the operator.
        nameless: How many broken objects have no id.
    """

    def __init__(
        self, importer: ReceivedImporter, file: ReceivedFile, on_broken: Callable[[Broken], None]
    ) -> None:
        self._importer, self.file, self._on_broken = importer, file, on_broken
        self.done = ReceivedImport()
        self.drafts: list[Draft] = []
        self.partials: list[PartialObject] = []
        self.nameless = 0

    def take(self, index: int, element: Element) -> None:
        """Take one object."""
        reading = self._importer.read(element.text, self.file.kind)
        try:
            if reading is not None and not reading.is_usable:
                self._break(index, element, "The object is not valid.", reading.remaining)
                self._keep_partial(element.text, reading)
                return
            self.drafts.append(self._draft(element.text, reading))
        except OcpiError as error:
            faults = error.violations if isinstance(error, InvalidParameters) else ()
            self._break(index, element, error.message, tuple(faults))

    def _draft(self, raw: bytes, reading: Reading[Model] | None) -> Draft:
        text = Raw(raw)
        if reading is not None and reading.verdict == "repaired":
            text = RepairedText(reading.text, raw, reading.repairs)
            self.done.repaired += 1
            for rule in {each.rule for each in reading.repairs}:
                self.done.repairs[rule] = self.done.repairs.get(rule, 0) + 1
        item = decode(text, self.file.kind)
        owner = PartyId.of(getattr(item, "country_code", ""), getattr(item, "party_id", ""))
        draft = draft_of(self.file.source, self.file.module, owner, item, text)
        self._importer.refuse_own(draft)
        return draft

    def _break(
        self, index: int, element: Element, message: str, faults: tuple[Violation, ...]
    ) -> None:
        self.done.broken += 1
        self._on_broken(Broken(index, message, faults, element.pointer))
        if key_of(self.file.source, self.file.module, Raw(element.text)) is None:
            self.nameless += 1

    def _keep_partial(self, raw: bytes, reading: Reading[Model]) -> None:
        if reading.object is not None:
            made = of_reading(self.file.source, self.file.module, Raw(raw), reading)
            self.partials.append(made)
            self.done.partial += 1
