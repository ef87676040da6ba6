"""How much JSON is taken: counts that are cheap to find out, before anything expensive is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ocpi_runtime._codec.depth import DEFAULT_DEPTH
from ocpi_runtime._codec.steps import Steps, run
from ocpi_runtime.errors import InvalidParameters, Violation

__all__ = [
    "Bounds",
    "check_shape",
    "check_values",
    "has_more_values",
    "pointer",
    "too_deep",
]

_NESTED = frozenset({dict, list})
_LONGEST_NAME = 200
_PIECE = 256 * 1024
_GROUP = 5000


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that one JSON text may hold.

    Attributes:
        depth: Levels of arrays and objects.
        values: Values in all arrays and objects together.
        items: Items in one array, or fields in one object.
    """

    depth: int = DEFAULT_DEPTH
    values: int = 125_000
    items: int = 10_000

    def allow(self, size: int) -> bool:
        """Return whether every text of a size keeps these bounds, but for the depth.

        A value takes at least two bytes: itself and the comma or bracket before it.
        """
        return size <= 2 * self.items and size <= 2 * self.values


def has_more_values(data: bytes, most: int) -> Steps[bool]:
    """Compare the number of values in a JSON text with a limit, at C speed.

    Each value follows a comma or the bracket of an array or object. Those in strings count as
    well: an OCPI object has far more bytes than values, so that this decides nothing. The count
    ends where the limit is passed.
    """
    if len(data) <= 2 * most:
        return False
    count = 1
    for start in range(0, len(data), _PIECE):
        end = start + _PIECE
        count += sum(data.count(mark, start, end) for mark in (b",", b"[", b"{"))
        if count > most:
            return True
        yield
    return False


def check_values(data: bytes, bounds: Bounds) -> None:
    """Refuse a text with too many values.

    Raises:
        InvalidParameters: It has more than ``bounds.values``.
    """
    if run(has_more_values(data, bounds.values)):
        text = f"has too many values, at most {bounds.values} are allowed in one body"
        raise InvalidParameters(violations=[Violation("", "values", text)])


def check_shape(plain: Any, bounds: Bounds) -> Steps[None]:
    """Compare the depth and the containers of parsed JSON with the bounds, level by level.

    Raises:
        InvalidParameters: It is nested too deeply, or an array or object is too long.
    """
    level = [plain] if type(plain) in _NESTED else []
    seen = 0
    for _ in range(bounds.depth):
        following: list[Any] = []
        for each in level:
            if len(each) > bounds.items:
                raise _too_long(plain, each, bounds)
            parts = each.values() if type(each) is dict else each
            following += [part for part in parts if type(part) in _NESTED]
            seen += len(each) + 1
            if seen > _GROUP:
                yield
                seen = 0
        level = following
        yield
    if level:
        raise too_deep(bounds.depth)


def too_deep(limit: int | None = None) -> InvalidParameters:
    """Return the error for a text that is nested too deeply."""
    text = "is nested too deeply" + (f", at most {limit} levels are allowed" if limit else "")
    return InvalidParameters(violations=[Violation("", "depth", text)])


def pointer(path: list[str | int]) -> str:
    """Write a path as an RFC 6901 JSON pointer; very long names are cut."""
    return "".join(f"/{_step(step)}" for step in path)


def _step(step: str | int) -> str:
    text = str(step)
    shown = text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"
    return shown.replace("~", "~0").replace("/", "~1")


def _too_long(plain: Any, long: Any, bounds: Bounds) -> InvalidParameters:
    parts, whole = ("fields", "object") if type(long) is dict else ("items", "array")
    text = f"has {len(long)} {parts}, at most {bounds.items} are allowed in one {whole}"
    place = next((path for each, path in _containers(plain) if each is long), [])
    return InvalidParameters(violations=[Violation(pointer(place), "items", text)])


def _containers(plain: Any) -> Iterator[tuple[Any, list[str | int]]]:
    level: list[tuple[Any, list[str | int]]] = [(plain, [])]
    while level:
        yield from level
        level = [
            (part, [*path, step])
            for each, path in level
            for step, part in (each.items() if type(each) is dict else enumerate(each))
            if type(part) in _NESTED
        ]
