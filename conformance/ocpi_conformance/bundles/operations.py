"""What a bundle says about its operations, in the form that checks ask for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ocpi_conformance._references import resolved
from ocpi_conformance.bundles.schemas import Schema, Schemas

__all__ = ["Callback", "InterfaceDescription", "Operation", "describe"]

_OK, _CREATED = 200, 201
_METHODS = ("get", "put", "post", "patch", "delete")
_ROUTING = "OCPI-to-party-id"
_ROUTING_PREFIX = "OCPI-"
_IDS = "X-Request-ID"
_OWNER = {"country_code", "party_id"}


@dataclass(frozen=True, slots=True)
class Callback:
    """A result that comes later, to a URL in the request.

    Attributes:
        id: The operationId of the result.
        docs: The URL of its section of the specification.
        place: Where the URL is: ``body`` or ``query``.
        name: The property or parameter that holds it.
        body: The schema of the result.
        headers: The headers that must come with it, in lower case.
    """

    id: str
    docs: str
    place: str
    name: str
    body: Schema
    headers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a bundle.

    Attributes:
        id: The operationId.
        method: In upper case.
        path: The template, such as ``/{location_id}``; ``/`` is the endpoint URL itself.
        docs: The URL of its section of the specification.
        ids: Whether its messages carry X-Request-ID and X-Correlation-ID.
        routed: Whether its messages may carry routing headers.
        paged: Whether the answer is a page.
        statuses: The HTTP statuses that are documented.
        path_params: The names of ids in the path, in order.
        params: The schemas of path and query parameters by name.
        headers: The schemas of routing headers by name in lower case.
        required: The names of query parameters that must be there.
        body: The schema of the request body, or None where there is none.
        body_required: Whether a request without body is wrong.
        properties: The names of the body's properties, if it is an object.
        result: Whether a success carries data of a known class.
        answers: The schema of the answer by HTTP status.
        answer_headers: The schemas of headers that must be in the answer, by HTTP status and
            name; ids and routing headers are not among them.
        sends: The class of the body as the bundle writes it; empty where there is none.
        gives: The class of the answer's data as the bundle writes it; likewise.
        callback: The result that comes later, if one does.
        is_result: Whether it takes such a result: where, each party chooses on its own.
    """

    id: str
    method: str
    path: str
    docs: str
    ids: bool
    routed: bool
    paged: bool
    statuses: frozenset[int]
    path_params: tuple[str, ...]
    params: Mapping[str, Schema]
    headers: Mapping[str, Schema]
    required: frozenset[str]
    body: Schema | None
    body_required: bool
    properties: frozenset[str]
    result: bool
    answers: Mapping[int, Schema]
    answer_headers: Mapping[int, Mapping[str, Schema]]
    sends: Mapping[str, Any]
    gives: Mapping[str, Any]
    callback: Callback | None
    is_result: bool

    @property
    def owned(self) -> bool:
        """Whether the path names the party that owns the object: only that party may use it."""
        return self.routed and set(self.path_params) >= _OWNER

    @property
    def creates(self) -> bool:
        """Whether each request makes a new object, whose id the client chooses: POST of a CDR."""
        return self.method == "POST" and _CREATED in self.statuses and not self.path_params

    @property
    def new_names(self) -> tuple[str, ...]:
        """What the id of a new object may be called in its body."""
        return ("id", f"{self.path.strip('/').removesuffix('s')}_id")

    @property
    def segments(self) -> tuple[str, ...]:
        """The path template in pieces; nothing for the endpoint URL itself."""
        return tuple(piece for piece in self.path.split("/") if piece)

    @property
    def identity(self) -> dict[str, str]:
        """Which property of the body repeats which id of the path.

        Properties have the names of their path parameters, but for the object's own id: it is
        the last one of the path and called ``id`` or ``uid`` in the object.
        """
        same = {name: name for name in self.path_params if name in self.properties}
        own = next((name for name in ("id", "uid") if name in self.properties), None)
        if self.path_params and own and self.path_params[-1] not in same:
            same[self.path_params[-1]] = own
        return same


@dataclass(frozen=True, slots=True)
class InterfaceDescription:
    """All operations of a bundle.

    Attributes:
        operations: By operationId, in the order of the document.
        specification: The URL of the folder of the specification, with a slash at its end.
        section: The URL of the section of the interface.
    """

    operations: Mapping[str, Operation]
    specification: str
    section: str

    @property
    def depth(self) -> int:
        """How many segments the longest path has."""
        return max(len(one.segments) for one in self.operations.values())

    def allowed(self, operation: Operation) -> frozenset[str]:
        """Return the methods of all paths that a URL of an operation may stand for."""
        return frozenset(
            one.method for one in self.operations.values() if _may_be_same(one, operation)
        )

    def answered(self, operation: Operation) -> frozenset[str]:
        """Return the methods of all paths that match a URL of an operation.

        Many servers try the next path where the first one does not have the method, so that
        ``/{token_uid}/authorize`` is ``/{country_code}/{party_id}`` too.
        """
        return frozenset(one.method for one in self.operations.values() if _matches(one, operation))


_MOST_DESCRIBED = 256
_DESCRIBED: dict[int, tuple[Mapping[str, Any], InterfaceDescription]] = {}
"""By the identity of the bundle, which is kept too: compiling its schemas takes long."""


def _may_be_same(one: Operation, other: Operation) -> bool:
    """Return whether two paths are one but for the names of ids; a fixed piece wins over an id."""
    pieces, others = one.segments, other.segments
    return len(pieces) == len(others) and all(
        a == b or a[0] == b[0] == "{" for a, b in zip(pieces, others, strict=True)
    )


def _matches(one: Operation, other: Operation) -> bool:
    """Return whether the path of one operation matches the URLs of another one."""
    pieces, others = one.segments, other.segments
    return len(pieces) == len(others) and all(
        a == b or a[0] == "{" for a, b in zip(pieces, others, strict=True)
    )


def describe(bundle: Mapping[str, Any]) -> InterfaceDescription:
    """Read a bundle; one that was read before is not read again."""
    known = _DESCRIBED.get(id(bundle))
    if known is None or known[0] is not bundle:
        known = _DESCRIBED[id(bundle)] = (bundle, _read(bundle))
        if len(_DESCRIBED) > _MOST_DESCRIBED:
            _DESCRIBED.pop(next(iter(_DESCRIBED)))
    return known[1]


def _read(bundle: Mapping[str, Any]) -> InterfaceDescription:
    """Compile what a bundle describes."""
    schemas = Schemas(bundle)
    found = [_operation(bundle, schemas, *place) for place in _places(bundle)]
    section = str(bundle["externalDocs"]["url"])
    folder = section.rpartition("/")[0] + "/"
    return InterfaceDescription({one.id: one for one in found}, folder, section)


def _places(bundle: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in bundle["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _operation(
    bundle: Mapping[str, Any], schemas: Schemas, path: str, method: str, raw: dict[str, Any]
) -> Operation:
    parameters = [resolved(bundle, one) for one in raw.get("parameters", ())]
    headers = {one["name"]: one["schema"] for one in parameters if one["in"] == "header"}
    query = [one for one in parameters if one["in"] == "query"]
    in_path = [one for one in parameters if one["in"] == "path"]
    answers = {int(code): resolved(bundle, one) for code, one in raw["responses"].items()}
    request = resolved(bundle, raw.get("requestBody", {}))
    body = _content(request)
    contents = {code: _content(one) for code, one in answers.items()}
    return Operation(
        id=raw["operationId"],
        method=method.upper(),
        path=path,
        docs=raw["externalDocs"]["url"],
        ids=_IDS in headers,
        routed=_ROUTING in headers,
        paged=bool(raw.get("x-ocpi-paged")),
        statuses=frozenset(answers),
        path_params=tuple(one["name"] for one in in_path),
        params={one["name"]: schemas.of(one["schema"]) for one in [*in_path, *query]},
        headers={
            name.lower(): schemas.of(one)
            for name, one in headers.items()
            if name.startswith(_ROUTING_PREFIX)
        },
        required=frozenset(one["name"] for one in query if one.get("required")),
        body=None if body is None else schemas.of(body),
        body_required=bool(request.get("required")),
        properties=frozenset(resolved(bundle, body or {}).get("properties", ())),
        result=any(_has_result(bundle, one) for one in contents.values()),
        answers={code: schemas.of(one) for code, one in contents.items() if one is not None},
        answer_headers={
            code: dict(_headers(bundle, schemas, one)) for code, one in answers.items()
        },
        sends=resolved(bundle, body or {}),
        gives=_data(bundle, contents.get(_OK)),
        callback=_callback(bundle, schemas, raw),
        is_result="x-ocpi-result-of" in raw,
    )


def _content(part: Mapping[str, Any]) -> dict[str, Any] | None:
    found: dict[str, Any] | None = part.get("content", {}).get("application/json", {}).get("schema")
    return found


def _has_result(bundle: Mapping[str, Any], schema: dict[str, Any] | None) -> bool:
    """Return whether an envelope has a class as its data."""
    data = resolved(bundle, schema or {}).get("properties", {}).get("data", {})
    return bool({"$ref", "type", "allOf", "anyOf", "oneOf"} & set(data))


def _data(bundle: Mapping[str, Any], schema: dict[str, Any] | None) -> Mapping[str, Any]:
    envelope = resolved(bundle, schema or {})
    return resolved(bundle, envelope.get("properties", {}).get("data", {}))


def _callback(bundle: Mapping[str, Any], schemas: Schemas, raw: dict[str, Any]) -> Callback | None:
    for name, urls in raw.get("callbacks", {}).items():
        for where, item in urls.items():
            posted = item["post"]
            headers = [resolved(bundle, one) for one in posted.get("parameters", ())]
            place, _, rest = where.removeprefix("{$request.").removesuffix("}").partition(".")
            in_body = place.startswith("body#/")
            return Callback(
                id=name,
                docs=posted["externalDocs"]["url"],
                place="body" if in_body else "query",
                name=place.removeprefix("body#/") if in_body else rest,
                body=schemas.of(_content(posted["requestBody"]) or {}),
                headers=frozenset(one["name"].lower() for one in headers if one.get("required")),
            )
    return None


def _headers(
    bundle: Mapping[str, Any], schemas: Schemas, answer: Mapping[str, Any]
) -> Iterator[tuple[str, Schema]]:
    for name, header in answer.get("headers", {}).items():
        meant = resolved(bundle, header)
        if meant.get("required") and not name.startswith(
            (_ROUTING_PREFIX, _IDS, "X-Correlation-ID")
        ):
            yield name, schemas.of(meant["schema"])
