"""One operation, as the specification says: what is sent, and what is answered."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ocpi_audit._facts import Fact, Facts, Kind, SourcePosition
from ocpi_audit._operations import Operation
from ocpi_audit.spec._contents import body_of, chosen, data_of, options
from ocpi_audit.spec._datatypes import Types
from ocpi_audit.spec._headers import Header, header_facts, own_headers
from ocpi_audit.spec._methods import Interface, Method, Part
from ocpi_audit.spec._parameters import Parameters, parameter_facts
from ocpi_audit.spec._paths import Pattern, placeholders
from ocpi_audit.spec.chapters import Book
from ocpi_audit.spec.classes import ClassTable

__all__ = ["OperationReader", "Shared"]

_FUNCTIONAL: Final = re.compile(r"\*?Type:\*?\s*Functional")
_RESPONSE_URL: Final = "response_url"


@dataclass(frozen=True, slots=True)
class Shared:
    """What all operations of a version are read with.

    Attributes:
        book: The chapters.
        types: Reads types.
        common: Headers of every message, and of pages.
        ranges: What counts in parameters may be, by name.
        details: Answers that are described where they are given, by interface.
    """

    book: Book
    types: Types
    common: Sequence[Header]
    ranges: Mapping[str, str]
    details: Mapping[str, ClassTable]


class OperationReader:
    """States what the specification says of an operation.

    Args:
        operation: The operation.
        interface: Its interface.
        method: The description that it comes from.
        siblings: All placeholders of the interface; on this path they are no query.
        shared: What all operations are read with.
        facts: Takes everything up; has the facts of classes already.
    """

    def __init__(
        self,
        operation: Operation,
        interface: Interface,
        method: Method,
        siblings: frozenset[str],
        shared: Shared,
        facts: Facts,
    ) -> None:
        self._operation, self._interface, self._method = operation, interface, method
        self._siblings, self._shared, self._facts = siblings, shared, facts
        self._parts = _parts(method, operation.path)
        self._place = method.head.place()

    def state(self) -> None:
        """State everything but where it is described."""
        self._sentences()
        self._body()
        self._data()
        self._parameters()
        self._statuses()
        self._callback()
        header_facts(self._operation, self._headers(), self._facts)

    def _sentences(self) -> None:
        for aspect in ("body", "data"):
            value = self._shared.book.dialect.sentences.get((self._operation.subject, aspect))
            if value:
                self._put(aspect, value, self._place)

    def _body(self) -> None:
        patch = self._operation.method == "PATCH"
        found = body_of(self._parts, self._operation.method)
        if found is None and patch:
            found = body_of(self._parts_of_put(), "PUT")
        if found is not None:
            offered = options(found, self._shared.types)
            name, card, line = chosen(offered, self._operation.path)
            word = "required" if card == "1" else "optional"
            value = f"{name}{'Patch' if patch else ''} {word}"
            self._put("body", value, found.section.place(line))

    def _data(self) -> None:
        method = self._operation.method
        found = data_of(self._parts, method) or data_of([self._interface.general], method)
        inline = self._shared.details.get(self._operation.interface_subject)
        if found is not None:
            offered = options(found, self._shared.types)
            name, card, line = chosen(offered, self._operation.path)
            self._put("data", f"{name} {card}", found.section.place(line))
        elif inline is not None:
            self._put("data", f"{inline.name} 1", inline.section.place())

    def _parts_of_put(self) -> list[Part]:
        """Find the description of PUT nearest to one of PATCH, which refers to it."""
        described = self._interface.named("PUT")
        before = [each for each in described if each.head.line < self._method.head.line]
        near = before[-1:] or described[:1]
        return [part for each in near for part in _parts(each, self._operation.path)]

    def _parameters(self) -> None:
        parts = self._parts
        if self._operation.method == "PATCH" and not any(part.parameters for part in parts):
            parts = self._parts_of_put() or parts
        patterns = [each for each in self._patterns(parts) if each.path == self._operation.path]
        known = Parameters(
            tuple(parts), tuple(patterns), self._siblings, self._shared.ranges, self._place
        )
        parameter_facts(self._operation, known, self._shared.types, self._facts)

    def _patterns(self, parts: Iterable[Part]) -> list[Pattern]:
        own = [pattern for part in parts for pattern in part.patterns]
        return own or self._interface.patterns_of(self._method)

    def _statuses(self) -> None:
        """State what the chapters on transport and status codes say of every operation."""
        creates = self._operation.method == "PUT" and not self._value_of("data")
        self._put("statuses", "200 201" if creates else "200", self._place)
        errors = ["400", "401", "403", "405", "429", "500", "503"]
        errors += ["404"] if placeholders(self._operation.path) else []
        errors += ["413", "415"] if self._value_of("body") else []
        self._put("errors", " ".join(sorted(errors)), self._place)
        self._put("security", "apiKey header Authorization", self._place)

    def _callback(self) -> None:
        """State where the result goes, if a request says it."""
        body = self._value_of("body").partition(" ")[0]
        if self._facts.head(f"{body}.{_RESPONSE_URL}") is not None:
            self._put("callback", f"{{$request.body#/{_RESPONSE_URL}}}", self._place)
        if self._facts.head(f"{self._operation.subject} ?{_RESPONSE_URL}") is not None:
            self._put("callback", f"{{$request.query.{_RESPONSE_URL}}}", self._place)

    def _headers(self) -> list[Header]:
        chapter = self._shared.book.chapter_of(self._operation.module)
        groups = {"ids", "unknown"}
        if chapter and _FUNCTIONAL.search(chapter.text):
            groups.add("routing")
        if self._value_of("data").endswith(" *"):
            groups.add("paging")
        common = [header for header in self._shared.common if header.group in groups]
        return [*common, *own_headers(self._parts, self._shared.types)]

    def _value_of(self, aspect: str) -> str:
        fact = self._facts.get(self._operation.subject, aspect)
        return fact.value if fact else ""

    def _put(self, aspect: str, value: str, place: SourcePosition) -> None:
        subject, parent = self._operation.subject, self._operation.method_subject
        module = self._operation.module
        self._facts.add(Fact(subject, aspect, value, Kind.OPERATION, module, place, parent))


def _parts(method: Method, path: str) -> list[Part]:
    """List the parts of a description that hold for a path."""
    named = [part for name, part in method.parts.items() if name]
    general = [part for name, part in method.parts.items() if not name]
    fitting = [part for part in named if any(each.path == path for each in part.patterns)]
    return [*(fitting or named), *general]
