"""Reading JSON into models.

The decoder of msgspec is fast but generous: it takes quoted numbers for Decimals. When the text
gives reason to, or when the decoder refuses, the text is read again, slowly and exactly.
"""

import re
from typing import Any, TypeVar

import msgspec

from ocpi_runtime._codec._pieces import plain_steps
from ocpi_runtime._codec.compiled_reading import is_surely_valid, read_compiled, read_fields
from ocpi_runtime._codec.depth import DEFAULT_DEPTH, is_deeper
from ocpi_runtime._codec.exact import converted, read_exactly, refuse_unlike_duplicates
from ocpi_runtime._codec.plan import Plan, plan_for
from ocpi_runtime._codec.steps import Steps, run
from ocpi_runtime._codec.unreadable import UNREADABLE, as_ours, read_exact, read_plain, read_with
from ocpi_runtime._validation import validate as _validate
from ocpi_runtime._validation.bounds import Bounds, check_shape, check_values, too_deep
from ocpi_runtime.errors import InvalidParameters, Violation

__all__ = [
    "check",
    "check_depth",
    "check_slowly",
    "check_steps",
    "decode",
    "decode_plainly",
    "decode_steps",
    "errors_of_text",
    "fields_of_valid",
    "parse",
    "validate",
    "violations_of_text",
]

T = TypeVar("T")

_ESCAPED_ASCII = re.compile(rb"\\u00[2-7]")
_OF_THE_MODEL = frozenset({"type", "required", "enum"})
"""Codes of faults that come of a model, where the schema allows more."""


def decode(data: bytes, kind: type[T]) -> T:
    """Read JSON text into a model, or a list of models.

    Args:
        data: JSON in UTF-8.
        kind: The type, such as ``Location`` or ``list[Location]``.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8.
        InvalidParameters: It does not fit the type; the violations point at all faults.
    """
    key: Any = kind
    plan = plan_for(key)
    try:
        value: T = plan.read(data)
        if plan.suspects and _is_suspect(data, plan):
            return run(read_exactly(data, kind))
    except msgspec.ValidationError:
        return run(read_exactly(data, kind))
    except UNREADABLE as error:
        raise as_ours(error) from None
    return value


def decode_steps(
    data: bytes, kind: type[T], *, explain: bool = True, duplicates: bool = True
) -> Steps[T]:
    """Read JSON text into a model step by step; see :func:`decode`.

    Args:
        data: JSON in UTF-8.
        kind: The type.
        explain: Whether to search for all faults of what cannot be read; else the error has the
            first alone, at a tenth of the cost.
        duplicates: Whether to pass over a wrong first value of a key that comes twice.
    """
    key: Any = kind
    plan = plan_for(key)
    try:
        value: T = read_with(plan.read, data)
        yield
        if not (plan.suspects and _is_suspect(data, plan)):
            return value
    except InvalidParameters:
        pass
    yield
    if not duplicates:
        yield from refuse_unlike_duplicates(data, kind)
        yield
    return (yield from read_exactly(data, kind, explain=explain))


def decode_plainly(data: bytes, kind: type[T]) -> T:
    """Read a short JSON text into a model, with the first fault alone where it does not fit."""
    key: Any = kind
    plan = plan_for(key)
    try:
        try:
            value: T = plan.read(data)
            if not (plan.suspects and _is_suspect(data, plan)):
                return value
        except msgspec.ValidationError:
            pass
        return converted(read_exact(data), kind)
    except UNREADABLE as error:
        raise as_ours(error) from None


def check(data: bytes, kind: type[T], *, max_depth: int = DEFAULT_DEPTH) -> T:
    """Read JSON text into a model and validate it against every rule of its class.

    Args:
        data: JSON in UTF-8.
        kind: The type, such as ``Location`` or ``list[Location]``.
        max_depth: How many levels of arrays and objects are taken.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8.
        InvalidParameters: It breaks rules, and the violations point at all of them; or it is
            nested too deeply.
    """
    quick = read_compiled(data, kind)
    if quick is not None and _is_shallow(data, max_depth):
        return quick[0]
    return check_slowly(data, kind, max_depth)


def fields_of_valid(data: bytes, kind: Any, max_depth: int) -> Any:
    """Return the fields of JSON text that is valid beyond doubt, without a model.

    None where :func:`check_slowly` has to decide.
    """
    fields = read_fields(data, kind)
    return fields if fields is not None and _is_shallow(data, max_depth) else None


def _is_shallow(data: bytes, max_depth: int) -> bool:
    # Without unknown fields no object is as deep as the default.
    return max_depth >= DEFAULT_DEPTH or not is_deeper(data, max_depth)


def check_slowly(data: bytes, kind: type[T], max_depth: int) -> T:
    """Do what :func:`check` does where text is not valid beyond doubt."""
    plain = parse(data, max_depth=max_depth)
    if not _validate.is_valid(plain, kind):
        found = _validate.faults(plain, kind)
        if found:
            raise InvalidParameters(violations=found)
    key: Any = kind
    plan = plan_for(key)
    try:
        value: T = read_with(plan.read, data)
        if not (plan.suspects and _is_suspect(data, plan)):
            return value
    except InvalidParameters:
        pass
    run(refuse_unlike_duplicates(data, kind))
    return run(read_exactly(data, kind))


def validate(data: bytes, kind: Any) -> None:
    """Validate JSON text against every rule of its class, as :func:`check`, without a model of it.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8.
        InvalidParameters: It breaks rules, or is nested too deeply.
    """
    if not is_surely_valid(data, kind):
        check(data, kind)


def check_steps(data: bytes, kind: type[T], bounds: Bounds) -> Steps[T]:
    """Read a large JSON text step by step; check its bounds and every rule of its class.

    No step takes long, whatever the text is: what there is at most of each thing is found out
    before anything is done with it.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8.
        InvalidParameters: It breaks rules or bounds, and the violations point at them.
    """
    check_values(data, bounds)
    yield
    plain = yield from plain_steps(data, fields=bounds.items)
    yield
    yield from check_shape(plain, bounds)
    found = yield from _validate.fault_steps(plain, kind)
    del plain
    if found:
        raise InvalidParameters(violations=found)
    return (yield from decode_steps(data, kind, duplicates=False))


def parse(data: bytes, *, max_depth: int = DEFAULT_DEPTH) -> Any:
    """Read JSON text into builtins. Numbers with a fraction become floats.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8.
        InvalidParameters: It is nested too deeply, or has a number that is too large.
    """
    plain = read_plain(data)
    if is_deeper(data, max_depth):
        raise too_deep(max_depth)
    return plain


def check_depth(data: bytes, max_depth: int = DEFAULT_DEPTH) -> None:
    """Refuse JSON text that is nested too deeply, quickly where it is not.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8; of shallow text this is not found out.
        InvalidParameters: It is nested in more levels than ``max_depth``.
    """
    if is_deeper(data, max_depth):
        read_plain(data)
        raise too_deep(max_depth)


def violations_of_text(data: bytes, kind: Any) -> list[Violation]:
    """List all faults of JSON text, and where ``#NA`` is."""
    plain = read_plain(data)
    found = _validate.faults(plain, kind) or _unreadable(data, kind)
    if _validate.NOT_AVAILABLE.encode() in data:
        refused = {each.pointer for each in found}
        found += [each for each in _validate.warnings(plain) if each.pointer not in refused]
    return found


def errors_of_text(data: bytes, kind: Any) -> list[Violation]:
    """List what keeps JSON text from being sent; of a valid one in a third of the time."""
    if is_surely_valid(data, kind):
        return []
    return [each for each in violations_of_text(data, kind) if each.severity == "error"]


def _unreadable(data: bytes, kind: Any) -> list[Violation]:
    """List what obeys the schema and still is refused: a year 0, a wrong first of two values."""
    try:
        run(decode_steps(data, kind, duplicates=False))
    except InvalidParameters as error:
        allowed = _OF_THE_MODEL if _is_earlier(kind) else frozenset()
        return [each for each in error.violations if each.code not in allowed]
    return []


def _is_earlier(kind: Any) -> bool:
    """Return whether a class is that of an earlier edition, whose objects no model has in full."""
    schemas = getattr(kind, "OCPI_SCHEMAS", None)
    return schemas is not None and bool(schemas.edition)


def _is_suspect(data: bytes, plan: Plan) -> bool:
    if b"\\" in data and _ESCAPED_ASCII.search(data):
        return True
    text = data.decode()
    return any([found_in(text) for found_in in plan.suspects])  # noqa: C419 - a list is faster
