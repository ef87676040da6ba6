"""Bundles as they are published: with examples, and with no keyword beside a reference."""

from collections.abc import Mapping
from typing import Any, Final

from ocpi_generator.bundle._examples import Examples
from ocpi_generator.bundle.components import operations_of

__all__ = ["alone", "published"]

_JSON: Final = "application/json"
_ERROR: Final = "ErrorResponse"
_SUCCESS: Final = 1000
_CLIENT_ERROR: Final = 2000
_SERVER_ERROR: Final = 3000
_OWN_FAULT: Final = "5"
"""How HTTP statuses begin when the server is at fault."""

JsonObject = dict[str, Any]


def published(document: Mapping[str, Any], examples: Examples) -> JsonObject:
    """Complete a bundle, or the document of all classes, for those who read it.

    Args:
        document: The bundle; it stays as it is.
        examples: The examples of its version; a version without values for them has none.
    """
    out: JsonObject = alone(document)
    return _Publisher(out, examples).filled() if examples else out


def alone(value: Any) -> Any:
    """Copy a part of a document; what is beside a reference goes around it.

    OpenAPI 3.0 ignores keywords beside ``$ref``; an ``allOf`` of one reference takes them.
    """
    if isinstance(value, list):
        return [alone(item) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("$ref"), str) and len(value) > 1:
        words = {key: item for key, item in value.items() if key != "$ref"}
        return {**words, "allOf": [{"$ref": value["$ref"]}]}
    return {key: alone(item) for key, item in value.items()}


class _Publisher:
    """Writes the examples of one document into it."""

    def __init__(self, document: JsonObject, examples: Examples) -> None:
        self._document, self._examples = document, examples
        self._schemas = document["components"]["schemas"]
        self._responses = document["components"].get("responses", {})

    def filled(self) -> JsonObject:
        """Write examples of classes, parameters, requests and answers."""
        for name, schema in self._schemas.items():
            schema["example"] = self._of_class(name)
        for parameter in self._document["components"].get("parameters", {}).values():
            self._parameter(parameter)
        for operation in operations_of(self._document["paths"]):
            self._operation(operation)
        return self._document

    def _of_class(self, name: str) -> Any:
        if name in self._examples:
            return self._examples.of_class(name)
        if name == _ERROR:
            return self._failure("The request was refused.")
        return self._examples.envelope(self._schemas[name], _SUCCESS)

    def _of(self, schema: JsonObject, field: str = "") -> Any:
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        return self._of_class(name) if name in self._schemas else self._examples.of(schema, field)

    def _failure(self, message: str, status: int = _CLIENT_ERROR) -> Any:
        return self._examples.envelope(self._schemas[_ERROR], status, message)

    def _parameter(self, parameter: JsonObject) -> None:
        example = self._examples.of(parameter.get("schema", {}), parameter.get("name", ""))
        if example is not None:
            parameter["example"] = example

    def _operation(self, operation: JsonObject) -> None:
        for parameter in operation.get("parameters", ()):
            self._parameter(parameter)
        if "requestBody" in operation:
            media = operation["requestBody"]["content"][_JSON]
            media.setdefault("example", self._of(media["schema"]))
        for status, response in operation["responses"].items():
            stated = self._responses[_name(response)] if "$ref" in response else response
            if _JSON in stated.get("content", {}):
                self._answer(status, stated)

    def _answer(self, status: str, response: JsonObject) -> None:
        media = response["content"][_JSON]
        if _name(media["schema"]) != _ERROR:
            composed = self._of(media["schema"])
            media["example"] = (
                {**composed, "data": media["example"]} if "example" in media else composed
            )
            return
        code = _SERVER_ERROR if status.startswith(_OWN_FAULT) else _CLIENT_ERROR
        media["example"] = self._failure(response["description"], code)


def _name(reference: Mapping[str, Any]) -> str:
    return str(reference.get("$ref", "")).rpartition("/")[2]
