"""Holds two sides against each other, both ways."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ocpi_audit._errata import Errata, Explanation
from ocpi_audit._facts import ABSENT, Fact, Facts, Kind, SourcePosition

__all__ = ["Comparison", "Difference", "compared"]

_READINGS: Final = ("type", "parameter", "paths")


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact on which the sides do not agree.

    Attributes:
        subject: What it is about.
        aspect: What of it.
        specified: What the specification says, or ``nothing``.
        bundled: What the bundles say, or ``nothing``.
        module: The module that it counts for.
        there: Where the specification says it, or the nearest that it has.
        here: The same of the bundles.
        erratum: The id of the erratum that explains it, or nothing.
    """

    subject: str
    aspect: str
    specified: str
    bundled: str
    module: str
    there: SourcePosition | None
    here: SourcePosition | None
    erratum: str = ""

    def __str__(self) -> str:
        return f"{self.subject} {self.aspect}: {self.specified} -> {self.bundled}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing a version.

    Attributes:
        differences: All of them, explained ones included.
        counts: How many facts were compared, by module.
        subjects: How many classes, properties, operations and so on, by module and kind.
        stale: Explanations that explain nothing any more.
    """

    differences: tuple[Difference, ...]
    counts: Mapping[str, int]
    subjects: Mapping[tuple[str, Kind], int]
    stale: tuple[Explanation, ...]

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        """Differences that no erratum explains."""
        return tuple(each for each in self.differences if not each.erratum)


def compared(specified: Facts, bundled: Facts, errata: Errata) -> Comparison:
    """Compare what two sides say.

    Args:
        specified: What the specification says.
        bundled: What the bundles say.
        errata: Which differences are explained.
    """
    found = list(_differences(specified, bundled, errata))
    used = {str(each) for each in found}
    idle = [each for what, each in errata.differences.items() if what not in used]
    departed = {each: _departed(each, specified, bundled) for each in idle}
    listed = {(each.subject, each.aspect) for each in found}
    gone = [each for each in departed.values() if each]
    found.extend(each for each in gone if (each.subject, each.aspect) not in listed)
    stale = tuple(each for each, difference in departed.items() if not difference)
    counts: Counter[str] = Counter()
    subjects: dict[tuple[str, Kind], set[str]] = {}
    for fact in _all(specified, bundled):
        counts[fact.module] += 1
        subjects.setdefault((fact.module, fact.kind), set()).add(fact.subject)
    return Comparison(
        tuple(found), counts, {key: len(names) for key, names in subjects.items()}, stale
    )


def _all(specified: Facts, bundled: Facts) -> Iterator[Fact]:
    """List each fact of either side once."""
    yield from specified
    known = specified.keys()
    for fact in bundled:
        if (fact.subject, fact.aspect) not in known:
            yield fact


def _differences(specified: Facts, bundled: Facts, errata: Errata) -> Iterator[Difference]:
    accepted = _accepted(specified, bundled, errata)
    for fact in _all(specified, bundled):
        there = specified.get(fact.subject, fact.aspect)
        here = bundled.get(fact.subject, fact.aspect)
        silent = fact.subject not in accepted and fact.parent not in accepted
        if _agree(there, here) or (silent and _is_implied(fact, specified, bundled)):
            continue
        here = here or _reading(fact, bundled)
        difference = Difference(
            subject=fact.subject,
            aspect=fact.aspect,
            specified=there.value if there else ABSENT,
            bundled=here.value if here else ABSENT,
            module=fact.module,
            there=_place(fact, there, specified),
            here=_place(fact, here, bundled),
        )
        yield _explained(difference, errata)


def _departed(idle: Explanation, specified: Facts, bundled: Facts) -> Difference | None:
    """Return whether an erratum explains nothing because the bundles left its reading.

    Returns:
        Nothing if the bundles still follow it; then the specification was repaired.
    """
    subject, aspect, reading = idle.parts()
    there = specified.get(subject, aspect) or specified.head(subject)
    here = bundled.get(subject, aspect)
    if here is None and there is not None:
        here = _reading(replace(there, aspect=aspect), bundled)
    value = here.value if here else ABSENT
    if value == reading:
        return None
    near = here or bundled.head(subject)
    return Difference(
        subject=subject,
        aspect=aspect,
        specified=f"{reading}, as {idle.erratum} reads it",
        bundled=value,
        module=next((each.module for each in (near, there) if each), "other"),
        there=there.place if there else None,
        here=near.place if near else None,
    )


def _reading(fact: Fact, bundled: Facts) -> Fact | None:
    """Find the values of bundles where the specification contradicts itself."""
    if fact.aspect != "doubt":
        return None
    found = (bundled.get(fact.subject, aspect) for aspect in _READINGS)
    return next((each for each in found if each), None)


def _agree(there: Fact | None, here: Fact | None) -> bool:
    return there is not None and here is not None and there.agrees(here)


def _accepted(specified: Facts, bundled: Facts, errata: Errata) -> set[str]:
    """List subjects that only the bundles have, as errata have it: their contents are listed."""
    heads = (bundled.head(fact.subject) for fact in bundled)
    return {
        head.subject
        for head in heads
        if head is not None
        and specified.head(head.subject) is None
        and f"{head.subject} {head.aspect}: {ABSENT} -> {head.value}" in errata.differences
    }


def _is_implied(fact: Fact, specified: Facts, bundled: Facts) -> bool:
    """Return whether a difference follows from a greater one: a whole subject is missing."""
    for side in (specified, bundled):
        if fact.parent and side.head(fact.parent) is None:
            return True
        if side.head(fact.subject) is None:
            other = bundled if side is specified else specified
            return other.head(fact.subject) is not fact
    return False


def _place(fact: Fact, own: Fact | None, side: Facts) -> SourcePosition | None:
    """Find where a side says something, or where it would have to."""
    near = own or side.head(fact.subject) or side.head(fact.parent)
    return near.place if near else None


def _explained(difference: Difference, errata: Errata) -> Difference:
    known = errata.differences.get(str(difference))
    if known is None:
        return difference
    return replace(difference, erratum=known.erratum)
