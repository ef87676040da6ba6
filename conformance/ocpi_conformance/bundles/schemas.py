"""Schemas of a bundle as validators, with the leniency that OCPI has."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from typing import Any

import jsonschema_rs

from ocpi_conformance._references import resolved
from ocpi_runtime.codec import compile_schema, json_schemas

__all__ = ["NOT_AVAILABLE", "Schema", "Schemas"]

NOT_AVAILABLE = "#NA"
"""May be in any string instead of a value that is required but not known."""

_TEXT_RULES = frozenset({"pattern", "maxLength", "minLength"})
_INTEGER = re.compile(r"-?[0-9]+\Z")
_MOST = 20
_TOO_DEEP = "(whole): invalid, and nested too deeply to find out where"
_LONGEST = 200
_SHOWN = 60
_VERBS = (" is ", " does ", " has ", " are ")
_TYPES: dict[type[Any], str] = {list: "a list", dict: "an object"}
_ABOUT_PARTS = frozenset({"required", "minProperties", "maxProperties", "additionalProperties"})


class Schema:
    """One schema of a bundle, ready to validate values.

    Args:
        compiled: Compiles the translated schema, when it is needed first.
        integer: Whether the schema takes a whole number, so that text is read as one.
    """

    __slots__ = ("_compiled", "_made", "integer")

    def __init__(
        self, compiled: Callable[[], jsonschema_rs.Draft4Validator], *, integer: bool
    ) -> None:
        self._compiled = compiled
        self._made: jsonschema_rs.Draft4Validator | None = None
        self.integer = integer

    @property
    def _validator(self) -> jsonschema_rs.Draft4Validator:
        if self._made is None:
            self._made = self._compiled()
        return self._made

    def faults(self, value: Any) -> list[str]:
        """List what is wrong with a JSON value, each as pointer and reason; at most 20."""
        if self._validator.is_valid(value):
            return []
        try:
            errors = self._validator.iter_errors(value)
        except ValueError:  # the validator describes faults of at most 254 levels
            return [_TOO_DEEP]
        found = (error for error in errors if not _forgiven(error))
        return [_fault(error) for error in islice(found, _MOST)]

    def text_faults(self, text: str) -> list[str]:
        """List what is wrong with the text of a path, a query or a header."""
        return self.faults(int(text) if self.integer and _INTEGER.match(text) else text)


class Schemas:
    """Makes the schemas of one bundle; unlike a server's they know nothing of generated code.

    Args:
        bundle: The OpenAPI document.
    """

    def __init__(self, bundle: Mapping[str, Any]) -> None:
        self._bundle = bundle
        self._components: dict[str, Any] = bundle["components"]["schemas"]
        self._definitions = json_schemas({"components": {"schemas": self._components}})

    def of(self, schema: Mapping[str, Any]) -> Schema:
        """Compile one schema; its references lead into the bundle."""
        integer = resolved(self._bundle, schema).get("type") == "integer"
        return Schema(partial(self._compiled, dict(schema)), integer=integer)

    def _compiled(self, schema: dict[str, Any]) -> jsonschema_rs.Draft4Validator:
        own = json_schemas({"components": {"schemas": {"": schema}}})[""]
        return compile_schema(own, self._definitions)


def _forgiven(error: jsonschema_rs.ValidationError) -> bool:
    return error.instance == NOT_AVAILABLE and error.kind.name in _TEXT_RULES


def _fault(error: jsonschema_rs.ValidationError) -> str:
    pointer = "".join(f"/{step}" for step in error.instance_path)
    return f"{pointer or '(whole)'}: {_reason(error)}"


def _reason(error: jsonschema_rs.ValidationError) -> str:
    """Return the message; a value in it that is long, or has parts, is named by its type."""
    message, value = error.message, error.instance
    if len(message) <= _LONGEST and type(value) not in _TYPES:
        return message
    if error.kind.name in _ABOUT_PARTS:
        return message[:_LONGEST]
    if error.kind.name == "pattern":
        rest = " does not have the form that is demanded"
    else:
        rest = message[max(message.rfind(word) for word in _VERBS) :]
    if isinstance(value, str):
        return f'"{value[:_SHOWN]}{"…" if len(value) > _SHOWN else ""}"{rest[:_LONGEST]}'
    return f"{_TYPES.get(type(value), 'the value')}{rest[:_LONGEST]}"
