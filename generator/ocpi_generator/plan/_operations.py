"""What a bundle says about its operations, as data that templates can print."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ocpi_generator.plan import names
from ocpi_generator.plan._bounds import described
from ocpi_generator.plan._errors import PlanError
from ocpi_generator.plan.models import Types, ref_name
from ocpi_generator.plan.types import PyType

__all__ = ["InterfacePlan", "OperationPlan", "ParameterPlan", "VersionFacts", "plan_interface"]

JsonObject = dict[str, Any]

_METHODS = ("get", "put", "post", "patch", "delete")
_JSON = "application/json"
_WITH_OFFSET = "2024-06-29T20:39:09+02:00"


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """What holds for all interfaces of a version.

    Attributes:
        version: The version number as on the wire.
        title: What texts for people call it, such as ``OCPI 2.2.1``.
        package: The import name of the generated package of the version.
        token_base64: Whether the token is Base64-encoded in its header.
        roles: Whether version details name the role of an endpoint.
    """

    version: str
    title: str
    package: str
    token_base64: bool
    roles: bool

    @property
    def models(self) -> str:
        """The import name of the models."""
        return f"{self.package}.models"


@dataclass(frozen=True, slots=True)
class ParameterPlan:
    """A path or query parameter.

    Attributes:
        name: The name on the wire and of the argument.
        place: ``path`` or ``query``.
        kind: How text becomes a value (see ``ocpi_runtime.operations.Parameter``).
        type: The type of the argument.
        required: Whether it has to be given.
        max_length: Maximum number of characters, or None.
        minimum: The least value, or None.
        doc: What it means.
    """

    name: str
    place: str
    kind: str
    type: PyType
    required: bool
    max_length: int | None
    minimum: int | None
    doc: str


@dataclass(frozen=True, slots=True)
class OperationPlan:
    """One operation of an interface.

    Attributes:
        id: The operation id.
        method: The HTTP method in upper case.
        path: The path template below the endpoint.
        parameters: Path parameters in the order of the path, then query parameters.
        body: The type of the body, or None.
        body_required: Whether the body has to be sent.
        result: The type of ``data`` in the answer, or None where there is none.
        paged: Whether the answer is a page.
        patch: Whether the body is a partial object.
        creates: Whether the answer may be 201.
        locates: Whether an answer 201 carries the header Location.
        result_url: Whether it is called at a URL that was given in an earlier request.
        summary: What it does.
        url: Where the specification describes it, or an empty string.
    """

    id: str
    method: str
    path: str
    parameters: tuple[ParameterPlan, ...]
    body: PyType | None
    body_required: bool
    result: PyType | None
    paged: bool
    patch: bool
    creates: bool
    locates: bool
    result_url: bool
    summary: str
    url: str

    def placed(self, place: str) -> tuple[ParameterPlan, ...]:
        """The parameters of ``path`` or of ``query``."""
        return tuple(one for one in self.parameters if one.place == place)


@dataclass(frozen=True, slots=True)
class InterfacePlan:
    """One bundle.

    Attributes:
        module: The module identifier.
        interface: ``sender``, ``receiver``, ``list``, ``details`` or ``both``.
        constant: The name of its record in ``interfaces.py``.
        functional: Whether its messages carry routing headers.
        ids: Whether its messages carry request and correlation ids.
        facts: What holds for the whole version.
        operations: In the order of the bundle.
        summary: What the interface is for.
        url: Where the specification describes it, or an empty string.
        classes: The schemas that the bundle refers to.
    """

    module: str
    interface: str
    constant: str
    functional: bool
    ids: bool
    facts: VersionFacts
    operations: tuple[OperationPlan, ...]
    summary: str
    url: str
    classes: frozenset[str]

    @property
    def name(self) -> str:
        """The name of the Python modules of the module."""
        return names.module(self.module)


def plan_interface(bundle: JsonObject, facts: VersionFacts, types: Types) -> InterfacePlan:
    """Read one bundle.

    Args:
        bundle: The bundle; plain OpenAPI with ``x-ocpi`` at the top.
        facts: What holds for the whole version.
        types: The types of the version.

    Raises:
        PlanError: Something in the bundle cannot be written in Python; the message names where.
    """
    module = bundle["x-ocpi"]["module"]
    interface = names.identifier(bundle["x-ocpi"]["interface"])
    reader = _Reader(bundle, types)
    operations = tuple(reader.operation(*found) for found in _operations(bundle))
    headers = reader.request_headers()
    return InterfacePlan(
        module=module,
        interface=interface,
        constant=names.constant(module, interface),
        functional="OCPI-to-party-id" in headers,
        ids="X-Request-ID" in headers,
        facts=facts,
        operations=operations,
        summary=bundle["info"].get("description", bundle["info"]["title"]),
        url=_docs(bundle),
        classes=frozenset(bundle.get("components", {}).get("schemas", {})),
    )


def _operations(bundle: JsonObject) -> Iterator[tuple[str, str, JsonObject]]:
    for path, item in bundle["paths"].items():
        for method in _METHODS:
            if method in item:
                shared = item.get("parameters", [])
                own = item[method]
                yield path, method, own | {"parameters": [*shared, *own.get("parameters", [])]}


class _Reader:
    """Reads the operations of one bundle."""

    def __init__(self, bundle: JsonObject, types: Types) -> None:
        self._bundle = bundle
        self._types = types

    def request_headers(self) -> frozenset[str]:
        """Collect the names of all headers that requests may carry."""
        every = (
            one for _, _, operation in _operations(self._bundle) for one in self._all(operation)
        )
        return frozenset(one["name"] for one in every if one["in"] == "header")

    def operation(self, path: str, method: str, operation: JsonObject) -> OperationPlan:
        """Read one operation."""
        try:
            return self._operation(path, method, operation)
        except (KeyError, PlanError) as error:
            where = f"{self._bundle['info']['title']}, {method.upper()} {path}"
            raise PlanError(f"{where}: {error}") from error

    def _operation(self, path: str, method: str, operation: JsonObject) -> OperationPlan:
        body = operation.get("requestBody")
        answers = {code: self._resolve(one) for code, one in operation["responses"].items()}
        created = answers.get("201", {})
        return OperationPlan(
            id=names.identifier(operation["operationId"]),
            method=method.upper(),
            path=path,
            parameters=self._parameters(path, operation),
            body=self._types.of(body["content"][_JSON]["schema"]) if body else None,
            body_required=bool(body and body.get("required")),
            result=self._result(answers),
            paged=_is_paged(answers.get("200", {})),
            patch=method == "patch",
            creates="201" in answers,
            locates="Location" in created.get("headers", {}),
            result_url="x-ocpi-result-of" in operation,
            summary=str(operation.get("summary") or operation["operationId"]),
            url=_docs(operation),
        )

    def _parameters(self, path: str, operation: JsonObject) -> tuple[ParameterPlan, ...]:
        plans = [self._parameter(one) for one in self._all(operation) if one["in"] != "header"]
        in_path = sorted(
            (one for one in plans if one.place == "path"),
            key=lambda one: path.index(f"{{{one.name}}}"),
        )
        return (*in_path, *(one for one in plans if one.place == "query"))

    def _parameter(self, parameter: JsonObject) -> ParameterPlan:
        schema = parameter["schema"]
        flat = self._types.flat(schema)
        return ParameterPlan(
            name=names.argument(parameter["name"]),
            place=parameter["in"],
            kind=self._kind(schema),
            type=self._types.of(schema),
            required=bool(parameter.get("required")),
            max_length=None if "$ref" in flat else flat.get("maxLength"),
            minimum=flat.get("minimum"),
            doc=described(parameter.get("description") or parameter["name"], schema, self._types),
        )

    def _kind(self, schema: JsonObject) -> str:
        if self._types.is_enum(schema):
            return "enum"
        flat = self._types.flat(schema)
        kind = (flat.get("type"), flat.get("format"))
        kinds = {("string", "date-time"): _moment(flat), ("string", "ci-string"): "ci-string"}
        if kind not in kinds and kind[0] not in {"string", "integer"}:
            raise PlanError(f"no parameter can have the schema {schema!r}")
        return kinds.get(kind, str(kind[0]))  # type: ignore[arg-type]

    def _result(self, answers: Mapping[str, JsonObject]) -> PyType | None:
        """Find the type of ``data`` in the envelopes of success, if they say one."""
        for code in ("200", "201"):
            content = answers.get(code, {}).get("content", {})
            if _JSON in content:
                data = self._envelope(content[_JSON]["schema"])["properties"].get("data", {})
                if data.keys() & {"$ref", "type"}:
                    return self._types.of(data)
        return None

    def _envelope(self, schema: JsonObject) -> JsonObject:
        if "$ref" not in schema:
            return schema
        envelope: JsonObject = self._bundle["components"]["schemas"][ref_name(schema)]
        return envelope

    def _all(self, operation: JsonObject) -> Iterator[JsonObject]:
        return (self._resolve(one) for one in operation.get("parameters", []))

    def _resolve(self, node: JsonObject) -> JsonObject:
        """Follow a reference to a part of the bundle, such as a parameter or a response."""
        while "$ref" in node:
            kind, name = node["$ref"].removeprefix("#/components/").split("/")
            node = self._bundle["components"][kind][name]
        return node


def _moment(schema: JsonObject) -> str:
    stated = schema.get("pattern")
    return "zoned-datetime" if stated and re.search(stated, _WITH_OFFSET) else "datetime"


def _is_paged(answer: JsonObject) -> bool:
    return "X-Total-Count" in answer.get("headers", {})


def _docs(node: JsonObject) -> str:
    return str(node.get("externalDocs", {}).get("url", ""))
