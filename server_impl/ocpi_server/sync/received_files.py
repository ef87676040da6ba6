"""Objects of other parties from a file, such as open data, as if they had been received."""

from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ocpi_runtime.codec import check, check_depth, decode
from ocpi_runtime.dialect import Dialect, Reading, RepairedText
from ocpi_runtime.errors import InvalidParameters, OcpiError, Violation
from ocpi_runtime.json_objects import Element
from ocpi_runtime.types import Model, PartyId, Raw
from ocpi_server._clock import Clock, to_micros, utc_now
from ocpi_server._versions import OWN_VERSION
from ocpi_server.partners import PartnerRecord
from ocpi_server.store import Draft, ObjectStore, PartialObject, PartialStore, Put
from ocpi_server.sync._lists import draft_of
from ocpi_server.sync._seen_objects import SeenObjects, key_of
from ocpi_server.sync.importing import Broken, Imported, read_in_chunks
from ocpi_server.sync.partial_objects import of_reading
from ocpi_server.versioning.renditions import Renditions

__all__ = ["ReceivedFile", "ReceivedImport", "ReceivedImporter"]


@dataclass(slots=True)
class ReceivedImport(Imported):
    """What an import of objects of others did.

    Attributes:
        partial: How many of the broken ones are kept as partial objects, for the operator.
        dropped: How many were removed because the file does not have them any more.
        nameless: How many of the broken ones have no id.
    """

    partial: int = 0
    dropped: int = 0
    nameless: int = 0

    @property
    def is_recognised(self) -> bool:
        """Whether any object has an id."""
        return self.total > self.nameless


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
        elements: Iterable[Element],
        *,
        on_broken: Callable[[Broken], None],
        on_batch: Callable[[ReceivedImport], None] = lambda _done: None,
    ) -> ReceivedImport:
        """Import objects; what is valid is kept, whatever comes after it.

        Nothing is removed where a broken object has no id, because it may be one that is there, nor
        by a file without any object: a source that has none any more is less likely than a fault.

        Raises:
            BrokenJson: The text breaks off; what came before is kept, and nothing removed.
        """
        file = replace(file, source=replace(file.source, version=file.version))
        began = to_micros(self._clock())
        seen = SeenObjects(self._store, file.source, file.module, began)
        await seen.begin()
        run = _Run(self, file, seen, on_broken, on_batch)
        await read_in_chunks(elements, run.take, run.store)
        if file.whole and run.done.is_recognised:
            await self._partials.clear(file.source.id, file.module, began)
            if not run.done.nameless:
                run.done.dropped = await seen.drop()
        return run.done

    async def keep(
        self, file: ReceivedFile, drafts: Sequence[Draft], partials: Sequence[PartialObject]
    ) -> list[Put]:
        """Store objects, and those that are not valid for the operator."""
        done = await self._store.put_all(drafts) if drafts else []
        if file.version != OWN_VERSION:
            await self._renditions.taken_all([draft.key for draft in drafts])
        await self._partials.keep(file.source.id, partials)
        return done

    def read(self, raw: bytes, kind: type[Model]) -> tuple[Model | None, Reading[Model] | None]:
        """Read an object: as it is where it is valid, else as the dialect does.

        Raises:
            OcpiError: It is nested too deeply, which no dialect repairs.
        """
        try:
            return check(raw, kind), None
        except OcpiError:
            check_depth(raw)
            return None, self._dialect.read(raw, kind)

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
        done: What was done.
    """

    def __init__(
        self,
        importer: ReceivedImporter,
        file: ReceivedFile,
        seen: SeenObjects,
        on_broken: Callable[[Broken], None],
        on_batch: Callable[[ReceivedImport], None],
    ) -> None:
        self._importer, self._file, self._seen = importer, file, seen
        self._on_broken, self._on_batch = on_broken, on_batch
        self.done = ReceivedImport()
        self._drafts: list[Draft] = []
        self._partials: list[PartialObject] = []

    def take(self, index: int, element: Element) -> None:
        """Take one object."""
        raw, kind = element.text, self._file.kind
        try:
            item, reading = self._importer.read(raw, kind)
            if reading is not None and not reading.is_usable:
                self._break(index, element, "The object is not valid.", reading.remaining)
                self._keep_partial(raw, reading)
                return
            text = Raw(raw)
            if reading is not None and reading.verdict == "repaired":
                text = RepairedText(reading.text, raw, reading.repairs)
            self._drafts.append(self._draft(decode(text, kind) if item is None else item, text))
            if isinstance(text, RepairedText):
                self.done.count_repairs(text)
        except OcpiError as error:
            faults = error.violations if isinstance(error, InvalidParameters) else ()
            self._break(index, element, error.message, tuple(faults))

    def _draft(self, item: Model, text: Raw) -> Draft:
        owner = PartyId.of(getattr(item, "country_code", ""), getattr(item, "party_id", ""))
        draft = draft_of(self._file.source, self._file.module, owner, item, text)
        self._importer.refuse_own(draft)
        return draft

    def _break(
        self, index: int, element: Element, message: str, faults: tuple[Violation, ...]
    ) -> None:
        self.done.broken += 1
        self._on_broken(Broken(index, message, faults, element.pointer))
        if key_of(self._file.source, self._file.module, Raw(element.text)) is None:
            self.done.nameless += 1

    def _keep_partial(self, raw: bytes, reading: Reading[Model]) -> None:
        if reading.object is not None:
            made = of_reading(self._file.source, self._file.module, Raw(raw), reading)
            self._partials.append(made)
            self.done.partial += 1

    def store(self) -> Coroutine[Any, Any, None]:
        """Return what stores the objects that were read so far."""
        drafts, self._drafts = self._drafts, []
        partials, self._partials = self._partials, []
        return self._store(drafts, partials)

    async def _store(self, drafts: Sequence[Draft], partials: Sequence[PartialObject]) -> None:
        self.done.count(await self._importer.keep(self._file, drafts, partials))
        keys = (*(draft.key for draft in drafts), *(each.key for each in partials))
        await self._seen.meet(keys)
        self._on_batch(self.done)
