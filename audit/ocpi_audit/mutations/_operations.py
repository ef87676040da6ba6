"""Small changes to operations that make bundles wrong."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ocpi_audit.mutations._classes import Change

__all__ = ["operation_changes"]

_ERROR: Final = {"$ref": "#/components/schemas/ErrorResponse"}


def operation_changes(operation: Mapping[str, Any]) -> Iterator[tuple[str, Change]]:
    """List what can be broken in an operation: the kind of change, and how."""
    yield "link of operation", lambda each: each["externalDocs"].update(url="elsewhere.md#a")
    for number, node in enumerate(operation.get("parameters", ())):
        kind = "drop header" if "-" in node.get("$ref", "") else "drop parameter"
        yield kind, _without_parameter(number)
        if "$ref" not in node:
            yield "require parameter", _required(number)
    if "requestBody" in operation:
        yield "drop body", lambda each: each.pop("requestBody")
        yield "require body", lambda each: _toggle(each["requestBody"])
    if "callbacks" in operation:
        yield "drop callback", lambda each: each.pop("callbacks")
    for code, answer in operation["responses"].items():
        yield "drop status", _without_answer(code)
        for header in answer.get("headers", {}):
            yield "drop answer header", _without_header(code, header)
        if "content" in answer:
            yield "data", _with_data(code)


def _without_parameter(number: int) -> Change:
    return lambda operation: operation["parameters"].pop(number)


def _required(number: int) -> Change:
    return lambda operation: _toggle(operation["parameters"][number])


def _toggle(node: dict[str, Any]) -> None:
    node["required"] = not node.get("required", False)


def _without_answer(code: str) -> Change:
    return lambda operation: operation["responses"].pop(code)


def _without_header(code: str, header: str) -> Change:
    return lambda operation: operation["responses"][code]["headers"].pop(header)


def _with_data(code: str) -> Change:
    """Drop the class of the data where there is one, and the envelope where there is none."""

    def change(operation: dict[str, Any]) -> None:
        content = operation["responses"][code]["content"]["application/json"]
        known = content["schema"]["$ref"].endswith(("/EmptyResponse", "/ErrorResponse"))
        content["schema"] = {} if known else _ERROR

    return change
