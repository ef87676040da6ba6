"""The validation of streams, object by object, in constant memory."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain, islice
from typing import BinaryIO, Final

from ocpi_conformance.validation._guess import SAMPLE, guess
from ocpi_conformance.validation._object_validator import ObjectValidator
from ocpi_conformance.validation._part import PartRun
from ocpi_conformance.validation._report import ObjectReport, Problem, Report
from ocpi_conformance.validation.classes import (
    class_name,
    edition_name,
    model_of,
    object_reader,
    version_name,
)
from ocpi_runtime.dialect import Dialect, Learner
from ocpi_runtime.json_content import contents
from ocpi_runtime.json_objects import Element, Part
from ocpi_runtime.json_stream import BrokenJson

__all__ = ["Validation", "validate_stream"]

_BETWEEN_REPORTS: Final = 200
"""Number of objects between two reports of progress."""


class Validation:
    """Validates the objects of any number of streams and reports on all of them together.

    Args:
        version: The version to validate against; it is guessed for each list when not given.
        name: Their class, in any case; likewise.
        edition: An earlier edition of the version, such as ``core-1``; the newest if not given.
        dialect: Which repairs are tried, to count what could be repaired; by default all.
        learner: Gets each reading, to propose a dialect.
        now: The instant that ``last_updated`` is compared with; by default the present.
        on_object: Called with the verdict on each object.

    Raises:
        WrongName: There is no version, class or edition of that name.
    """

    def __init__(
        self,
        *,
        version: str | None = None,
        name: str | None = None,
        edition: str | None = None,
        dialect: Dialect | None = None,
        learner: Learner | None = None,
        now: datetime | None = None,
        on_object: Callable[[ObjectReport], None] | None = None,
    ) -> None:
        self._version = version_name(version) if version else None
        self._name = class_name(name, self._version) if name else None
        self._edition = edition_name(edition, self._version) if edition else None
        dialect = dialect or Dialect.lenient
        self._lenient = dialect.repairs_json
        self._validator = ObjectValidator(dialect, now or datetime.now(UTC), learner)
        self._on_object = on_object
        self._runs: list[PartRun] = []
        self._problems: list[Problem] = []

    def read(
        self,
        stream: BinaryIO,
        source: str = "",
        on_progress: Callable[[int], None] | None = None,
    ) -> None:
        """Validate the objects of a stream; what cannot be read becomes a problem.

        Args:
            stream: JSON of any form, plain or compressed, opened for reading bytes.
            source: Its name, for the report.
            on_progress: Called with the position in the stream now and then.
        """
        with _seekable(stream) as file:

            def moved() -> None:
                if on_progress is not None:
                    on_progress(file.tell())

            try:
                for content in contents(file, lenient=self._lenient):
                    where = f"{source}:{content.name}" if content.name else source
                    known: dict[str, PartRun] = {}
                    for part in object_reader().parts(content.source):
                        self._read_part(part, where, known, moved)
                    for place in content.source.commas:
                        self.add_problem(where, f"the list ends after a comma, at byte {place}")
            except BrokenJson as error:
                self.add_problem(source, str(error))

    def add_problem(self, source: str, message: str) -> None:
        """Report an input that cannot be read."""
        self._problems.append(Problem(source, message))

    def report(self) -> Report:
        """Return what was found in all streams so far."""
        for run in self._runs:
            run.settle_references()
        return Report([run.report() for run in self._runs], [*self._problems])

    def _read_part(
        self, part: Part, source: str, known: dict[str, PartRun], moved: Callable[[], None]
    ) -> None:
        elements = part.elements
        run = known.get(part.pointer)
        if run is None:
            first, elements = _sampled(elements)
            run = known[part.pointer] = self._begin(first, part.pointer, source)
            self._runs.append(run)
        for number, element in enumerate(elements):
            run.add(element)
            if number % _BETWEEN_REPORTS == 0:
                moved()

    def _begin(self, first: list[Element], pointer: str, source: str) -> PartRun:
        found = guess([each.text for each in first], self._version, self._name)
        kind = model_of(found.version, found.name, self._edition) if found else None
        return PartRun(source, pointer, found, kind, self._validator, self._on_object)


def validate_stream(  # noqa: PLR0913 - options, not parameters
    stream: BinaryIO,
    *,
    version: str | None = None,
    name: str | None = None,
    edition: str | None = None,
    dialect: Dialect | None = None,
    learner: Learner | None = None,
    now: datetime | None = None,
    on_object: Callable[[ObjectReport], None] | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Report:
    """Validate the objects of a stream; see :class:`Validation`, which takes several.

        with open("locations.json.gz", "rb") as file:
            report = validate_stream(file)
        for cause in report.parts[0].causes:
            print(cause.field, cause.rule, cause.count)

    Args:
        stream: JSON of any form, plain or compressed, opened for reading bytes.
        version: The version to validate against; it is guessed when not given.
        name: Their class; likewise.
        edition: An earlier edition of the version, such as ``core-1``; the newest if not given.
        dialect: Which repairs are tried, to count what could be repaired; by default all.
        learner: Gets each reading, to propose a dialect.
        now: The instant that ``last_updated`` is compared with; by default the present.
        on_object: Called with the verdict on each object.
        on_progress: Called with the position in the stream now and then.

    Raises:
        WrongName: There is no version, class or edition of that name.
    """
    validation = Validation(
        version=version,
        name=name,
        edition=edition,
        dialect=dialect,
        learner=learner,
        now=now,
        on_object=on_object,
    )
    validation.read(stream, on_progress=on_progress)
    return validation.report()


def _sampled(elements: Iterator[Element]) -> tuple[list[Element], Iterator[Element]]:
    """Return the first objects, and all of them; an incomplete text raises its error later."""
    first: list[Element] = []

    def broken(error: BrokenJson) -> Iterator[Element]:
        yield from first
        raise error

    try:
        first.extend(islice(elements, SAMPLE))
    except BrokenJson as error:
        return first, broken(error)
    return first, chain(first, elements)


@contextmanager
def _seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Yield a seekable stream; a pipe is copied to the disk."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield copy
