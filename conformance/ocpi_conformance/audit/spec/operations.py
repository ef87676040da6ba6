"""Interfaces, methods and operations, as the specification says."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from ocpi_conformance.audit.facts import Fact, Facts, Kind, Place
from ocpi_conformance.audit.operations import METHODS, Operation
from ocpi_conformance.audit.profiles import Profiles
from ocpi_conformance.audit.spec.chapters import Book
from ocpi_conformance.audit.spec.classes import ENVELOPE, ClassTable, link_of
from ocpi_conformance.audit.spec.contents import body_of, chosen, data_of, options
from ocpi_conformance.audit.spec.datatypes import Types
from ocpi_conformance.audit.spec.headers import (
    Header,
    common_headers,
    header_facts,
    own_headers,
)
from ocpi_conformance.audit.spec.methods import Interface, Method, Part, interfaces
from ocpi_conformance.audit.spec.parameters import Parameters, parameter_facts
from ocpi_conformance.audit.spec.paths import Pattern, placeholders

__all__ = ["OperationFacts"]

_FUNCTIONAL: Final = re.compile(r"\*?Type:\*?\s*Functional")
_IDENTIFIER: Final = re.compile(r"Module Identifier:\s*`([^`]+)`")
_RESPONSE_URL: Final = "response_url"


class OperationFacts:
    """States what the specification says of interfaces and operations.

    Args:
        book: The chapters.
        tables: The tables of classes in them.
        types: Reads types.
        profiles: Says what tables do not.
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
        self._details = _inline_data(tables)
        self._ranges = profiles.ranges
        self._common = common_headers(book, types, profiles.headers)
        self._interfaces = {each.subject: each for each in interfaces(book)}

    def state(self, operations: Iterable[Operation]) -> None:
        """State everything.

        Args:
            operations: Those of the bundles. They say how paths are read that the specification
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
                self._operation(operation, known, ours)

    def _interface(self, interface: Interface) -> None:
        """State which methods an interface offers."""
        place = interface.head.place()
        chapter = self._book.chapter_of(interface.module)
        identifier = _IDENTIFIER.search(chapter.text if chapter else "")
        name = identifier[1] if identifier else interface.module
        self._say(interface.module, "identifier", name, Kind.INTERFACE, interface.module, place)
        value = " ".join(each for each in METHODS if each in interface.offered)
        self._say(interface.subject, "methods", value, Kind.INTERFACE, interface.module, place)
        for name, where in interface.doubtful.items():
            subject, doubt = f"{interface.subject} {name}", "offered, and not available"
            self._say(subject, "doubt", doubt, Kind.METHOD, interface.module, where)

    def _paths(self, interface: Interface, method: str) -> None:
        """State which paths a method has; the endpoint itself, if nothing is said."""
        found = {
            path for each in interface.named(method) for path in self._expanded(interface, each)
        }
        place = interface.named(method)[0].head.place()
        value = " ".join(sorted(found)) or "/"
        subject = f"{interface.subject} {method}"
        self._say(subject, "paths", value, Kind.METHOD, interface.module, place)

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
        self, operation: Operation, interface: Interface, ours: Sequence[Operation]
    ) -> None:
        described = interface.named(operation.method)
        fitting = [each for each in described if self._fits(operation, interface, each)]
        linked = [each for each in fitting or described if _links(operation.link, each)]
        method = (linked or fitting or described)[0]
        parts = _parts(method, operation.path)
        links = [link_of(section) for each in fitting or described for section in each.sections]
        place = method.head.place()
        self._put(operation, "link", " or ".join(filter(None, links)), place)
        self._contents(operation, interface, method, parts)
        self._parameters(operation, interface, method, parts, ours)
        self._statuses(operation, place)
        header_facts(operation, self._headers(operation, parts), self._facts)

    def _fits(self, operation: Operation, interface: Interface, method: Method) -> bool:
        return operation.path in self._expanded(interface, method)

    def _contents(
        self, operation: Operation, interface: Interface, method: Method, parts: Sequence[Part]
    ) -> None:
        """State the classes of body and data."""
        for aspect in ("body", "data"):
            if told := self._book.dialect.sentences.get((operation.subject, aspect)):
                self._put(operation, aspect, told, method.head.place())
        body = body_of(parts, operation.method)
        if (
            body is None
            and operation.method == "PATCH"
            and (put := self._put_of(interface, method))
        ):
            body = body_of(_parts(put, operation.path), "PUT")
        if body is not None:
            name, card, line = chosen(options(body, self._types), operation.path)
            name += "Patch" if operation.method == "PATCH" else ""
            told = f"{name} {'required' if card == '1' else 'optional'}"
            self._put(operation, "body", told, body.section.place(line))
        data = data_of(parts, operation.method) or data_of([interface.general], operation.method)
        if data is not None:
            name, card, line = chosen(options(data, self._types), operation.path)
            self._put(operation, "data", f"{name} {card}", data.section.place(line))
        elif operation.interface_subject in self._details:
            each = self._details[operation.interface_subject]
            self._put(operation, "data", f"{each.name} 1", each.section.place())

    def _put_of(self, interface: Interface, patch: Method) -> Method | None:
        """Find the description of PUT nearest to one of PATCH, which refers to it."""
        described = interface.named("PUT")
        before = [each for each in described if each.head.line < patch.head.line]
        return next(iter(before[-1:] or described), None)

    def _parameters(
        self,
        operation: Operation,
        interface: Interface,
        method: Method,
        parts: Sequence[Part],
        ours: Sequence[Operation],
    ) -> None:
        if operation.method == "PATCH" and not any(part.parameters for part in parts):
            put = self._put_of(interface, method)
            parts = _parts(put, operation.path) if put else parts
        same = [each for each in ours if each.method_subject == operation.method_subject]
        known = [path for each in interface.methods for path in self._all_paths(interface, each)]
        names = {
            name for path in (*known, *(each.path for each in same)) for name in placeholders(path)
        }
        patterns = [each for each in _all(parts, interface, method) if each.path == operation.path]
        place = method.head.place()
        parameters = Parameters(
            tuple(parts), tuple(patterns), frozenset(names), self._ranges, place
        )
        parameter_facts(operation, parameters, self._types, self._facts)

    def _all_paths(self, interface: Interface, method: Method) -> list[str]:
        return [pattern.path for pattern in interface.patterns_of(method)]

    def _statuses(self, operation: Operation, place: Place) -> None:
        """State what the chapters on transport and status codes say of every operation."""
        data = self._facts.get(operation.subject, "data")
        body = self._facts.get(operation.subject, "body")
        creates = operation.method == "PUT" and data is None
        self._put(operation, "statuses", "200 201" if creates else "200", place)
        errors = ["400", "401", "404" if placeholders(operation.path) else "", "405"]
        errors += ["413", "415"] if body else []
        self._put(operation, "errors", " ".join(filter(None, [*errors, "500"])), place)
        self._put(operation, "security", "apiKey header Authorization", place)
        name = body.value.split()[0] if body else ""
        if self._facts.head(f"{name}.{_RESPONSE_URL}") is not None:
            self._put(operation, "callback", f"{{$request.body#/{_RESPONSE_URL}}}", place)
        if self._facts.head(f"{operation.subject} ?{_RESPONSE_URL}") is not None:
            self._put(operation, "callback", f"{{$request.query.{_RESPONSE_URL}}}", place)

    def _headers(self, operation: Operation, parts: Sequence[Part]) -> list[Header]:
        chapter = self._book.chapter_of(operation.module)
        groups = {"ids", "unknown"}
        if chapter and _FUNCTIONAL.search(chapter.text):
            groups.add("routing")
        data = self._facts.get(operation.subject, "data")
        if data and data.value.endswith(" *"):
            groups.add("paging")
        common = [header for header in self._common if header.group in groups]
        return [*common, *own_headers(parts, self._types)]

    def _put(self, operation: Operation, aspect: str, value: str, place: Place) -> None:
        subject, parent = operation.subject, operation.method_subject
        self._facts.add(
            Fact(subject, aspect, value, Kind.OPERATION, operation.module, place, parent)
        )

    def _say(
        self, subject: str, aspect: str, value: str, kind: Kind, module: str, place: Place
    ) -> None:
        self._facts.add(Fact(subject, aspect, value, kind, module, place))


def _inline_data(tables: Iterable[ClassTable]) -> dict[str, ClassTable]:
    """Find answers that are described where they are given, without a name of their own."""
    return {
        f"{each.located.module}.{each.located.interface}": each
        for each in tables
        if each.located.interface and each.section.title == "Data" and each.name != ENVELOPE
    }


def _links(link: str, method: Method) -> bool:
    return any(link in link_of(section).split(" or ") for section in method.sections)


def _parts(method: Method, path: str) -> list[Part]:
    """List the parts of a description that hold for a path."""
    named = [part for name, part in method.parts.items() if name]
    general = [part for name, part in method.parts.items() if not name]
    fitting = [part for part in named if any(each.path == path for each in part.patterns)]
    return [*(fitting or named), *general]


def _all(parts: Iterable[Part], interface: Interface, method: Method) -> list[Pattern]:
    own = [pattern for part in parts for pattern in part.patterns]
    return own or interface.patterns_of(method)
