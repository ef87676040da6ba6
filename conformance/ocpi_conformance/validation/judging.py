"""One object judged: strictly, and by what a dialect repairs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

import msgspec

from ocpi_conformance.validation.causes import Fault
from ocpi_conformance.validation.semantics import Context
from ocpi_runtime.codec import format_timestamp, violations
from ocpi_runtime.dialect import Dialect, Repair
from ocpi_runtime.dialect import Verdict as DialectVerdict
from ocpi_runtime.errors import OcpiError, Violation
from ocpi_runtime.types import Model

__all__ = ["VERDICTS", "Judge", "Judged", "Verdict"]

Verdict: TypeAlias = Literal["valid", "repairable", "partial", "unreadable"]
VERDICTS: Final[tuple[Verdict, ...]] = ("valid", "repairable", "partial", "unreadable")
_BY_READING: Final[Mapping[DialectVerdict, Verdict]] = {
    "valid": "valid",
    "repaired": "repairable",
    "partial": "partial",
    "unreadable": "unreadable",
}
_NOT_AVAILABLE: Final = b'"#NA"'
_plain = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of an object.

    Attributes:
        verdict: Whether it is valid as it was sent, and else how much of it can be read.
        value: Its JSON, after repairs; None where it is no JSON.
        faults: What breaks the specification.
        repairs: What the dialect repairs.
        warnings: Where ``#NA`` stands.
    """

    verdict: Verdict
    value: Any
    faults: tuple[Fault, ...] = ()
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[Fault, ...] = ()


class Judge:
    """Judges objects.

    Args:
        dialect: Which repairs are tried.
        now: The instant of reading.
    """

    def __init__(self, dialect: Dialect, now: datetime) -> None:
        self.context = Context(now)
        self._dialect, self._now = dialect, format_timestamp(now)

    def judge(self, text: bytes, kind: type[Model]) -> Judged:
        """Judge the text of an object of a class."""
        reading = self._dialect.read(text, kind, self._now)
        warnings = _warnings(text, kind) if _NOT_AVAILABLE in text else ()
        verdict = _BY_READING[reading.verdict]
        if verdict == "valid":
            return Judged(verdict, reading.value, (), (), warnings)
        faults = tuple(_faults(reading.faults, _sent(text), reading.repairs))
        return Judged(verdict, reading.value, faults, reading.repairs, warnings)


def _warnings(text: bytes, kind: type[Model]) -> tuple[Fault, ...]:
    try:
        found = violations(text, kind)
    except OcpiError:
        return ()
    notes = [each for each in found if each.severity != "error"]
    return tuple(_faults(notes, _sent(text), ()))


def _sent(text: bytes) -> Any:
    try:
        return _plain(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _faults(found: Sequence[Violation], value: Any, repairs: Sequence[Repair]) -> Iterator[Fault]:
    for each in found:
        at = _value_at(value, each.pointer)
        repair = _repair_of(each.pointer, repairs)
        yield Fault(each.code, each.pointer, each.message, at, repair)


def _repair_of(pointer: str, repairs: Sequence[Repair]) -> str:
    """Return the rule that repaired a place: at it, around it, or within it."""
    for each in repairs:
        if each.pointer == pointer:
            return each.rule
    for each in repairs:
        if pointer.startswith(f"{each.pointer}/") or each.pointer.startswith(f"{pointer}/"):
            return each.rule
    return ""


def _value_at(value: Any, pointer: str) -> Any:
    """Return what a pointer leads to; UNSET where it leads to nothing."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return msgspec.UNSET
    return value
