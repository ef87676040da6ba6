"""Which class an example is an object of, by its place."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

from ocpi_audit._facts import Facts
from ocpi_audit._operations import Operation
from ocpi_audit.examples._snippets import Example
from ocpi_audit.spec.chapters import SectionContext
from ocpi_audit.spec.classes import ClassTable

__all__ = ["Target", "Targets"]

_LIST: Final = ("*", "+")


@dataclass(frozen=True, slots=True)
class Target:
    """What an example is.

    Attributes:
        name: The class.
        many: Whether it is a list of them.
        field: The field that it is shown as, or nothing: ``{"energy_mix": {...}}``.
    """

    name: str
    many: bool = False
    field: str = ""


class Targets:
    """Finds classes of examples.

    Args:
        facts: What bundles say.
        tables: The classes that the specification describes.
        operations: The operations of the bundles.
    """

    def __init__(
        self, facts: Facts, tables: Sequence[ClassTable], operations: Sequence[Operation]
    ) -> None:
        self._facts, self._tables, self._operations = facts, tables, operations
        self._classes = [
            fact.subject for fact in facts if fact.aspect == "class" and not fact.parent
        ]
        self._fields = {
            fact.subject.rpartition(".")[2]: fact for fact in facts if fact.aspect == "type"
        }

    def of(self, example: Example, value: Any) -> Target | None:
        """Find the class of an example.

        Of the classes that the places where it is speak of, it is the one that knows most of
        its fields.

        Args:
            example: The example.
            value: What it holds.
        """
        inner = value[0] if isinstance(value, list) and value else value
        fields = list(inner) if isinstance(inner, dict) else []
        found = [*self._placed(example), *self._named(example)]
        if found and len(fields) == 1 and self._is_alone(fields[0], example, found[0]):
            return self._field(fields[0])
        return max(found, key=lambda each: self._known(each, fields), default=None)

    def within(self, title: str) -> str | None:
        """Find the class that a title speaks of first; of two there, the longer name counts."""
        squeezed = re.sub(r"\W|_", "", title).lower()
        found = [(squeezed.find(name.lower()), -len(name), name) for name in self._classes]
        return min((each for each in found if each[0] >= 0), default=(0, 0, None))[2]

    def _known(self, target: Target, fields: Iterable[str]) -> int:
        return sum(1 for name in fields if self._facts.head(f"{target.name}.{name}"))

    def _is_alone(self, field: str, example: Example, target: Target) -> bool:
        """Return whether a field is shown without the object that it belongs to."""
        fragment = example.text.lstrip().startswith('"')
        return field in self._fields and (fragment or not self._known(target, [field]))

    def _field(self, field: str) -> Target:
        fact = self._fields[field]
        card = self._facts.get(fact.subject, "cardinality")
        return Target(fact.value, many=bool(card and card.value[0] in _LIST), field=field)

    def _placed(self, example: Example) -> list[Target]:
        """Look at the section that shows it: of a method, or below a class."""
        located = example.located
        if located is None or located.module == "transport":
            return []
        if located.method:
            return self._exchanged(example, located)
        before = [
            each.name
            for each in self._tables
            if each.section.file == located.section.file
            and each.section.line <= located.section.line
            and each.column < 0
            and self._facts.head(each.name)
        ]
        return [Target(name) for name in before[-1:]]

    def _exchanged(self, example: Example, located: SectionContext) -> list[Target]:
        """Look at what the method takes, or gives: first on the paths that the URL fits."""
        aspect = "data" if located.method == "GET" else "body"
        found: list[tuple[bool, Target]] = []
        for operation in self._operations:
            fact = self._facts.get(operation.subject, aspect)
            if _same(operation, located) and fact is not None:
                name, _, card = fact.value.partition(" ")
                target = Target(name, many=card in _LIST)
                found.append((not _fits(operation, example.url), target))
        return [target for _, target in sorted(found, key=itemgetter(0))]

    def _named(self, example: Example) -> list[Target]:
        """Look at the title of the section, and at the name of the file."""
        title = example.located.section.title if example.located else ""
        names = (self.within(title), self.within(example.name.rpartition("/")[2]))
        return [Target(name) for name in names if name]


def _same(operation: Operation, located: SectionContext) -> bool:
    there = (located.module, located.interface, located.method)
    return (operation.module, operation.interface, operation.method) == there


def _fits(operation: Operation, url: str) -> bool:
    """Return whether a URL ends in as many segments as a path has, fixed ones alike."""
    if not url:
        return True
    path = operation.path.strip("/").split("/")
    _, found, below = url.partition(f"/{operation.module}/")
    ends = (below if found else url).strip("/").split("/")
    if found and len(ends) != len(path):
        return False
    pairs = zip(path, ends[-len(path) :], strict=False)
    return all(part.startswith("{") or part == end for part, end in pairs)
