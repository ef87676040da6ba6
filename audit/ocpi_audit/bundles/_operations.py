"""Operations of bundles as facts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ocpi_audit._facts import Fact, Facts, Kind, SourcePosition
from ocpi_audit._operations import METHODS, Operation
from ocpi_audit.bundles._shapes import Shapes
from ocpi_audit.bundles.classes import relative
from ocpi_audit.bundles.folder import Bundles, Json, operations_of, resolved

__all__ = ["bundled_operations", "operations_in"]


def operations_in(bundles: Bundles, pages: tuple[str, ...]) -> list[Operation]:
    """List the operations of bundles.

    Args:
        bundles: The bundles.
        pages: What links begin with.
    """
    return [
        _operation(document, path, method, operation, pages)
        for document in bundles.documents.values()
        for path, method, operation, _ in operations_of(document)
    ]


def _operation(
    document: Json, path: str, method: str, operation: Json, pages: tuple[str, ...]
) -> Operation:
    named = document["x-ocpi"]
    link = relative(operation.get("externalDocs", {}).get("url", ""), pages)
    return Operation(
        named["module"], named["interface"], method, path, link, _body(document, operation)
    )


def _body(document: Json, operation: Json) -> str:
    body, _ = resolved(document, operation.get("requestBody", {}), "")
    names = (str(schema.get("$ref", "")).rpartition("/")[2] for schema, _ in _content(body))
    return next(names, "")


def bundled_operations(
    bundles: Bundles, shapes: Shapes, pages: tuple[str, ...], facts: Facts
) -> None:
    """State what bundles say of interfaces and operations."""
    for file, document in bundles.documents.items():
        name = f"{bundles.name}/{file}"
        _interface(document, name, facts)
        for path, method, operation, pointer in operations_of(document):
            which = _operation(document, path, method, operation, pages)
            _Reader(document, name, which, operation, pointer, shapes, facts).read()


def _interface(document: Json, name: str, facts: Facts) -> None:
    module, interface = document["x-ocpi"]["module"], document["x-ocpi"]["interface"]
    subject = f"{module}.{interface}"
    paths: dict[str, list[str]] = defaultdict(list)
    for path, method, _, _ in operations_of(document):
        paths[method].append(path)
    place = SourcePosition(name, "/paths")
    head = SourcePosition(name, "/x-ocpi/module")
    facts.add(Fact(module, "identifier", module, Kind.INTERFACE, module, head))
    value = " ".join(each for each in METHODS if each in paths)
    facts.add(Fact(subject, "methods", value, Kind.INTERFACE, module, place))
    for method, found in paths.items():
        listed = " ".join(sorted(found))
        facts.add(Fact(f"{subject} {method}", "paths", listed, Kind.METHOD, module, place))


class _Reader:
    """Reads one operation."""

    def __init__(
        self,
        document: Json,
        name: str,
        which: Operation,
        operation: Json,
        pointer: str,
        shapes: Shapes,
        facts: Facts,
    ) -> None:
        self._document, self._name, self._which = document, name, which
        self._operation, self._pointer = operation, pointer
        self._shapes, self._facts = shapes, facts

    def read(self) -> None:
        """State everything about the operation."""
        self._add_fact("link", self._which.link, f"{self._pointer}/externalDocs/url")
        self._parameters()
        self._body()
        self._answers()
        self._security()
        callbacks = self._operation.get("callbacks", {})
        urls = sorted({url for each in callbacks.values() for url in each})
        if urls:
            self._add_fact("callback", " ".join(urls), f"{self._pointer}/callbacks")

    def _parameters(self) -> None:
        path = self._document["paths"][self._which.path]
        for number, each in enumerate(path.get("parameters", ())):
            pointer = self._pointer.rpartition("/")[0]
            self._parameter(each, f"{pointer}/parameters/{number}")
        for number, each in enumerate(self._operation.get("parameters", ())):
            self._parameter(each, f"{self._pointer}/parameters/{number}")

    def _parameter(self, node: Json, pointer: str) -> None:
        each, at = resolved(self._document, node, pointer)
        name, place = each["name"], each["in"]
        shape = self._shapes.read(each.get("schema", {}))
        word = _word(each)
        if place == "header":
            self._add_fact("header", f"{shape} {word}", at, f"> {name}", Kind.HEADER)
            return
        sign = f"{{{name}}}" if place == "path" else f"?{name}"
        self._add_fact("parameter", f"{place} {shape} {word}", at, sign, Kind.PARAMETER)

    def _body(self) -> None:
        body = self._operation.get("requestBody")
        if body is None:
            return
        body, at = resolved(self._document, body, f"{self._pointer}/requestBody")
        content = " or ".join(f"{self._shapes.read(each)}{kind}" for each, kind in _content(body))
        self._add_fact("body", f"{content} {_word(body)}", at)

    def _answers(self) -> None:
        answers = {
            code: resolved(self._document, each, f"{self._pointer}/responses/{code}")
            for code, each in self._operation["responses"].items()
        }
        good = {code: each for code, each in answers.items() if code.startswith("2")}
        where = f"{self._pointer}/responses"
        self._add_fact("statuses", " ".join(sorted(good)), where)
        self._add_fact("errors", " ".join(sorted(set(answers) - set(good))), where)
        self._data(good, where)
        self._headers(answers, good)
        for code in set(answers) - set(good):
            if (data := self._data_of(answers[code][0])) != "":
                value = f"data {data} with {code}" if data else f"no envelope with {code}"
                self._add_fact("errors", value, answers[code][1])

    def _data(self, good: Mapping[str, tuple[Json, str]], where: str) -> None:
        values = {self._data_of(each) for each, _ in good.values()}
        if values != {""}:
            self._add_fact("data", " and ".join(sorted(each or "none" for each in values)), where)

    def _data_of(self, answer: Json) -> str | None:
        """Return the class in the envelope of an answer, with its cardinality.

        Returns:
            Nothing if the envelope leaves it open, None if there is no envelope.
        """
        schemas = [schema for schema, _ in _content(answer)]
        if not schemas:
            return None
        envelope, _ = resolved(self._document, schemas[0], "")
        data = envelope.get("properties", {}).get("data")
        if data is None:
            return None
        shape = self._shapes.read(data)
        if shape.name == "any" and not shape.rest:
            return ""
        rest = f" {shape.rest}" if shape.rest else ""
        return f"{shape.name} {shape.many or '1'}{rest}"

    def _headers(
        self, answers: Mapping[str, tuple[Json, str]], good: Mapping[str, tuple[Json, str]]
    ) -> None:
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        places: dict[str, str] = {}
        for code, (answer, pointer) in answers.items():
            for name, node in answer.get("headers", {}).items():
                header, at = resolved(self._document, node, f"{pointer}/headers/{name}")
                value = f"{self._shapes.read(header.get('schema', {}))} {_word(header)}"
                found[name, value].add(code)
                places.setdefault(name, at)
        for (name, value), codes in found.items():
            when = _when(codes, set(answers), set(good))
            self._add_fact("header", f"{value}, {when}", places[name], f"< {name}", Kind.HEADER)

    def _security(self) -> None:
        schemes = self._document["components"].get("securitySchemes", {})
        needed = self._operation.get("security", self._document.get("security", ()))
        required = sorted(
            " ".join(str(schemes[name].get(key, "")) for key in ("type", "in", "name"))
            for each in needed
            for name in each
        )
        if required:
            self._add_fact("security", " and ".join(required), "/components/securitySchemes")

    def _add_fact(
        self, aspect: str, value: str, at: str, name: str = "", kind: Kind = Kind.OPERATION
    ) -> None:
        own = self._which.subject
        subject, parent = (f"{own} {name}", own) if name else (own, self._which.method_subject)
        place = SourcePosition(self._name, at)
        self._facts.add(Fact(subject, aspect, value, kind, self._which.module, place, parent))


def _word(node: Mapping[str, Any]) -> str:
    return "required" if node.get("required", False) else "optional"


def _content(node: Json) -> Iterator[tuple[Json, str]]:
    """List the schemas of a body; another kind than JSON is named."""
    for kind, each in node.get("content", {}).items():
        yield each.get("schema", {}), "" if kind == "application/json" else f" as {kind}"


def _when(codes: set[str], everything: set[str], good: set[str]) -> str:
    if codes == everything:
        return "in every answer"
    return "with success" if codes == good else "with " + " ".join(sorted(codes))
