"""The version and the class of objects, guessed from a few of them, and the reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ocpi_conformance.validation._fields import unknown_fields
from ocpi_conformance.validation._specification import field_of
from ocpi_conformance.validation.classes import model_of, packages, shapes_of
from ocpi_runtime.codec import violations
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.json_objects import parsed_leniently
from ocpi_runtime.types import Model

__all__ = ["SAMPLE", "Guess", "guess"]

SAMPLE: Final = 20
"""Number of objects that are looked at."""
_SHOWN: Final = 4
_FORM: Final = frozenset({"required", "type", "enum"})
"""Faults that indicate another version; lengths and patterns are broken in all alike."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What objects are.

    Attributes:
        version: Such as ``2.2.1``.
        name: The class.
        reason: Why it is this version and class; a sentence.
    """

    version: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a sample fits a class: the fewer faults, the better."""

    version: str
    name: str
    faults: Counter[str]

    @property
    def cost(self) -> int:
        return sum(self.faults.values())


def guess(texts: Sequence[bytes], version: str | None, name: str | None) -> Guess | None:
    """Guess the version and the class of objects.

    Args:
        texts: The first objects, as they came.
        version: The version, if it is known.
        name: The class, if it is known.

    Returns:
        None where no text is an object, or no class has any of their fields.
    """
    if version and name:
        return Guess(version, name, "Version and class were given.")
    sample = [text for text in texts[:SAMPLE] if isinstance(parsed_leniently(text), dict)]
    if not sample:
        return _unread(version, name) if name and texts else None
    versions = [version] if version else [*packages()]
    values = [parsed_leniently(text) for text in sample]
    names = [name] if name else _likely_classes(values, versions)
    if not names:
        return None
    fits = [
        _fit(sample, values, each, found)
        for found in names
        for each in versions
        if found in shapes_of(each)
    ]
    best = min(fits, key=lambda each: each.cost)
    return Guess(best.version, best.name, _reason(best, fits, values, given=(version, name)))


def _unread(version: str | None, name: str) -> Guess:
    taken = version or next(iter(packages()))
    return Guess(taken, name, f"The first objects cannot be read; {taken} is assumed.")


def _likely_classes(values: Sequence[dict[str, Any]], versions: Sequence[str]) -> list[str]:
    """Return the classes whose fields are most similar to those of the objects."""
    scores: dict[str, float] = {}
    values = [_spelled(each, _fields_of(versions)) for each in values]
    if not any(each.keys() & _fields_of(versions) for each in values):
        return []
    for version in versions:
        for name, shape in shapes_of(version).items():
            score = 0.0
            for value in values:
                known = len(shape.fields & value.keys())
                missing = len(shape.required - value.keys())
                score += 2 * known - len(value) - missing / 2
            scores[name] = max(score, scores.get(name, score))
    near = max(scores.values()) - len(values) / 2
    likely = [name for name, score in scores.items() if score >= near]
    return sorted(likely, key=scores.__getitem__, reverse=True)


def _spelled(value: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """Return an object with fields in the spelling of OCPI, if it has none in that spelling."""
    if value.keys() & known:
        return value
    names = {name.replace("_", ""): name for name in known}
    return {names.get(name.replace("_", "").lower(), name): each for name, each in value.items()}


def _fields_of(versions: Sequence[str]) -> frozenset[str]:
    shapes = (shape for version in versions for shape in shapes_of(version).values())
    return frozenset().union(*(shape.fields for shape in shapes))


def _fit(sample: Sequence[bytes], values: Sequence[Any], version: str, name: str) -> _Fit:
    faults: Counter[str] = Counter()
    kind, fields = model_of(version, name), shapes_of(version)[name].fields
    for text, value in zip(sample, values, strict=True):
        found = {*unknown_fields(value, version, name), *_faulty_fields(text, kind)}
        faults.update(sorted(found))
        faults.update(
            sorted(found & (value.keys() | fields))
        )  # those of the object itself count double
    return _Fit(version, name, faults)


def _faulty_fields(text: bytes, kind: type[Model]) -> set[str]:
    """Return the names of fields, at any depth, whose form is not that of a class."""
    try:
        found = violations(text, kind)
    except OcpiError:
        return set()
    fields = (field_of(each.pointer) for each in found if each.code in _FORM)
    return {field.rpartition(".")[2].removesuffix("[]") for field in fields}


def _reason(
    best: _Fit,
    fits: Sequence[_Fit],
    values: Sequence[dict[str, Any]],
    *,
    given: tuple[str | None, str | None],
) -> str:
    version, name = given
    words = []
    if name is None:
        known = Counter(each for value in values for each in value)
        fields = [each for each, _ in known.most_common() if each in _fields(best)]
        words.append(f"{best.name} by its fields {', '.join(fields[:_SHOWN])}")
    if version is None:
        others = [each for each in fits if each.name == best.name and each is not best]
        words += _against(best, [each for each in others if each.cost > best.cost])
        equal = [each.version for each in others if each.cost == best.cost]
        if equal:
            words.append(f"nothing distinguishes it from {', '.join(equal)}")
    return "; ".join(words) + "."


def _against(best: _Fit, others: Sequence[_Fit]) -> list[str]:
    """Explain what excludes other versions."""
    by_reason: dict[str, list[str]] = {}
    for each in others:
        more = [name for name, _ in (each.faults - best.faults).most_common(_SHOWN)]
        by_reason.setdefault(", ".join(more), []).append(each.version)
    return [
        f"not {' or '.join(versions)}, because of {reason}"
        for reason, versions in by_reason.items()
    ]


def _fields(fit: _Fit) -> frozenset[str]:
    return shapes_of(fit.version)[fit.name].fields
