"""Types of fields with all that a schema demands, for models that check it themselves."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ocpi_generator.plan.models import Types

__all__ = ["hints_of"]

JsonObject = dict[str, Any]

_TEXT: Final = {"minLength": "min_length", "maxLength": "max_length", "pattern": "pattern"}
_NUMBER: Final = {"minimum": "ge", "maximum": "le"}
_LIST: Final = {"minItems": "min_length", "maxItems": "max_length"}
_SCALARS: Final = {"integer": "Integer", "boolean": "Boolean", "number": "Decimal"}


def hints_of(schema: JsonObject, types: "Types") -> Mapping[str, str]:
    """Write the types of all fields of a class, by wire name.

    A field that is not required may be absent and null; one that a derived PATCH class must not
    clear may be absent and not null.
    """
    required = frozenset(schema.get("required", ()))
    not_null = frozenset(schema.get("x-ocpi-not-null", ()))
    hints = {}
    for name, part in schema.get("properties", {}).items():
        hint = _hint(part, types)
        if name not in required:
            hint = f"Annotated[{hint} | None, NotNull]" if name in not_null else f"{hint} | None"
        hints[name] = hint
    return hints


def _hint(schema: JsonObject, types: "Types") -> str:
    schema = types.flat(schema)
    known = types.of(schema)
    if "$ref" in schema:
        return known.text
    if schema["type"] == "array":
        return _bounded(f"list[{_hint(schema['items'], types)}]", schema, _LIST)
    if schema.get("format") == "date-time":
        return "datetime"
    if schema["type"] == "string":
        return _bounded("str", schema, _TEXT)
    return _bounded(_SCALARS[schema["type"]], schema, _NUMBER)


def _bounded(name: str, schema: JsonObject, words: Mapping[str, str]) -> str:
    bounds = [f"{python}={schema[word]!r}" for word, python in words.items() if word in schema]
    return f"Annotated[{name}, Field({', '.join(bounds)})]" if bounds else name
