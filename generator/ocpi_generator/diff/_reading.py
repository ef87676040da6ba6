"""Reading the facts out of bundles."""

from collections.abc import Mapping
from typing import Any, Final

from ocpi_generator.bundle import VersionBundle
from ocpi_generator.diff._facts import ClassFacts, Facts, Field, Key, OperationFacts, Value
from ocpi_generator.diff._uses import roles_of
from ocpi_generator.documents import METHODS

__all__ = ["read_facts"]

JsonObject = dict[str, Any]

_LIMITS: Final = ("maxLength", "minLength", "maximum", "minimum", "maxItems")
_NAMES: Final = {("string", "ci-string"): "CiString", ("number", "decimal"): "number"}


def read_facts(bundle: VersionBundle, module: str | None = None) -> Facts:
    """Read what a version says.

    Args:
        bundle: The version.
        module: Only what the messages of this module hold; everything if None.
    """
    documents = {
        (name.partition(".")[0], name.partition(".")[2]): document
        for name, document in bundle.documents.items()
        if module in {None, name.partition(".")[0]}
    }
    operations = [one for key, document in documents.items() for one in _operations(key, document)]
    classes = {
        name: _class(name, bundle.modules[name], schema)
        for document in documents.values()
        for name, schema in document["components"]["schemas"].items()
        if name in bundle.modules
    }
    modules = {
        one.name: one.interfaces
        for one in bundle.meta.modules.values()
        if module in {None, one.name}
    }
    return Facts(
        modules=modules,
        extensions=frozenset(one for one in modules if bundle.meta.modules[one].extension),
        classes=classes,
        operations={one.key: one for one in operations},
        roles=roles_of(operations, classes),
        token_base64=bundle.meta.token_base64,
    )


def _class(name: str, module: str, schema: JsonObject) -> ClassFacts:
    mark = schema.get("x-ocpi-extension")
    required = schema.get("required", ())
    return ClassFacts(
        name,
        module,
        _kind(schema),
        fields={
            key: _field(one, required=key in required)
            for key, one in schema.get("properties", {}).items()
        },
        values=_values(schema, mark if isinstance(mark, dict) else {}),
        value=_value(schema) if _kind(schema) == "value" else None,
        choices=frozenset(tuple(one.get("required", ())) for one in schema.get("anyOf", ())),
        patch_of=schema.get("x-ocpi-patch-of"),
        appended=frozenset(schema.get("x-ocpi-append", ())),
        extension=mark if isinstance(mark, str) else None,
    )


def _kind(schema: JsonObject) -> str:
    if "enum" in schema:
        return "enum"
    if "x-extensible-enum" in schema:
        return "open enum"
    return "object" if schema.get("type") == "object" else "value"


def _values(schema: JsonObject, marks: Mapping[str, str]) -> dict[str, str | None]:
    values = schema.get("enum") or schema.get("x-extensible-enum") or ()
    return {value: marks.get(value) for value in values}


def _field(schema: JsonObject, *, required: bool) -> Field:
    return Field(_value(schema), required, schema.get("x-ocpi-extension"))


def _value(schema: JsonObject) -> Value:
    if schema.get("type") == "array":
        one = _value(schema["items"])
        limits = {**one.limits, "minItems": schema.get("minItems", 0)}
        return Value(one.name, many=True, limits=limits, pattern=one.pattern)
    if "$ref" in schema:
        return Value(schema["$ref"].rpartition("/")[2])
    kind, form = schema.get("type"), schema.get("format")
    name = _NAMES.get((str(kind), str(form))) or (f"{kind} of format {form}" if form else kind)
    limits = {key: schema[key] for key in _LIMITS if key in schema}
    return Value(str(name or "anything"), limits=limits, pattern=schema.get("pattern"))


def _operations(key: tuple[str, str], document: JsonObject) -> list[OperationFacts]:
    return [
        _operation((*key, item[method]["operationId"]), (method.upper(), path), item[method], look)
        for look in [_Lookup(document)]
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]


class _Lookup:
    """Follows references into the components of a bundle."""

    def __init__(self, document: JsonObject) -> None:
        self._components = document["components"]

    def __call__(self, one: JsonObject) -> JsonObject:
        if "$ref" not in one:
            return one
        _, _, section, name = one["$ref"].split("/")
        found: JsonObject = self._components[section][name]
        return found


def _operation(key: Key, where: tuple[str, str], body: JsonObject, look: _Lookup) -> OperationFacts:
    parameters = [look(one) for one in body.get("parameters", ())]
    success = {code: look(one) for code, one in body["responses"].items() if code.startswith("2")}
    heads = {name: look(one) for one in success.values() for name, one in _headers(one)}
    return OperationFacts(
        key,
        *where,
        segments=_segments(where[1], parameters),
        query=_parameters(parameters, "query"),
        headers=_parameters(parameters, "header"),
        body=_body(body.get("requestBody")),
        answer=_answer(success, look),
        answer_headers={
            name: _field(one["schema"], required=one.get("required", False))
            for name, one in heads.items()
        },
        codes=frozenset(success),
    )


def _headers(response: JsonObject) -> list[tuple[str, JsonObject]]:
    return list(response.get("headers", {}).items())


def _parameters(parameters: list[JsonObject], place: str) -> dict[str, Field]:
    return {
        one["name"]: _field(one["schema"], required=one.get("required", False))
        for one in parameters
        if one["in"] == place
    }


def _segments(path: str, parameters: list[JsonObject]) -> tuple[Field, ...]:
    """Return the values in a path by position: their names do not go over the wire."""
    known = _parameters(parameters, "path")
    names = [step[1:-1] for step in path.split("/") if step.startswith("{")]
    return tuple(known[name] for name in names if name in known)


def _body(body: JsonObject | None) -> Field | None:
    if body is None:
        return None
    schema = body["content"]["application/json"]["schema"]
    return _field(schema, required=body.get("required", False))


def _answer(success: Mapping[str, JsonObject], look: _Lookup) -> Field | None:
    for response in success.values():
        envelope = look(response["content"]["application/json"]["schema"])
        data = envelope["properties"]["data"]
        if "type" in data or "$ref" in data:
            return _field(data, required="data" in envelope.get("required", ()))
    return None
