"""Interfaces, methods and operations, as the specification says."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from ocpi_audit._facts import Fact, Facts, Kind, SourcePosition
from ocpi_audit._operations import METHODS, Operation
from ocpi_audit._profiles import Profiles
from ocpi_audit.spec._contents import body_of, options
from ocpi_audit.spec._datatypes import Types
from ocpi_audit.spec._headers import common_headers
from ocpi_audit.spec._methods import Interface, Method, interfaces
from ocpi_audit.spec._operation_reader import OperationReader, Shared
from ocpi_audit.spec._paths import placeholders
from ocpi_audit.spec.chapters import Book
from ocpi_audit.spec.classes import ENVELOPE, ClassTable, link_of

__all__ = ["OperationFacts"]

_IDENTIFIER: Final = re.compile(r"Module Identifier:\s*`([^`]+)`")


class OperationFacts:
    """States what the specification says of interfaces and operations.

    Args:
        book: The chapters.
        tables: The tables of classes in them.
        types: Reads types.
        profiles: What tables leave out.
        facts: Takes them up; has the facts of classes already.
    """

    def __init__(
        self,
        book: Book,
        tables: Sequence[ClassTable],
        types: Types,
        profiles: Profiles,
        facts: Facts,
    ) -> None:
        self._book, self._types, self._facts = book, types, facts
        self._enums = {each.name: each.values for each in tables if each.column >= 0}
        self._interfaces = {each.subject: each for each in interfaces(book)}
        common = common_headers(book, types, profiles.headers)
        self._shared = Shared(book, types, common, profiles.ranges, _inline_data(tables))

    def state(self, operations: Iterable[Operation]) -> None:
        """State everything.

        Args:
            operations: Those of the bundles. They decide how paths are read that the specification
                leaves open, and which section an operation comes from where a method has several.
        """
        ours = list(operations)
        for interface in self._interfaces.values():
            self._interface(interface)
            for method in METHODS:
                if interface.named(method):
                    self._paths(interface, method)
        for operation in ours:
            known = self._interfaces.get(operation.interface_subject)
            if known is not None and known.named(operation.method):
                self._operation(operation, known, _siblings(operation, known, ours))

    def _interface(self, interface: Interface) -> None:
        """State which methods an interface offers."""
        place = interface.head.place()
        chapter = self._book.chapter_of(interface.module)
        identifier = _IDENTIFIER.search(chapter.text if chapter else "")
        name = identifier[1] if identifier else interface.module
        self._add_fact(interface.module, "identifier", name, Kind.INTERFACE, interface, place)
        value = " ".join(each for each in METHODS if each in interface.offered)
        self._add_fact(interface.subject, "methods", value, Kind.INTERFACE, interface, place)
        for name, where in interface.doubtful.items():
            subject, doubt = f"{interface.subject} {name}", "offered, and not available"
            self._add_fact(subject, "doubt", doubt, Kind.METHOD, interface, where)

    def _paths(self, interface: Interface, method: str) -> None:
        """State which paths a method has; the endpoint itself, if nothing is said."""
        described = interface.named(method)
        found = {path for each in described for path in self._expanded(interface, each)}
        place = described[0].head.place()
        value = " ".join(sorted(found)) or "/"
        self._add_fact(
            f"{interface.subject} {method}", "paths", value, Kind.METHOD, interface, place
        )

    def _expanded(self, interface: Interface, method: Method) -> list[str]:
        """List the paths of a description.

        Where a part of the path chooses the class of the body, there is one path for each.
        """
        found = [pattern.path for pattern in interface.patterns_of(method)]
        table = body_of(method.parts.values(), method.name)
        if table is None or len(options(table, self._types)) == 1:
            return found
        values = self._chooser(method)
        return [
            path.replace(name, value)
            for path in found
            for name, each in values.items()
            if name in path
            for value in each
        ] or found

    def _chooser(self, method: Method) -> dict[str, tuple[str, ...]]:
        """Find placeholders whose type is an enumeration, with its values."""
        rows = (
            row
            for part in method.parts.values()
            for found in part.parameters
            for row in found.table.rows
        )
        typed = {f"{{{row.texts[0]}}}": self._types.read(row.cells[1]).name for row in rows}
        return {name: self._enums[each] for name, each in typed.items() if each in self._enums}

    def _operation(
        self, operation: Operation, interface: Interface, siblings: frozenset[str]
    ) -> None:
        """State an operation, from the description that has its path, or that it links to."""
        described = interface.named(operation.method)
        fitting = [
            each for each in described if operation.path in self._expanded(interface, each)
        ] or described
        linked = [each for each in fitting if _links(operation.link, each)]
        method = (linked or fitting)[0]
        links = [link_of(section) for each in fitting for section in each.sections]
        value, place = " or ".join(filter(None, links)), method.head.place()
        subject, parent = operation.subject, operation.method_subject
        self._facts.add(
            Fact(subject, "link", value, Kind.OPERATION, operation.module, place, parent)
        )
        OperationReader(operation, interface, method, siblings, self._shared, self._facts).state()

    def _add_fact(
        self,
        subject: str,
        aspect: str,
        value: str,
        kind: Kind,
        interface: Interface,
        place: SourcePosition,
    ) -> None:
        self._facts.add(Fact(subject, aspect, value, kind, interface.module, place))


def _inline_data(tables: Iterable[ClassTable]) -> dict[str, ClassTable]:
    """Find answers that are described where they are given, without a name of their own."""
    return {
        f"{each.located.module}.{each.located.interface}": each
        for each in tables
        if each.located.interface and each.section.title == "Data" and each.name != ENVELOPE
    }


def _links(link: str, method: Method) -> bool:
    return any(link in link_of(section).split(" or ") for section in method.sections)


def _siblings(
    operation: Operation, interface: Interface, ours: Iterable[Operation]
) -> frozenset[str]:
    """List the placeholders of all paths of an interface, and of ours with the same method."""
    paths = [one.path for each in interface.methods for one in interface.patterns_of(each)]
    paths += [each.path for each in ours if each.method_subject == operation.method_subject]
    return frozenset(name for path in paths for name in placeholders(path))
