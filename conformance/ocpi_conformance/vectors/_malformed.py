"""Malformed requests, derived from the bundle of an operation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from msgspec import UNSET

from ocpi_conformance._references import resolved
from ocpi_conformance.vectors._bundles import VectorOperation
from ocpi_conformance.vectors._format import Expected, VectorRequest, WrongPart
from ocpi_conformance.vectors._requests import good_request, headers_of, request_of
from ocpi_conformance.vectors._violations import BrokenBody, broken_bodies
from ocpi_conformance.vectors._world import FOREIGN, UNKNOWN_TOKEN
from ocpi_runtime.operations import Parameter

__all__ = ["INVALID", "NOT_FOUND", "UNKNOWN", "Malformed", "malformed_requests"]

UNAUTHORIZED: Final = (Expected(401, "2xxx"), Expected(401, ""))
UNREADABLE: Final = (Expected(400, "2xxx"), Expected(400, ""))
INVALID: Final = (Expected(200, "2001"), Expected(200, "2xxx"), Expected(400, "2xxx"))
NOT_FOUND: Final = (Expected(404, "2xxx"), Expected(404, ""), Expected(200, "2xxx"))
UNKNOWN: Final = (Expected(200, "2xxx"), Expected(404, "2xxx"))
_TRANSPORT: Final = "transport_and_format.asciidoc#transport_and_format_"
_TRANSPORT_OLD: Final = "transport_and_format.md"
_OWNER: Final = ("country_code", "party_id")
_WRONG_QUERY: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "integer": (("not-a-number", "ten"),),
    "datetime": (("timestamp", "yesterday"), ("timestamp-offset", "2026-02-02T00:00:00+02:00")),
    "zoned-datetime": (("timestamp", "yesterday"),),
    "enum": (("enum", "NO_SUCH_VALUE"),),
}


@dataclass(frozen=True)
class Malformed:
    """A malformed request.

    Attributes:
        name: What its id ends with.
        request: The request.
        wrong: What is wrong with it.
        expected: The allowed answers, the right one first.
        stateless: Whether the answer is the same whatever the party under test holds.
    """

    name: str
    request: VectorRequest
    wrong: WrongPart
    expected: tuple[Expected, ...]
    stateless: bool = True


def malformed_requests(operation: VectorOperation) -> Iterator[Malformed]:
    """Make all malformed requests of an operation."""
    good = good_request(operation)
    yield from _tokens(operation, good)
    yield from _ids(operation, good)
    yield from _queries(operation, good)
    if operation.operation.body is not None:
        yield from _texts(operation, good)
        yield from _bodies(operation, good)
        yield from _differing(operation, good)


def _changed(operation: VectorOperation, good: VectorRequest, **parts: Any) -> VectorRequest:
    same: dict[str, Any] = {
        "parameters": good.parameters,
        "query": good.query,
        "headers": good.headers,
        "body": good.body,
    }
    return request_of(operation, **same | parts)


def _transport(operation: VectorOperation, anchor: str) -> str:
    """Return the URL of a section about messages as such."""
    old = ".md" in operation.section
    return f"{operation.root}/{_TRANSPORT_OLD if old else _TRANSPORT + anchor}"


def _tokens(operation: VectorOperation, good: VectorRequest) -> Iterator[Malformed]:
    section = _transport(operation, "authorization_header")
    missing = {name: text for name, text in good.headers.items() if name != "Authorization"}
    unknown = headers_of(operation, UNKNOWN_TOKEN)
    for name, headers, what in (
        ("token-missing", missing, "The header Authorization is missing."),
        ("token-unknown", unknown, "The server did not issue this credentials token."),
    ):
        wrong = WrongPart(name, what, section, parameter="Authorization")
        yield Malformed(name, _changed(operation, good, headers=headers), wrong, UNAUTHORIZED)


def _ids(operation: VectorOperation, good: VectorRequest) -> Iterator[Malformed]:
    """Make paths with ids that are too long, unknown, or of another party."""
    for one in operation.in_path:
        if one.max_length is not None and not operation.operation.result_url:
            path = {**good.parameters, one.name: "X" * (one.max_length + 1)}
            what = f"{one.name} has {one.max_length + 1} characters; {one.max_length} are allowed."
            wrong = WrongPart("max-length", what, operation.section, parameter=one.name)
            request = _changed(operation, good, parameters=path)
            yield Malformed(f"path/{one.name}/max-length", request, wrong, INVALID)
    named = [one.name for one in operation.in_path if one.name not in {*_OWNER, "command"}]
    if operation.method in {"GET", "PATCH", "DELETE"} and named and not _answers_in_data(operation):
        yield _unknown(operation, good, named[0])
    if set(_OWNER) <= set(good.parameters) and operation.interface.functional:
        yield _foreign(operation, good)


def _answers_in_data(operation: VectorOperation) -> bool:
    """Return whether an unknown object is a result and not an error."""
    return operation.key == ("chargingprofiles", "receiver")


def _unknown(operation: VectorOperation, good: VectorRequest, name: str) -> Malformed:
    path = {**good.parameters, name: "EXB-UNKNOWN"}
    what = f"No object has this {name}."
    wrong = WrongPart("unknown-id", what, operation.section, parameter=name)
    own = operation.method == "GET" or operation.interface.name == "sender"
    expected = NOT_FOUND if own else UNKNOWN
    body = _with_ids(good.body, {name: "EXB-UNKNOWN"}, operation) if good.body else UNSET
    request = _changed(operation, good, parameters=path, body=body)
    return Malformed(f"path/{name}/unknown", request, wrong, expected)


def _with_ids(body: Any, ids: Mapping[str, str], operation: VectorOperation) -> Any:
    """Write ids of the path into a body too, where it has them."""
    found = dict(body)
    for name, value in ids.items():
        for own in (name, "id", "uid"):
            if own in found and found[own] == good_id(operation, name):
                found[own] = value
    return found


def good_id(operation: VectorOperation, name: str) -> str:
    """Return the id that the good request has in its path."""
    return good_request(operation).parameters[name]


def _foreign(operation: VectorOperation, good: VectorRequest) -> Malformed:
    path = {**good.parameters, **dict(zip(_OWNER, FOREIGN, strict=True))}
    what = f"The sender does not speak for the party {FOREIGN} of the path."
    section = _transport(operation, "errors")
    wrong = WrongPart("foreign-owner", what, section, parameter="party_id")
    body: Any = good.body
    if isinstance(body, dict) and set(_OWNER) <= body.keys():
        body = {**body, **dict(zip(_OWNER, FOREIGN, strict=True))}
    request = _changed(operation, good, parameters=path, body=body)
    return Malformed("path/foreign-owner", request, wrong, NOT_FOUND)


def _queries(operation: VectorOperation, good: VectorRequest) -> Iterator[Malformed]:
    for one in operation.in_query:
        section = operation.section
        if one.name in {"offset", "limit"}:
            section = _transport(operation, "pagination")
        for rule, value, what in _query_faults(one, operation):
            wrong = WrongPart(rule, f"{one.name} {what}.", section, parameter=one.name)
            request = _changed(operation, good, query={**good.query, one.name: value})
            yield Malformed(f"query/{one.name}/{rule}", request, wrong, INVALID)
        if one.required and one.name != "date_from":  # which servers may do without
            query = {name: text for name, text in good.query.items() if name != one.name}
            wrong = WrongPart("required", f"{one.name} is missing.", section, parameter=one.name)
            request = _changed(operation, good, query=query)
            yield Malformed(f"query/{one.name}/required", request, wrong, INVALID)


def _query_faults(one: Parameter, operation: VectorOperation) -> Iterator[tuple[str, str, str]]:
    for rule, value in _WRONG_QUERY.get(one.kind, ()):
        if rule == "enum" and operation.is_open(one.name):
            continue
        yield rule, value, f"is {value!r}, which does not match the pattern of its type"
    if one.minimum is not None:
        yield "minimum", str(one.minimum - 1), f"is less than {one.minimum}"
    if one.max_length is not None and one.kind in {"string", "ci-string"}:
        yield (
            "max-length",
            "https://exa.example/".ljust(one.max_length + 1, "x"),
            f"has {one.max_length + 1} characters; {one.max_length} are allowed",
        )


def _texts(operation: VectorOperation, good: VectorRequest) -> Iterator[Malformed]:
    section = _transport(operation, "request_format")
    for name, text, what, expected in (
        ("not-json", '{"id": ', "The body is not JSON: it ends too early.", UNREADABLE),
        ("empty", "", "The body is empty.", UNREADABLE),
        ("no-object", "[]", "The body is a list; an object is expected.", INVALID),
        ("null", "null", "The body is null; an object is expected.", INVALID),
    ):
        if name == "empty" and not operation.operation.body_required:
            continue
        request = _changed(operation, good, body=UNSET, body_text=text)
        wrong = WrongPart(name, what, section, pointer="")
        yield Malformed(f"body/{name}", request, wrong, expected)


def _bodies(operation: VectorOperation, good: VectorRequest) -> Iterator[Malformed]:
    schema = operation.body or {}
    every = not operation.operation.patch
    for broken in broken_bodies(operation.bundle, schema, good.body, every=every):
        pointer = pointer_of(broken)
        wrong = WrongPart(broken.rule, broken.what, broken.section, pointer=pointer)
        request = _changed(operation, good, body=broken.body)
        yield Malformed(f"body{pointer}/{broken.rule}", request, wrong, INVALID)


def pointer_of(broken: BrokenBody) -> str:
    """Return the JSON pointer of what is broken."""
    steps = (str(one).replace("~", "~0").replace("/", "~1") for one in broken.path)
    return "".join(f"/{one}" for one in steps)


def _differing(operation: VectorOperation, good: VectorRequest) -> Iterator[Malformed]:
    """Make bodies that name another object than the path."""
    body: Any = good.body
    properties = resolved(operation.bundle, operation.body or {}).get("properties", {})
    for parameter, value in good.parameters.items():
        for name in (parameter, "id", "uid"):
            if name in properties and body.get(name) == value:
                other = "ZZ" if parameter == "country_code" else "ZZZ"
                what = f"{name} is not the {parameter} of the path."
                wrong = WrongPart("id-differs", what, operation.section, pointer=f"/{name}")
                request = _changed(operation, good, body={**body, name: other})
                yield Malformed(f"body/{name}/differs", request, wrong, INVALID)
                break
