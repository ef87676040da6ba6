"""What is left of an object after it went to another version and came back."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from ocpi_bridge import Loss
from ocpi_runtime import codec

_exact = msgspec.json.Decoder(float_hook=Decimal)


def plain(value: Any) -> Any:
    """Return a model as JSON builtins; numbers are exact."""
    return _exact.decode(codec.encode(value))


def at(document: Any, pointer: str) -> Any:
    """Find the value that a JSON pointer points at.

    Raises:
        LookupError: There is none.
    """
    for step in pointer.split("/")[1:]:
        document = document[int(step) if isinstance(document, list) else step]
    return document


def without(document: Any, losses: tuple[Loss, ...]) -> Any:
    """Take everything out of a document that was reported as lost.

    Raises:
        LookupError: A loss points at nothing.
    """
    for loss in losses:
        at(document, loss.pointer)
    return _cut(document, "", {loss.pointer for loss in losses})


def _cut(node: Any, here: str, lost: set[str]) -> Any:
    if isinstance(node, dict):
        named = {name: f"{here}/{name}" for name in node}
        return {n: _cut(node[n], each, lost) for n, each in named.items() if each not in lost}
    if isinstance(node, list):
        numbered = [(each, f"{here}/{index}") for index, each in enumerate(node)]
        return [_cut(each, place, lost) for each, place in numbered if place not in lost]
    return node


def missing(wanted: Any, found: Any, here: str = "") -> list[str]:
    """List what a document says and another one does not. Null and empty say nothing."""
    if not has_content(wanted):
        return []
    if isinstance(wanted, dict) and isinstance(found, dict):
        return [
            place
            for name, each in wanted.items()
            for place in missing(each, found.get(name), f"{here}/{name}")
        ]
    if isinstance(wanted, list) and isinstance(found, list):
        return _missing_items(wanted, found, here)
    if wanted == "" and found is None and here.endswith("/postal_code"):
        return []  # both mean that there is none
    return [] if _same(wanted, found) else [f"{here}: {wanted!r} became {found!r}"]


def _missing_items(wanted: list[Any], found: list[Any], here: str) -> list[str]:
    """Assert that a list has the items of another in their order, perhaps between others.

    The order of totals says nothing.
    """
    if here.endswith("/total_usage"):
        wanted, found = (sorted(each, key=lambda item: item["type"]) for each in (wanted, found))
    rest = iter(found)
    return [
        f"{here}/{index}: {each!r} is not in {found!r}"
        for index, each in enumerate(wanted)
        if not any(not missing(each, other) for other in rest)
    ]


def places(node: Any, here: str = "") -> Iterator[str]:
    """List where a document says something; all items of a list are one place."""
    if isinstance(node, dict):
        for name, each in node.items():
            yield from places(each, f"{here}/{name}")
    elif isinstance(node, list):
        for each in node:
            yield from places(each, f"{here}/*")
    elif node is not None:
        yield here


def has_content(value: Any) -> bool:
    """Return whether there is anything but null in a value."""
    if isinstance(value, dict):
        return any(has_content(each) for each in value.values())
    return value is not None and value != []


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold() or _number(left) == _number(right)
    return bool(left == right)


def _number(text: str) -> Any:
    """Read a number, so that 1.0 and 1.00 are the same; other texts are only like themselves."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
