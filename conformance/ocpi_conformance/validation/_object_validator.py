"""Validation of one object: strictly, and by what a dialect repairs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import msgspec

from ocpi_conformance.validation._causes import ObjectFault
from ocpi_conformance.validation.semantics import Context
from ocpi_runtime.codec import format_timestamp, violations
from ocpi_runtime.dialect import Dialect, Learner, Repair
from ocpi_runtime.dialect import Verdict as ReadingVerdict
from ocpi_runtime.errors import InvalidParameters, Violation
from ocpi_runtime.json_objects import parsed
from ocpi_runtime.types import Model

__all__ = ["VERDICTS", "ObjectValidator", "ValidatedObject", "Verdict"]

Verdict: TypeAlias = Literal["valid", "repairable", "partial", "unreadable"]
VERDICTS: Final[tuple[Verdict, ...]] = ("valid", "repairable", "partial", "unreadable")
_BY_READING: Final[Mapping[ReadingVerdict, Verdict]] = {
    "valid": "valid",
    "repaired": "repairable",
    "partial": "partial",
    "unreadable": "unreadable",
}
_BOM: Final = b"\xef\xbb\xbf"
_NOT_AVAILABLE: Final = b'"#NA"'


class ValidatedObject(NamedTuple):
    """The result of validating an object.

    Attributes:
        verdict: Whether it is valid as it was sent, and else how much of it can be read.
        value: Its JSON as it was sent; None where it is not JSON.
        faults: What breaks the specification.
        repairs: What the dialect repairs.
        warnings: Where ``#NA`` is.
    """

    verdict: Verdict
    value: Any
    faults: tuple[ObjectFault, ...] = ()
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[ObjectFault, ...] = ()


class ObjectValidator:
    """Validates objects.

    Args:
        dialect: Which repairs are tried.
        now: The instant of reading.
        learner: Gets each reading, where a dialect is to be proposed.
    """

    def __init__(self, dialect: Dialect, now: datetime, learner: Learner | None = None) -> None:
        self.context = Context(now)
        self._dialect, self._now, self._learner = dialect, format_timestamp(now), learner

    def validate(self, text: bytes, kind: type[Model]) -> ValidatedObject:
        """Validate the text of an object of a class."""
        reading = self._dialect.read(text, kind, self._now)
        if self._learner is not None:
            self._learner.add(reading)
        if reading.verdict == "valid" and _NOT_AVAILABLE not in text:
            return ValidatedObject("valid", reading.value)
        value = parsed(text.removeprefix(_BOM))
        found = _violations(text, kind) if value is not None else reading.faults
        faults = tuple(_faults(found, "error", value, reading.repairs))
        if value is None:
            value = reading.value
            faults = (*map(_no_json, self._dialect.as_json(text)[1]), *faults)
        # What a dialect repairs beyond the schema, such as NL for NLD, is a warning here.
        verdict = _BY_READING[reading.verdict] if faults else "valid"
        warnings = tuple(_faults(found, "warning", value, ()))
        return ValidatedObject(verdict, value, faults, reading.repairs, warnings)


def _no_json(repair: Repair) -> ObjectFault:
    """Return the fault of a text that is not JSON before a repair."""
    return ObjectFault("json", "", f"is not JSON: {repair.before}", repair=repair.rule)


def _violations(text: bytes, kind: type[Model]) -> Sequence[Violation]:
    try:
        return violations(text.removeprefix(_BOM), kind)
    except InvalidParameters as error:
        return error.violations


def _faults(
    found: Sequence[Violation], severity: str, value: Any, repairs: Sequence[Repair]
) -> Iterator[ObjectFault]:
    for each in found:
        if each.severity == severity:
            at = _value_at(value, each.pointer)
            repair = _repair_of(each.pointer, repairs)
            yield ObjectFault(each.code, each.pointer, each.message, at, repair)


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
    """Return the value at a pointer; UNSET if there is none."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return msgspec.UNSET
    return value
