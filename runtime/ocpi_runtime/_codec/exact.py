"""Reading JSON into models exactly, where the decoder of msgspec is too generous.

It takes quoted numbers for Decimals and reads no timestamps without a zone: such a text is parsed
into builtins, repaired there, and made a model.
"""

import json
import re
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final, TypeVar

import msgspec

from ocpi_runtime._codec._pieces import exact_steps, plain_steps
from ocpi_runtime._codec._walk import Walk, compile_walk, walk_steps
from ocpi_runtime._codec.plan import plan_for
from ocpi_runtime._codec.steps import Steps
from ocpi_runtime._codec.unreadable import UNREADABLE, as_ours, violation_of
from ocpi_runtime._validation import validate as _validate
from ocpi_runtime.errors import InvalidParameters, Violation

__all__ = ["converted", "read_exactly", "refuse_unlike_duplicates"]

T = TypeVar("T")

_LONG = 64 * 1024
"""Bytes above which a walk is worth its steps."""
_LONGEST_SEARCHED: Final = 64 * 1024
"""Bytes up to which the first values of keys that come twice are found."""
_write = msgspec.json.Encoder().encode
_ZONELESS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?\Z")


def converted(exact: Any, kind: type[T]) -> T:
    """Make a model of JSON that was parsed with exact numbers, with the first fault alone.

    Args:
        exact: The parsed JSON; timestamps and numbers in it are changed in place.
        kind: The type.

    Raises:
        InvalidParameters: It does not fit the type.
    """
    key: Any = kind
    repair = _repair(key)
    try:
        return msgspec.convert(
            repair(exact) if repair else exact, type=kind, builtin_types=(Decimal,)
        )
    except UNREADABLE as error:
        raise as_ours(error) from None


def read_exactly(data: bytes, kind: type[T], *, explain: bool = True) -> Steps[T]:
    """Read JSON text into a model step by step, by way of builtins with exact numbers.

    Args:
        data: JSON in UTF-8.
        kind: The type.
        explain: Whether to search for all faults of what cannot be read.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8.
        InvalidParameters: It does not fit the type.
    """
    plain = yield from exact_steps(data)
    yield
    key: Any = kind
    repair = _repair(key)
    if repair is not None:
        if len(data) > _LONG:
            plain = yield from walk_steps(repair, plain)
            yield
        else:
            plain = repair(plain)
    try:
        return msgspec.convert(plain, type=kind, builtin_types=(Decimal,))
    except msgspec.ValidationError as error:
        unreadable = violation_of(error)
    if not explain:
        raise InvalidParameters(violations=[unreadable])
    del plain
    yield
    plain = yield from plain_steps(data)
    yield
    found = yield from _validate.fault_steps(plain, kind)
    raise InvalidParameters(violations=_with_first(found, unreadable))


def _with_first(found: list[Violation], unreadable: Violation) -> list[Violation]:
    """Put the violation that makes the text unreadable before the others."""

    def is_cause(each: Violation) -> bool:
        # msgspec points at the object of which a field is missing.
        missing = each.code == "required" and each.pointer.rpartition("/")[0] == unreadable.pointer
        return missing or each.pointer == unreadable.pointer

    causes = [each for each in found if is_cause(each)] or [unreadable]
    return [*causes, *(each for each in found if each not in causes)]


def refuse_unlike_duplicates(data: bytes, kind: type[T]) -> Steps[None]:
    """Refuse a text that another reader, for which the first of two values counts, cannot read.

    Whoever reads parts of the text again would else come to another result.

    Raises:
        InvalidParameters: A key comes twice, and its first value is not of the type of its field.
    """
    plain = yield from plain_steps(data)
    yield
    if not _has_duplicates(data, plain):
        return
    yield
    try:
        plain = _first_values(data)
    except InvalidOperation as error:
        raise as_ours(error) from None
    if plain is None:
        text = "has the same key twice in an object, in a body too large to find out where"
        raise InvalidParameters(violations=[Violation("", "duplicate", text)])
    key: Any = kind
    repair = _repair(key)
    try:
        msgspec.convert(repair(plain) if repair else plain, type=kind, builtin_types=(Decimal,))
    except msgspec.ValidationError as error:
        first = violation_of(error)
        text = f"comes twice, and the first value {first.message}"
        raise InvalidParameters(violations=[Violation(first.pointer, "duplicate", text)]) from None


def _has_duplicates(data: bytes, plain: Any) -> bool:
    """Return whether any object of a text has a key twice.

    Args:
        data: Valid JSON.
        plain: What was parsed from it. Parsing drops one of the two keys, and its quotes.
    """
    return _quotes(data) != _quotes(_write(plain))


def _quotes(data: bytes) -> int:
    """Count the quotes around strings: without pairs of backslashes, any other one escapes."""
    if b"\\" not in data:
        return data.count(b'"')
    data = data.replace(b"\\\\", b"")
    return data.count(b'"') - data.count(b'\\"')


def _first_values(data: bytes) -> Any:
    """Parse a text so that of keys that come twice the first counts; None if it is too large."""
    if len(data) > _LONGEST_SEARCHED:
        return None
    return json.loads(data, object_pairs_hook=_first, parse_float=Decimal)


def _first(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(pairs))


@cache
def _repair(kind: Any) -> Walk | None:
    """Prepare parsed JSON for a type: a zone where timestamps have none, exact numbers."""
    return compile_walk(plan_for(kind).info, time=_with_zone, number=_as_decimal)


def _with_zone(value: Any) -> Any:
    return f"{value}Z" if isinstance(value, str) and _ZONELESS.match(value) else value


def _as_decimal(value: Any) -> Any:
    return Decimal(value) if type(value) is int else value
