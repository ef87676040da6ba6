"""Answers of a bundle: results in their envelope, headers, and the errors below OCPI."""

from collections.abc import Mapping
from typing import Any, Final

from ocpi_generator.bundle._schemas import ClassSet
from ocpi_generator.bundle.components import reference
from ocpi_generator.documents import Operation, Part

__all__ = ["ERROR_CLASS", "Answers", "content", "has_body"]

ERROR_CLASS: Final = "ErrorResponse"
_EMPTY: Final = "Empty"
_JSON: Final = "application/json"


def content(schema: Mapping[str, Any], body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Describe a JSON body.

    Args:
        schema: The schema that it has in the bundle.
        body: The request or answer of the document, which may state an example.
    """
    stated = (body or {}).get("content", {}).get(_JSON, {})
    example = {"example": stated["example"]} if "example" in stated else {}
    return {_JSON: {"schema": schema, **example}}


def has_body(operation: Operation) -> bool:
    """Return whether a request of the operation carries a body."""
    return "requestBody" in operation.body


class Answers:
    """Builds the answers of one document and collects the components that they need.

    Args:
        classes: The classes of the version.
        parts: The common parts that apply to the module of the document.

    Attributes:
        envelopes: The envelope classes so far by name, and the classes that they refer to.
        responses: The shared error answers so far, by name.
    """

    def __init__(self, classes: ClassSet, parts: tuple[Part, ...]) -> None:
        self._classes = classes
        self._everywhere = tuple(part for part in parts if part.applies != "paged")
        self._paged = tuple(part for part in parts if part.applies == "paged")
        self._envelope = next((part for part in parts if part["envelope"]), None)
        self.envelopes: dict[str, dict[str, Any]] = {
            name: classes.inline(dict(body), "common")
            for part in parts
            for name, body in part["classes"].items()
        }
        self.responses: dict[str, dict[str, Any]] = {}

    def of(self, operation: Operation) -> dict[str, Any]:
        """Return all answers of an operation by HTTP status."""
        merged = {
            status: self._answer(operation, status, response)
            for status, response in operation.body.get("responses", {}).items()
        }
        for part in self._everywhere:
            for status, error in part["responses"].items():
                if status not in merged and _can_occur(error["when"], operation):
                    merged[status] = self._shared(error)
        return dict(sorted(merged.items()))

    def _answer(
        self, operation: Operation, status: str, response: Mapping[str, Any]
    ) -> dict[str, Any]:
        if not status.startswith("2"):
            return self._error(str(response.get("description", "")))
        paged = bool(operation.body.get("x-ocpi-paged"))
        own = {
            name: {**header, "schema": self._classes.inline(header["schema"], operation.module)}
            for name, header in response.get("headers", {}).items()
        }
        merged: dict[str, Any] = {"description": response["description"]}
        headers = own | self._headers(paged=paged)
        if headers:
            merged["headers"] = headers
        merged["content"] = content(self._result(response, operation.module), response)
        return merged

    def _headers(self, *, paged: bool) -> dict[str, dict[str, str]]:
        names = [name for part in self._everywhere for name in part["message-headers"]]
        if paged:
            names += [name for part in self._paged for name in part["response-headers"]]
        return {name: reference("headers", name) for name in names}

    def _result(self, response: Mapping[str, Any], module: str) -> dict[str, Any]:
        body = response.get("content", {}).get(_JSON, {}).get("schema")
        data = self._classes.inline(body, module) if body is not None else None
        if self._envelope is None:
            return data or {}
        name = f"{_EMPTY if data is None else _name(data)}Response"
        if name not in self.envelopes:
            what = "A result" if data is not None else "An answer without result"
            self.envelopes[name] = self._wrapped(data, f"{what} in its envelope.")
        return reference("schemas", name)

    def _wrapped(self, data: Mapping[str, Any] | None, description: str) -> dict[str, Any]:
        if self._envelope is None:
            return {}
        template = self._classes.inline(dict(self._envelope["envelope"]), "common")
        properties = dict(template["properties"])
        if data is not None:
            properties["data"] = data
        return {"description": description, **template, "properties": properties}

    def _shared(self, error: Mapping[str, Any]) -> dict[str, str]:
        name = error["name"]
        if name not in self.responses:
            self.responses[name] = self._error(error["description"])
        return reference("responses", name)

    def _error(self, description: str) -> dict[str, Any]:
        if ERROR_CLASS not in self.envelopes:
            self.envelopes[ERROR_CLASS] = self._wrapped(None, "A failure in its envelope.")
        merged: dict[str, Any] = {"description": description}
        headers = self._headers(paged=False)
        if headers:
            merged["headers"] = headers
        merged["content"] = content(reference("schemas", ERROR_CLASS))
        return merged


def _can_occur(condition: str, operation: Operation) -> bool:
    if condition == "body":
        return has_body(operation)
    return condition == "always" or "{" in operation.path


def _name(data: Mapping[str, Any]) -> str:
    """Name a result: its class, ``<Class>List`` for lists, or its type."""
    if data.get("type") == "array":
        return f"{_name(data['items'])}List"
    if "$ref" in data:
        return str(data["$ref"]).rpartition("/")[2]
    return str(data.get("type", "any")).capitalize()
