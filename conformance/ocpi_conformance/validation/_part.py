"""The objects of one list, as they are validated one after the other."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from ocpi_conformance.validation._causes import Causes, ObjectFault, shown
from ocpi_conformance.validation._guess import Guess
from ocpi_conformance.validation._object_validator import (
    VERDICTS,
    ObjectValidator,
    ValidatedObject,
    Verdict,
)
from ocpi_conformance.validation._report import ObjectReport, PartReport
from ocpi_conformance.validation.semantics import checks_of
from ocpi_runtime.dialect import Repair
from ocpi_runtime.json_objects import Element
from ocpi_runtime.types import Model

__all__ = ["PartRun"]

_MOST_REFERENCES: Final = 100_000


@dataclass(slots=True)
class _Referrers:
    """The objects that refer to the same tariffs: the first one, and how many there are."""

    index: int
    uid: str
    pointer: str
    places: dict[str, str]
    count: int = 0


class PartRun:
    """Judges the objects of a list.

    Args:
        source: The name of the input.
        pointer: Where the list is in it.
        guess: The version and class; None where there is no object.
        kind: The generated class.
        validator: Validates them, and knows what connects them with others.
        on_object: Called with the verdict on each object.
    """

    def __init__(
        self,
        source: str,
        pointer: str,
        guess: Guess | None,
        kind: type[Model] | None,
        validator: ObjectValidator,
        on_object: Callable[[ObjectReport], None] | None,
    ) -> None:
        self._source, self._pointer, self._guess, self._kind = source, pointer, guess, kind
        self._validator, self._context, self._on_object = validator, validator.context, on_object
        self._checks = checks_of(guess.name) if guess else ()
        self._verdicts: dict[Verdict, int] = dict.fromkeys(VERDICTS, 0)
        self._causes, self._warnings = Causes(), Causes()
        self._repairs: Counter[str] = Counter()
        self._count = 0
        self._references: dict[frozenset[str], _Referrers] = {}

    def add(self, element: Element) -> None:
        """Judge an object."""
        index, self._count = self._count, self._count + 1
        validated = self._validator.validate(element.text, self._kind) if self._kind else _NO_OBJECT
        self._verdicts[validated.verdict] += 1
        warnings = self._warnings_of(validated.value)
        if validated.warnings:
            warnings = [*validated.warnings, *warnings]
        uid = _uid(validated.value)
        if validated.repairs:
            self._repairs.update([each.rule for each in validated.repairs])
        if validated.faults:
            self._causes.add(validated.faults, index, uid, element.pointer)
        if warnings:
            self._warnings.add(warnings, index, uid, element.pointer)
        self._note_references(index, uid, element.pointer)
        if self._on_object is not None:
            self._on_object(self._as_record(validated, warnings, index, uid, element.pointer))

    def _warnings_of(self, value: Any) -> list[ObjectFault]:
        if not isinstance(value, dict):
            return []
        for check in self._checks:
            check(value, "", self._context)
        return self._context.take_warnings()

    def _note_references(self, index: int, uid: str, pointer: str) -> None:
        places = self._context.take_references()
        if not places:
            return
        key = frozenset(places)
        if key not in self._references and len(self._references) < _MOST_REFERENCES:
            self._references[key] = _Referrers(index, uid, pointer, places)
        if key in self._references:
            self._references[key].count += 1

    def settle_references(self) -> None:
        """Warn about tariffs that are referred to and missing, if there are any tariffs."""
        if not self._context.has_tariffs:
            return
        for ids, each in self._references.items():
            lost = [
                _lost(uid, pointer)
                for uid, pointer in each.places.items()
                if uid in ids - self._context.tariff_ids
            ]
            if lost:
                self._warnings.add(lost, each.index, each.uid, each.pointer, times=each.count)
        self._references.clear()

    def _as_record(
        self,
        validated: ValidatedObject,
        warnings: Sequence[ObjectFault],
        index: int,
        uid: str,
        pointer: str,
    ) -> ObjectReport:
        return ObjectReport({
            "source": self._source,
            "object": index,
            "pointer": pointer,
            "id": uid,
            "verdict": validated.verdict,
            "faults": [_as_data(each) for each in validated.faults],
            "repairs": [_repair_as_data(each) for each in validated.repairs],
            "warnings": [_as_data(each) for each in warnings],
        })  # fmt: skip

    def report(self) -> PartReport:
        """Return what was found."""
        version, name = (self._guess.version, self._guess.name) if self._guess else ("", "")
        return PartReport(
            source=self._source,
            pointer=self._pointer,
            version=version or None,
            name=name or None,
            reason=self._guess.reason if self._guess else _NO_CLASS[self._count > 0],
            verdicts=dict(self._verdicts),
            repairs=dict(self._repairs.most_common()),
            causes=self._causes.listed(self._count, version, name),
            warnings=self._warnings.listed(self._count, version, name),
        )


_NO_CLASS: Final = ("There are no objects.", "No class of OCPI has such fields; use --class.")
_NO_OBJECT: Final = ValidatedObject(
    "unreadable", None, (ObjectFault("type", "", "is not an OCPI object"),)
)


def _lost(uid: str, pointer: str) -> ObjectFault:
    text = f"tariff {uid} is not among the tariffs that were validated"
    return ObjectFault("tariff-reference", pointer, text, uid)


def _uid(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    return str(value.get("id") or value.get("uid") or "")


def _as_data(fault: ObjectFault) -> dict[str, Any]:
    data = {"rule": fault.rule, "pointer": fault.pointer, "message": fault.message}
    value = shown(fault.value, fault.pointer)
    return data if value is msgspec.UNSET else {**data, "value": value}


def _repair_as_data(repair: Repair) -> dict[str, Any]:
    values = {"before": repair.before, "after": repair.after}
    kept = {name: shown(value, repair.pointer) for name, value in values.items()}
    data = {"rule": repair.rule, "pointer": repair.pointer, **kept}
    return {name: value for name, value in data.items() if value is not msgspec.UNSET}
