"""Meaning and bounds of a value in words, for docstrings."""

from typing import TYPE_CHECKING, Any

from ocpi_generator.plan.text import sentence

if TYPE_CHECKING:
    from ocpi_generator.plan.models import Types

__all__ = ["described"]

JsonObject = dict[str, Any]


def described(text: str, schema: JsonObject, types: "Types") -> str:
    """Append to a text the length, range or number of a value, where it has one.

    The length of a moment is left out: it is a ``datetime`` in Python.
    """
    return f"{sentence(text)} {_bounds(schema, types)}".strip()


def _bounds(schema: JsonObject, types: "Types") -> str:
    schema = types.flat(schema)
    if schema.get("type") == "array":
        inner = _scalar(types.flat(schema["items"]))
        number = _range(schema.get("minItems", 0), schema.get("maxItems"), "item")
        return _joined(number, f"Each: {inner}" if inner else "")
    return _joined(_scalar(schema))


def _scalar(schema: JsonObject) -> str:
    if "$ref" in schema or schema.get("format") == "date-time":
        return ""
    if schema["type"] == "string":
        return _text(schema)
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"at least {low}" if low is not None else "" if high is None else f"at most {high}"


def _text(schema: JsonObject) -> str:
    words = [_range(schema.get("minLength", 0), schema.get("maxLength"), "character")]
    if schema.get("format") == "ci-string":
        words.append("case-insensitive")
    return ", ".join(word for word in words if word)


def _range(low: int, high: int | None, noun: str) -> str:
    if low and high is not None:
        return f"{low} to {_counted(high, noun)}"
    if high is not None:
        return f"at most {_counted(high, noun)}"
    return f"at least {_counted(low, noun)}" if low else ""


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _joined(*parts: str) -> str:
    return " ".join(f"{part[0].upper()}{part[1:]}." for part in parts if part)
