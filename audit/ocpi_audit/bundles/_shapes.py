"""Schemas of bundles in the words of the specification: ``CiString(36)``, ``int(0..99999)``."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Shape", "Shapes", "prevailing_patterns"]

_TALK: Final = frozenset({"description", "title", "example", "externalDocs", "x-ocpi-extension"})
_PLAIN: Final = {"integer": "int", "boolean": "boolean", "object": "object"}
_STRINGS: Final = ("CiString", "string")
_ANYTHING: Final = "anything"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a schema says.

    Attributes:
        name: A class, or a plain type.
        length: As tables write it: ``36``, ``1..255``, ``0..99999``; or nothing.
        pattern: Its regular expression, if it is not that of every string of its type.
        many: ``*`` for a list, ``+`` for one that is not empty, else nothing.
        rest: What else it says, as JSON, or nothing.
    """

    name: str
    length: str = ""
    pattern: str = ""
    many: str = ""
    rest: str = ""

    def __str__(self) -> str:
        text = f"{self.name}({self.length})" if self.length else self.name
        text += f" as {self.pattern}" if self.pattern else ""
        text = f"list of {text}" if self.many else text
        return f"{text} {self.rest}" if self.rest else text


def prevailing_patterns(schemas: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Find the pattern that most strings of a type have.

    It lists the characters that they may contain; some have a narrower one of their own.

    Args:
        schemas: Those of classes.
    """
    found: dict[str, Counter[str]] = {}
    for schema in schemas:
        for field in schema.get("properties", {}).values():
            inner = field.get("items", field)
            if inner.get("type") == "string" and "pattern" in inner:
                name = "CiString" if inner.get("format") == "ci-string" else "string"
                found.setdefault(name, Counter())[inner["pattern"]] += 1
    return {name: counts.most_common(1)[0][0] for name, counts in sorted(found.items())}


class Shapes:
    """Reads schemas.

    Args:
        characters: The pattern of every string of a type, by type.
    """

    def __init__(self, characters: Mapping[str, str]) -> None:
        self._characters = characters

    def read(self, schema: Mapping[str, Any]) -> Shape:
        """Read a schema."""
        left = {key: value for key, value in schema.items() if key not in _TALK}
        if left.get("type") == "array":
            return self._list(left)
        if "$ref" in left:
            name = str(left.pop("$ref")).rpartition("/")[2]
            return Shape(name, rest=_json(left))
        if len(left) == 1 and len(left.get("allOf", ())) == 1:
            return self.read(left["allOf"][0])
        name = _name(left)
        length = _length(left)
        pattern = self._pattern(name, left) if name in _STRINGS else ""
        if name in _STRINGS and not left.pop("x-ocpi-unbounded", bool(length)):
            left["unlimited"] = True
        return Shape(name, length, pattern, "", _json(left))

    def _list(self, left: dict[str, Any]) -> Shape:
        inner = self.read(left.pop("items", {}))
        left.pop("type")
        many = {None: "*", 1: "+"}.get(left.get("minItems"))
        if many is not None:
            left.pop("minItems", None)
        rest = inner.rest + _json(left)
        return Shape(inner.name, inner.length, inner.pattern, many or "*", rest)

    def _pattern(self, name: str, left: dict[str, Any]) -> str:
        """Take out the pattern; that of every string of the type counts as none."""
        pattern = left.pop("pattern", _ANYTHING)
        return "" if pattern == self._characters.get(name, _ANYTHING) else str(pattern)


def _name(left: dict[str, Any]) -> str:
    kind = left.pop("type", "any")
    form = left.get("format")
    if kind == "string" and form == "ci-string":
        left.pop("format")
        return "CiString"
    if kind == "number" and form == "decimal":
        left.pop("format")
        return "number"
    return _PLAIN.get(kind, "float" if kind == "number" else kind)


def _length(left: dict[str, Any]) -> str:
    least, most = left.pop("minLength", None), left.pop("maxLength", None)
    if least is not None and most is not None:
        return f"{least}..{most}"
    if most is not None or least is not None:
        return f"{least}.." if most is None else str(most)
    if "minimum" in left or "maximum" in left:
        return f"{left.pop('minimum', '')}..{left.pop('maximum', '')}"
    return ""


def _json(left: Mapping[str, Any]) -> str:
    return json.dumps(left, sort_keys=True) if left else ""
