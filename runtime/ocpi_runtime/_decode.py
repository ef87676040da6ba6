"""Reading JSON into models.

The decoder of msgspec is fast but generous: it takes quoted numbers for Decimals. When the text
gives reason to, or when the decoder refuses, the text is read again, slowly and exactly.
"""

import re
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from ocpi_runtime import _validate
from ocpi_runtime._depth import DEFAULT_DEPTH, is_deeper
from ocpi_runtime._plan import Plan, plan_for
from ocpi_runtime.errors import InvalidParameters, MalformedRequest, Violation

__all__ = ["check", "check_depth", "decode", "parse", "violations_of_text"]

T = TypeVar("T")

_plain = msgspec.json.Decoder()
_exact = msgspec.json.Decoder(float_hook=Decimal)
_ZONED = re.compile(r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})\Z")
_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}")
_ESCAPED_ASCII = re.compile(rb"\\u00[2-7]")
_PLACE = re.compile(r" - at `\$(?P<path>.*)`\Z")
_STEP = re.compile(r"\.([^.\[]+)|\[([0-9]+)\]")
_MALFORMED = (msgspec.DecodeError, UnicodeDecodeError)


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
        value: T = plan.decoder.decode(data)
        if _is_suspect(data, plan):
            return _decode_exactly(data, kind, plan)
    except msgspec.ValidationError:
        return _decode_exactly(data, kind, plan)
    except _MALFORMED as error:
        raise _malformed(error) from None
    except RecursionError:
        raise _too_deep() from None
    return value


def check(data: bytes, kind: type[T], *, max_depth: int = DEFAULT_DEPTH) -> T:
    """Read JSON text into a model and hold it to every rule of its class.

    Args:
        data: JSON in UTF-8.
        kind: The type, such as ``Location`` or ``list[Location]``.
        max_depth: How many levels of arrays and objects are taken.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8.
        InvalidParameters: It breaks rules, and the violations point at all of them; or it is
            nested too deeply.
    """
    plain = parse(data, max_depth=max_depth)
    if not _validate.is_valid(plain, kind):
        found = _validate.faults(plain, kind)
        if found:
            raise InvalidParameters(violations=found)
    return decode(data, kind)


def parse(data: bytes, *, max_depth: int = DEFAULT_DEPTH) -> Any:
    """Read JSON text into builtins. Numbers with a fraction become floats.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8.
        InvalidParameters: It is nested too deeply, or has a number that is too large.
    """
    plain = _builtins(data, _plain)
    if is_deeper(data, max_depth):
        raise _too_deep(max_depth)
    return plain


def check_depth(data: bytes, max_depth: int = DEFAULT_DEPTH) -> None:
    """Refuse JSON text that is nested too deeply, quickly where it is not.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8; of shallow text this is not found out.
        InvalidParameters: It is nested in more levels than ``max_depth``.
    """
    if is_deeper(data, max_depth):
        _builtins(data, _plain)
        raise _too_deep(max_depth)


def violations_of_text(data: bytes, kind: Any) -> list[Violation]:
    """List all faults of JSON text, and where ``#NA`` stands."""
    plain = _builtins(data, _plain)
    found = _validate.faults(plain, kind) or _unreadable(data, kind)
    if _validate.NOT_AVAILABLE.encode() in data:
        found += _validate.warnings(plain)
    return found


def _unreadable(data: bytes, kind: Any) -> list[Violation]:
    """List what obeys the schema and still cannot be read, such as a year 0."""
    try:
        decode(data, kind)
    except InvalidParameters as error:
        return [*error.violations]
    return []


def _is_suspect(data: bytes, plan: Plan) -> bool:
    if not plan.suspects:
        return False
    if b"\\" in data and _ESCAPED_ASCII.search(data):
        return True
    text = data.decode()
    return any(finder(text) for finder in plan.suspects)


def _decode_exactly(data: bytes, kind: type[T], plan: Plan) -> T:
    plain = _builtins(data, _exact)
    found: list[Violation] = []
    plain = _repaired(plain, plan.info, [], found)
    if not found:
        try:
            return msgspec.convert(plain, type=kind)
        except msgspec.ValidationError as error:
            found.append(_violation(error))
    raise InvalidParameters(violations=_validate.faults(_builtins(data, _plain), kind) or found)


def _builtins(data: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        raise InvalidParameters(violations=[_violation(error)]) from None
    except _MALFORMED as error:
        raise _malformed(error) from None
    except RecursionError:
        raise _too_deep() from None


def _repaired(value: Any, info: inspect.Type, path: list[str | int], found: list[Violation]) -> Any:
    """Say UTC where a timestamp says nothing, and find quoted numbers. Containers are changed."""
    if isinstance(info, inspect.UnionType):
        for member in info.types:
            value = _repaired(value, member, path, found)
    elif isinstance(info, inspect.StructType) and isinstance(value, dict):
        for each in info.fields:
            name = each.encode_name
            if name in value:
                value[name] = _repaired(value[name], each.type, [*path, name], found)
    elif isinstance(info, inspect.ListType) and isinstance(value, list):
        return [
            _repaired(item, info.item_type, [*path, index], found)
            for index, item in enumerate(value)
        ]
    elif isinstance(value, str):
        return _repaired_text(value, info, path, found)
    return value


def _repaired_text(
    value: str, info: inspect.Type, path: list[str | int], found: list[Violation]
) -> str:
    if isinstance(info, inspect.DecimalType):
        text = "is a string, but must be a number"
        found.append(Violation(_validate.pointer(path), "type", text))
    elif isinstance(info, inspect.DateTimeType) and _TIMESTAMP.match(value):
        return value if _ZONED.search(value) else f"{value}Z"
    return value


def _violation(error: msgspec.ValidationError) -> Violation:
    text = str(error)
    place = _PLACE.search(text)
    if place is None:
        return Violation("", "type", _own_words(text))
    steps = [name or int(index) for name, index in _STEP.findall(place["path"])]
    return Violation(_validate.pointer(steps), "type", _own_words(text[: place.start()]))


def _own_words(text: str) -> str:
    return f"cannot be read: {text[:1].lower()}{text[1:]}"


def _malformed(error: Exception) -> MalformedRequest:
    if isinstance(error, UnicodeDecodeError):
        return MalformedRequest("The body is not UTF-8.")
    return MalformedRequest(f"The body is not JSON: {error}.")


def _too_deep(limit: int | None = None) -> InvalidParameters:
    text = "is nested too deeply" + (f", at most {limit} levels are allowed" if limit else "")
    return InvalidParameters(violations=[Violation("", "depth", text)])
