"""Every schema, wherever it is: types, lengths, formats, and what may not be written."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents import Version
from ocpi_generator.lint._walk import Inline, schemas_of

__all__ = ["inline_problems", "pattern_problems", "schema_problems"]

_MOMENT: Final = "DateTime"
_UNLIMITED: Final = re.compile(r"(?<!\\)(?:[*+]|\{\d+,\})")
_MARKS: Final = frozenset({"x-extensible-enum", "x-ocpi-unbounded", "x-ocpi-extension"})
_FORBIDDEN: Final = {
    "nullable": (
        "Whether null is allowed follows from whether the class requires the property.",
        "Remove it.",
    ),
    "default": (
        "A tool would fill in what the other party never sent.",
        "Remove it; say in the description what absence means.",
    ),
    "additionalProperties": ("Unknown fields are always allowed in OCPI.", "Remove it."),
    "readOnly": ("OCPI has one class for both directions.", "Remove it."),
    "writeOnly": ("OCPI has one class for both directions.", "Remove it."),
    "title": ("The class name is its title.", "Remove it."),
    "xml": ("OCPI is JSON.", "Remove it."),
}
_WHY_LENGTH: Final = "A string without a limit lets a partner send what nobody can store."
_HOW_LENGTH: Final = (
    "Write the maxLength of the specification, or x-ocpi-unbounded: true if it gives none."
)


def schema_problems(version: Version) -> Iterator[Problem]:
    """Check every schema of the folder, in classes and operations."""
    formats = {name for part in version.parts for name in part["formats"]}
    for inline in schemas_of(version):
        yield from inline_problems(inline, frozenset(formats))


def inline_problems(inline: Inline, formats: frozenset[str]) -> Iterator[Problem]:
    """Check one schema; ``formats`` are those that the common parts explain."""
    if "$ref" in inline.body:
        yield from _reference_alone(inline)
        return
    yield from _known_format(inline, formats | {"decimal", "date-time"})
    for rule in _RULES:
        yield from rule(inline)


def _reference_alone(inline: Inline) -> Iterator[Problem]:
    allowed = _MARKS | {"$ref"} | ({"description"} if _is_field(inline) else set())
    for key in inline.body:
        if key not in allowed:
            what = f"`{key}` is beside a reference"
            why = "OpenAPI 3.0 ignores what is beside `$ref`; ours reads a description."
            how = "Move it to the class, or remove it."
            yield inline.place.at(key).problem("reference-alone", what, why=why, how=how)


def _is_field(inline: Inline) -> bool:
    """Return whether a schema is a property of a class."""
    return inline.place.pointer[-2:-1] == ("properties",)


def _forbidden(inline: Inline) -> Iterator[Problem]:
    for key, (why, how) in _FORBIDDEN.items():
        if key in inline.body:
            place = inline.place.at(key)
            yield place.problem(f"no-{key}", f"`{key}` is written", why=why, how=how)


def _unknown_marks(inline: Inline) -> Iterator[Problem]:
    for key in inline.body:
        if key.startswith("x-") and key not in _MARKS:
            what = f"the bundler knows no mark `{key}`"
            how = f"Use one of {', '.join(sorted(_MARKS))}."
            why = "A misspelt mark has no effect."
            yield inline.place.at(key).problem("mark", what, why=why, how=how)


def _known_format(inline: Inline, formats: frozenset[str]) -> Iterator[Problem]:
    stated = inline.body.get("format")
    if stated is not None and stated not in formats:
        what = f"format `{stated}` is not supported"
        why = "Tools do not check a format that they do not know."
        how = f"Use one of {', '.join(sorted(formats))}, or remove it."
        yield inline.place.at("format").problem("format", what, why=why, how=how)
    if stated == "date-time" and inline.owner != _MOMENT:
        what = "a moment is described again"
        why = "All moments of OCPI share one class and its rules."
        how = "Write $ref to DateTime of types."
        yield inline.place.at("format").problem("format", what, why=why, how=how)


def _typed(inline: Inline) -> Iterator[Problem]:
    if _is_choice(inline):
        return
    if "type" not in inline.body and not {"oneOf", "anyOf", "allOf"} & inline.body.keys():
        what, how = "the type of the schema is missing", "Write `type:` or `$ref:`."
        why = "A schema without type allows anything."
        yield inline.place.problem("type", what, why=why, how=how)


def _is_choice(inline: Inline) -> bool:
    """Return whether it states no more than which fields of its class are there together."""
    return inline.place.pointer[-2:-1] == ("anyOf",) and inline.body.keys() == {"required"}


def _no_inline_object(inline: Inline) -> Iterator[Problem]:
    is_object = inline.body.get("type") == "object" or "properties" in inline.body
    if is_object and inline.owner is None:
        what = "an object is described inside another thing"
        why = "Every object becomes a class and needs a name, wherever it is used."
        how = "Write it as a class in schemas.yaml and refer to it."
        yield inline.place.problem("inline-object", what, why=why, how=how)


def _length(inline: Inline) -> Iterator[Problem]:
    body = inline.body
    limited = {"maxLength", "enum"} & body.keys() or body.get("x-ocpi-unbounded") is True
    if body.get("type") != "string" or limited or _bounded(inline):
        return
    what = "the length of the string is missing"
    yield inline.place.problem("string-length", what, why=_WHY_LENGTH, how=_HOW_LENGTH)


def _bounded(inline: Inline) -> bool:
    """Return whether a pattern limits the string: a named class may, others need a finite one."""
    pattern = inline.body.get("pattern")
    if pattern is None:
        return False
    finite = pattern[:1] == "^" and pattern[-1:] == "$" and not _UNLIMITED.search(pattern)
    return inline.owner is not None or finite


def pattern_problems(inline: Inline) -> Iterator[Problem]:
    """Check that a pattern means the same to all tools."""
    pattern = inline.body.get("pattern")
    if pattern is None:
        return
    try:
        re.compile(pattern)
    except re.error as error:
        what = f"the pattern cannot be read: {error}"
        why = "Each tool behind the bundle has to understand it."
        where = inline.place.at("pattern")
        yield where.problem("pattern", what, why=why, how="Correct it.")
        return
    if re.search(r"\\[dDwWsSbBAZzpP]|\(\?(?!:)", pattern) or pattern[:1] + pattern[-1:] != "^$":
        what = "the pattern means different things to different tools"
        why = "Regular expressions of Python, Rust and JavaScript agree on little more than sets."
        how = r"Begin with ^, end with $, write [0-9] for \d, and use no look-around or flags."
        yield inline.place.at("pattern").problem("pattern", what, why=why, how=how)


def _number(inline: Inline) -> Iterator[Problem]:
    if inline.body.get("type") == "number" and inline.body.get("format") != "decimal":
        what, how = "the number may become a binary float", "Write format: decimal."
        why = "Prices and energies must keep their decimals."
        yield inline.place.problem("number-format", what, why=why, how=how)


def _enum(inline: Inline) -> Iterator[Problem]:
    for key in ("enum", "x-extensible-enum"):
        values = inline.body.get(key, [])
        if not isinstance(values, list):
            what, how = "the values are no list", "Write a list."
            why = "An enumeration is a list of texts."
            yield inline.place.at(key).problem("enum", what, why=why, how=how)
            continue
        for index, value in enumerate(values):
            where = inline.place.at(key, index)
            if not isinstance(value, str):
                why, how = "All enumerations of OCPI are strings.", f'Write "{value}".'
                yield where.problem("enum", f"`{value}` is not text", why=why, how=how)
            elif value in values[:index]:
                what, how = f"the value {value} occurs twice", "Remove one."
                yield where.problem("enum", what, why="Values name different things.", how=how)


def _enum_named(inline: Inline) -> Iterator[Problem]:
    for key in ("enum", "x-extensible-enum"):
        if key in inline.body and inline.owner is None:
            what = "an enumeration is described inside another thing"
            why = "Every enumeration becomes a class and needs a name."
            how = "Write it as a class in schemas.yaml and refer to it."
            yield inline.place.at(key).problem("inline-enum", what, why=why, how=how)


_RULES: Final[tuple[Callable[[Inline], Iterator[Problem]], ...]] = (
    _forbidden,
    _unknown_marks,
    _typed,
    _no_inline_object,
    _length,
    pattern_problems,
    _number,
    _enum,
    _enum_named,
)
