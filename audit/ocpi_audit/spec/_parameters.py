"""Parameters of operations: which tables hold for a path, and what is in the path or behind it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ocpi_audit._facts import Fact, Facts, Kind, SourcePosition
from ocpi_audit._operations import Operation
from ocpi_audit.markup.document import Row
from ocpi_audit.spec._datatypes import Types
from ocpi_audit.spec._methods import FoundTable, Part
from ocpi_audit.spec._paths import Pattern, placeholders

__all__ = ["Parameters", "parameter_facts"]

_REQUIRED: Final = {"yes": "required", "no": "optional"}


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the parameters of an operation are read from.

    Attributes:
        parts: What is said of its path.
        patterns: The structures that have its path.
        siblings: All placeholders of the method's paths; on this path they are no query.
        ranges: What counts may be, by name.
        place: Where the method begins.
    """

    parts: tuple[Part, ...]
    patterns: tuple[Pattern, ...]
    siblings: frozenset[str]
    ranges: Mapping[str, str]
    place: SourcePosition


def parameter_facts(operation: Operation, known: Parameters, types: Types, facts: Facts) -> None:
    """State what the specification says of the parameters of an operation."""
    reader = _Reader(operation, known, types, facts)
    reader.tables()
    reader.structures()


class _Reader:
    def __init__(self, operation: Operation, known: Parameters, types: Types, facts: Facts) -> None:
        self._operation, self._known, self._types, self._facts = operation, known, types, facts
        self._in_path = placeholders(operation.path)
        self._queries: dict[str, tuple[str, SourcePosition]] = {}

    def tables(self) -> None:
        """Read the tables that hold for the path."""
        for found in self._tables():
            for row in found.table.rows:
                if len(row.cells) == len(found.table.header):
                    self._row(row, found.section.place(row.line))

    def structures(self) -> None:
        """Compare the queries of URL structures with the tables."""
        for name, required in _queries(self._known.patterns):
            if name not in self._queries:
                self._add_fact(f"?{name}", "parameter", "query without a type", self._known.place)
                continue
            listed, place = self._queries[name]
            wants = "required" if required else "optional"
            if required is not None and wants != listed:
                doubt = f"{listed} in the table, {wants} in the URL structure"
                self._add_fact(f"?{name}", "doubt", doubt, place)

    def _tables(self) -> Iterator[FoundTable]:
        for part in self._known.parts:
            for found in part.parameters:
                names = {row.texts[0] for row in found.table.rows}
                ids = names & self._known.siblings
                if ids.intersection(self._in_path) if self._in_path else not ids:
                    yield found

    def _row(self, row: Row, place: SourcePosition) -> None:
        name, required = row.texts[0], row.texts[2]
        datatype = self._types.read(row.cells[1])
        counted = self._known.ranges.get(name, "")
        value = f"{datatype}({counted})" if counted else str(datatype)
        if name in self._in_path:
            self._add_fact(f"{{{name}}}", "parameter", f"path {value} required", place)
        elif name not in self._known.siblings:
            word = _REQUIRED.get(required, required)
            self._queries[name] = (word, place)
            self._add_fact(f"?{name}", "parameter", f"query {value} {word}", place)
        if datatype.doubt:
            self._add_fact(name, "doubt", datatype.doubt, place)

    def _add_fact(self, name: str, aspect: str, value: str, place: SourcePosition) -> None:
        subject, module = f"{self._operation.subject} {name}", self._operation.module
        parent = self._operation.subject
        self._facts.add(Fact(subject, aspect, value, Kind.PARAMETER, module, place, parent))


def _queries(found: Iterable[Pattern]) -> Iterator[tuple[str, bool | None]]:
    for pattern in found:
        yield from pattern.query.items()
