"""Reading one object: as it is where it is valid, else by the repairs of a dialect."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from ocpi_runtime._decode import decode
from ocpi_runtime._steps import run
from ocpi_runtime._timestamps import format_timestamp
from ocpi_runtime._unreadable import read_with
from ocpi_runtime._validate import fault_steps
from ocpi_runtime.dialect._kinds.left_out import leave_out
from ocpi_runtime.dialect._mend import mend
from ocpi_runtime.dialect._part import Part, root_part
from ocpi_runtime.dialect._partial import read_partly
from ocpi_runtime.dialect._reading import Reading, Verdict
from ocpi_runtime.dialect._repairs import Repairs
from ocpi_runtime.dialect._spots import mend_spots, spot_faults
from ocpi_runtime.errors import InvalidParameters, OcpiError, Violation
from ocpi_runtime.types import UNSET, Model

if TYPE_CHECKING:
    from ocpi_runtime.dialect._dialect import Dialect

__all__ = ["BOM", "read"]

T = TypeVar("T", bound=Model)

BOM = b"\xef\xbb\xbf"
_plain = msgspec.json.Decoder().decode
_exact = msgspec.json.Decoder(float_hook=Decimal).decode
_write = msgspec.json.Encoder(decimal_format="number").encode


def read(dialect: "Dialect", text: bytes, kind: type[T], now: datetime | str | None) -> Reading[T]:
    """Read an object; see :meth:`Dialect.read`."""
    part = root_part(kind.OCPI_SCHEMAS, kind.__name__)
    repairs = Repairs(dialect, _now(now))
    if text.startswith(BOM) and repairs.is_on("bom"):
        text = text.removeprefix(BOM)
        repairs.add("bom", "\ufeff", "")
    try:
        plain = read_with(_plain, text)
    except OcpiError as error:
        return _unreadable(kind, text, error)
    faults = spot_faults(part, plain, dialect.active)
    if not faults and (part.is_valid(plain) or not run(fault_steps(plain, kind))):
        return _valid(kind, text, plain, repairs)
    if not dialect.active:
        return _partial(kind, text, plain, repairs, faults)
    return _repaired(part, kind, text, plain, repairs, faults)


def _now(now: datetime | str | None) -> str:
    return now if isinstance(now, str) else format_timestamp(now or datetime.now(UTC))


def _valid(kind: type[T], text: bytes, plain: Any, repairs: Repairs) -> Reading[T]:
    """Decode an object that obeys its schema, as almost all of them can be."""
    try:
        found = decode(text, kind)
    except InvalidParameters as error:
        return _partial(kind, text, plain, repairs, [*error.violations])
    verdict: Verdict = "repaired" if repairs.done else "valid"
    return Reading(kind, verdict, found, text, repairs=tuple(repairs.done))


def _repaired(
    part: Part, kind: type[T], text: bytes, plain: Any, repairs: Repairs, faults: list[Violation]
) -> Reading[T]:
    value = mend(part, read_with(_exact, text), repairs)
    mend_spots(part, value, repairs)
    if repairs.is_on("optional-left-out") or repairs.is_on("item-left-out"):
        leave_out(part, value, kind, repairs)
    after = _write(value)
    changed = read_with(_plain, after)
    if run(fault_steps(changed, kind)):
        return _partial(kind, after, plain, repairs, faults)
    try:
        found = decode(after, kind)
    except InvalidParameters as error:
        return _partial(kind, after, plain, repairs, [*error.violations])
    done = tuple(repairs.done)
    return Reading(
        kind, "repaired", found, after, sent=plain, repairs=done, other_faults=tuple(faults)
    )


def _partial(
    kind: type[T], text: bytes, plain: Any, repairs: Repairs, faults: list[Violation]
) -> Reading[T]:
    try:
        found: Any = decode(text, kind)
    except OcpiError:
        found = read_partly(read_with(_exact, text), kind)
    if not _has_own_fields(kind, text, repairs):
        found = None
    verdict: Verdict = "unreadable" if found is None else "partial"
    return Reading(
        kind, verdict, found, text, sent=plain, repairs=tuple(repairs.done),
        other_faults=tuple(faults), other_remaining=() if repairs.done else tuple(faults),
    )  # fmt: skip


def _has_own_fields(kind: type[Model], text: bytes, repairs: Repairs) -> bool:
    """Return whether an object has any field that no repair has filled in."""
    value = read_with(_plain, text)
    filled = {each.pointer[1:] for each in repairs.done if each.before is UNSET}
    known = root_part(kind.OCPI_SCHEMAS, kind.__name__).properties.keys()
    return isinstance(value, dict) and not known.isdisjoint(value.keys() - filled)


def _unreadable(kind: type[T], text: bytes, error: OcpiError) -> Reading[T]:
    faults = tuple(error.violations) or (Violation("", "json", error.message),)
    return Reading(kind, "unreadable", None, text, other_faults=faults, other_remaining=faults)
