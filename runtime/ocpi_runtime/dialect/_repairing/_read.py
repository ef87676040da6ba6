"""Reading one object: as it is where it is valid, else by the repairs of a dialect."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from ocpi_runtime._codec.compiled_reading import compiled_reader
from ocpi_runtime._codec.decode import decode
from ocpi_runtime._codec.exact import converted
from ocpi_runtime._codec.steps import run
from ocpi_runtime._codec.timestamps import format_timestamp
from ocpi_runtime._codec.unreadable import read_exact, read_plain
from ocpi_runtime._validation.validate import NOT_AVAILABLE, fault_steps
from ocpi_runtime.dialect._kinds.bodies import Change, json_of, without_bom
from ocpi_runtime.dialect._kinds.left_out import leave_out
from ocpi_runtime.dialect._reading import Reading, Verdict
from ocpi_runtime.dialect._repairing._partial import read_partly
from ocpi_runtime.dialect._repairing._values import repair_value
from ocpi_runtime.dialect._repairing.beyond_schema import (
    faults_beyond_schema,
    has_rules_beyond_schema,
    repair_beyond_schema,
)
from ocpi_runtime.dialect._repairing.part import Part, root_part
from ocpi_runtime.dialect._repairs import MOST_FAULTS, Repair, Repairs, TooManyFaults
from ocpi_runtime.errors import InvalidParameters, OcpiError, Violation
from ocpi_runtime.types import UNSET, Model

if TYPE_CHECKING:
    from ocpi_runtime.dialect._dialect import Dialect

__all__ = ["SHORT", "read", "read_repaired", "valid_reader"]

T = TypeVar("T", bound=Model)

SHORT: Final = 1024
"""The longest text, in bytes, that is read within a few milliseconds whatever is in it."""
_write = msgspec.json.Encoder(decimal_format="number").encode


def read(dialect: "Dialect", text: bytes, kind: type[T], now: datetime | str | None) -> Reading[T]:
    """Read an object by one edition."""
    found = valid_reader(kind, dialect.active)(text)
    return found or read_repaired(dialect, text, kind, now)


@lru_cache(maxsize=1024)
def valid_reader(
    kind: type[Model], active: frozenset[str]
) -> Callable[[bytes], Reading[Any] | None]:
    """Return what reads objects of a class that are valid beyond doubt, and None of others.

    Args:
        kind: The class.
        active: The ids of the rules that are on.
    """
    read_text = compiled_reader(kind)
    part = root_part(kind.OCPI_SCHEMAS, kind.__name__)
    looks_beyond = bool(active) and has_rules_beyond_schema(part)

    def read_valid(text: bytes) -> Reading[Any] | None:
        quick = read_text(text)
        if quick is None or (looks_beyond and faults_beyond_schema(part, quick[1], active)):
            return None
        return Reading.as_sent(kind, quick[0], text)

    return read_valid


def read_repaired(
    dialect: "Dialect", text: bytes, kind: type[T], now: datetime | str | None
) -> Reading[T]:
    """Read an object that :func:`valid_reader` does not read, and repair it."""
    active = dialect.active
    part = root_part(kind.OCPI_SCHEMAS, kind.__name__)
    try:
        text, plain, encoded = _parsed(text, active)
    except OcpiError as error:
        return _unreadable(kind, text, error)
    faults = faults_beyond_schema(part, plain, active) if active else []
    is_valid = not faults and _is_valid(part, plain, text, kind)
    if is_valid and not encoded:
        return _valid(kind, text, plain)
    repairs = Repairs(dialect, _now(now))
    for each in encoded:
        repairs.add(*each)
    if is_valid:
        return _valid(kind, text, plain, repairs)
    if not active:
        return _partial(kind, text, read_exact(text), plain, None, faults)
    return _repaired(part, kind, text, plain, repairs, faults)


def _parsed(text: bytes, active: frozenset[str]) -> tuple[bytes, Any, list[Change]]:
    """Parse a text; return it as JSON, and the repairs that made it JSON."""
    bare = without_bom(text) if "bom" in active else text
    before: list[Change] = [("bom", "\ufeff", "")] if len(bare) < len(text) else []
    try:
        return bare, read_plain(bare), before
    except OcpiError:
        converted, done = json_of(bare, active)
        if not done:
            raise
        return converted, read_plain(converted), [*before, *done]


def _is_valid(part: Part, plain: Any, text: bytes, kind: Any) -> bool:
    """Return whether an object obeys its schema; ``#NA`` stands in for any text."""
    if part.is_valid(plain):
        return True
    return NOT_AVAILABLE.encode() in text and not run(fault_steps(plain, kind))


def _now(now: datetime | str | None) -> str:
    return now if isinstance(now, str) else format_timestamp(now or datetime.now(UTC))


def _valid(kind: type[T], text: bytes, plain: Any, repairs: Repairs | None = None) -> Reading[T]:
    """Decode an object that obeys its schema, as almost all of them can be."""
    try:
        found = _decoded(kind, text, lambda: read_exact(text))
    except InvalidParameters as error:
        return _partial(kind, text, read_exact(text), plain, repairs, [*error.violations])
    if repairs is None:
        return Reading(kind, "valid", found, text, sent=plain)
    return Reading(kind, "repaired", found, text, repairs=tuple(repairs.done))


def _decoded(kind: type[T], text: bytes, exact: Callable[[], Any]) -> T:
    """Decode a valid object; one of an earlier edition as far as the newest has its fields.

    Raises:
        InvalidParameters: The model cannot hold it.
    """
    try:
        return decode(text, kind)
    except InvalidParameters:
        found = read_partly(exact(), kind) if kind.OCPI_SCHEMAS.edition else None
        if not isinstance(found, kind):
            raise
        return found


def _repaired(
    part: Part, kind: type[T], text: bytes, plain: Any, repairs: Repairs, faults: list[Violation]
) -> Reading[T]:
    try:
        value = _repaired_value(part, kind, text, repairs)
    except TooManyFaults:
        many = f"has more than {MOST_FAULTS} faults and is not repaired"
        faults = [*faults, Violation("", "faults", many)]
        return _partial(kind, text, read_exact(text), plain, None, faults)
    after = _write(value)
    if not _is_valid(part, value, after, kind):
        return _partial(kind, after, value, plain, repairs, faults)
    try:
        found = _decoded(kind, after, lambda: value)
    except InvalidParameters as error:
        return _partial(kind, after, value, plain, repairs, [*error.violations])
    return Reading(
        kind,
        "repaired",
        found,
        after,
        sent=plain,
        repairs=tuple(repairs.done),
        more_repairs=repairs.more,
        other_faults=tuple(faults),
    )


def _repaired_value(part: Part, kind: type[Model], text: bytes, repairs: Repairs) -> Any:
    """Repair an object, parsed with exact numbers."""
    value = repair_value(part, read_exact(text), repairs)
    repair_beyond_schema(part, value, repairs)
    # What is left out of a partial object would stay as it was.
    can_leave_out = repairs.is_on("optional-left-out") or repairs.is_on("item-left-out")
    if can_leave_out and not part.is_patch:
        leave_out(part, value, kind, repairs)
    return value


def _partial(
    kind: type[T],
    text: bytes,
    value: Any,
    plain: Any,
    repairs: Repairs | None,
    faults: list[Violation],
) -> Reading[T]:
    done = () if repairs is None else tuple(repairs.done)
    found: Any = None
    if _has_own_fields(kind, value, done):
        try:
            found = converted(value, kind)
        except OcpiError:
            found = read_partly(value, kind)
    verdict: Verdict = "unreadable" if found is None else "partial"
    return Reading(
        kind, verdict, found, text, sent=plain, repairs=done,
        more_repairs=0 if repairs is None else repairs.more,
        other_faults=tuple(faults), other_remaining=() if done else tuple(faults),
    )  # fmt: skip


def _has_own_fields(kind: type[Model], value: Any, done: tuple[Repair, ...]) -> bool:
    """Return whether an object has any field that no repair has filled in."""
    filled = {each.pointer[1:] for each in done if each.before is UNSET}
    known = root_part(kind.OCPI_SCHEMAS, kind.__name__).properties.keys()
    return isinstance(value, dict) and not known.isdisjoint(value.keys() - filled)


def _unreadable(kind: type[T], text: bytes, error: OcpiError) -> Reading[T]:
    faults = tuple(error.violations) or (Violation("", "json", error.message),)
    return Reading(kind, "unreadable", None, text, other_faults=faults, other_remaining=faults)
