"""What a validation reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ocpi_conformance.validation._causes import Cause
from ocpi_conformance.validation._object_validator import VERDICTS, Verdict

__all__ = ["ObjectReport", "PartReport", "Problem", "Report"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an input could not be read, or not to its end."""

    source: str
    message: str


@dataclass(frozen=True, slots=True)
class ObjectReport:
    """The verdict on one object, as a line of JSON for machines.

    Attributes:
        data: ``source``, ``object`` (its number), ``pointer``, ``id``, ``verdict``, and the single
            ``faults``, ``repairs`` and ``warnings``.
    """

    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PartReport:
    """The objects of one list.

    Attributes:
        source: The name of the input.
        pointer: Where the list is in it.
        version: The version that they were validated against.
        name: Their class.
        reason: Why it is this version and class.
        verdicts: The number of objects by verdict.
        repairs: How often each rule of the dialect repaired something.
        causes: What breaks the specification, the most frequent first.
        warnings: What obeys it and still cannot be right.
    """

    source: str
    pointer: str
    version: str | None
    name: str | None
    reason: str
    verdicts: Mapping[Verdict, int]
    repairs: Mapping[str, int]
    causes: Sequence[Cause]
    warnings: Sequence[Cause]

    @property
    def objects(self) -> int:
        """How many objects there are."""
        return sum(self.verdicts.values())

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON builtins."""
        return {
            "source": self.source,
            "pointer": self.pointer,
            "counts": {"objects": self.objects, **self.verdicts},
            "version": self.version,
            "class": self.name,
            "reason": self.reason,
            "repairs": dict(self.repairs),
            "causes": [each.as_data() for each in self.causes],
            "warnings": [each.as_data() for each in self.warnings],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a validation.

    Attributes:
        parts: The lists of objects, in the order in which they came.
        problems: Inputs that could not be read, or not to their end.
    """

    parts: Sequence[PartReport]
    problems: Sequence[Problem]

    @property
    def verdicts(self) -> dict[Verdict, int]:
        """The number of objects by verdict, of all parts."""
        return {each: sum(part.verdicts[each] for part in self.parts) for each in VERDICTS}

    @property
    def objects(self) -> int:
        """How many objects there are in all parts."""
        return sum(part.objects for part in self.parts)

    @property
    def ok(self) -> bool:
        """Whether everything could be read, and every object is valid as it was sent."""
        return not self.problems and self.verdicts["valid"] == self.objects

    def as_data(self) -> dict[str, Any]:
        """Return the report as JSON builtins: that of the only part, or of all with their parts."""
        problems = [{"source": each.source, "message": each.message} for each in self.problems]
        if len(self.parts) == 1:
            return {**self.parts[0].as_data(), "problems": problems}
        parts = [each.as_data() for each in self.parts]
        return {
            "counts": {"objects": self.objects, **self.verdicts},
            "version": _common(each.version for each in self.parts),
            "class": _common(each.name for each in self.parts),
            "causes": [cause for each in parts for cause in _marked(each, "causes")],
            "warnings": [cause for each in parts for cause in _marked(each, "warnings")],
            "problems": problems,
            "parts": parts,
        }


def _common(values: Any) -> Any:
    found = {*values}
    return found.pop() if len(found) == 1 else None


def _marked(part: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    marks = {"source": part["source"], "version": part["version"], "class": part["class"]}
    return [{**each, **marks} for each in part[name]]
