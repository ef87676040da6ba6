"""How much of the specification is covered by rules, and how much of that a fault has proved."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ocpi_conformance.coverage._load import Chapter
from ocpi_conformance.coverage._requirement import FaultDescription, Requirement
from ocpi_conformance.rules import Rule, Strength

__all__ = ["ChapterCoverage", "Coverage", "Proof", "chapter_coverage", "coverage_of"]


class Proof(StrEnum):
    """How the detection of a breach of a requirement is shown."""

    FAULT = "rule and fault"
    RULE = "rule only"
    DOCUMENT = "document"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Coverage:
    """A requirement in one version.

    Attributes:
        chapter: Its chapter.
        version: The version.
        requirement: The requirement.
        proof: What shows that a breach is found there.
    """

    chapter: Chapter
    version: str
    requirement: Requirement
    proof: Proof


@dataclass(frozen=True, slots=True)
class ChapterCoverage:
    """The requirements of a chapter in one version, counted.

    Attributes:
        chapter: The chapter, or ``all``.
        version: The version.
        proofs: How many of all requirements have which proof.
        musts: The same of those that the specification says must be.
    """

    chapter: str
    version: str
    proofs: Mapping[Proof, int]
    musts: Mapping[Proof, int]

    @property
    def musts_proved(self) -> float:
        """The part of the musts, from 0 to 1, of which a fault was found by a rule."""
        total = sum(self.musts.values())
        return self.musts[Proof.FAULT] / total if total else 1.0


def coverage_of(
    chapters: Iterable[Chapter],
    rules: Mapping[str, Rule],
    faults: Iterable[FaultDescription],
    version: str | None = None,
) -> list[Coverage]:
    """Return every requirement in every version in which it holds.

    Args:
        chapters: The requirements.
        rules: The catalogue.
        faults: The faults by which rules were proved.
        version: Only this version.
    """
    by_name = {one.name: one for one in faults}
    return [
        Coverage(chapter, at, one, _proof(one, at, rules, by_name))
        for chapter in chapters
        for one in chapter.requirements
        for at in one.versions
        if version in {None, at}
    ]


def _proof(
    one: Requirement,
    version: str,
    rules: Mapping[str, Rule],
    faults: Mapping[str, FaultDescription],
) -> Proof:
    looking = {name for name in one.rules if _applies(rules.get(name), version)}
    if any(
        name in faults and version in faults[name].versions and faults[name].rule in looking
        for name in one.faults
    ):
        return Proof.FAULT
    if looking:
        return Proof.RULE
    return Proof.DOCUMENT if one.document else Proof.NOTHING


def _applies(rule: Rule | None, version: str) -> bool:
    return rule is not None and (not rule.versions or version in rule.versions)


def chapter_coverage(found: Sequence[Coverage]) -> list[ChapterCoverage]:
    """Count by chapter and version, with a line ``all`` for each version at the end."""
    versions = sorted({one.version for one in found}, key=_version_key)
    return [*_counted(found, versions), *_totals(found, versions)]


def _counted(found: Sequence[Coverage], versions: Sequence[str]) -> Iterator[ChapterCoverage]:
    for name in dict.fromkeys(one.chapter.name for one in found):
        for version in versions:
            some = [x for x in found if (x.chapter.name, x.version) == (name, version)]
            if some:
                yield _count(name, version, some)


def _totals(found: Sequence[Coverage], versions: Sequence[str]) -> Iterator[ChapterCoverage]:
    for version in versions:
        yield _count("all", version, [one for one in found if one.version == version])


def _count(name: str, version: str, some: Sequence[Coverage]) -> ChapterCoverage:
    musts = [one for one in some if one.requirement.strength is Strength.MUST]
    return ChapterCoverage(name, version, _tally(some), _tally(musts))


def _tally(some: Sequence[Coverage]) -> Mapping[Proof, int]:
    counted = Counter(one.proof for one in some)
    return {proof: counted[proof] for proof in Proof}


def _version_key(version: str) -> list[int]:
    return [int(piece) for piece in version.split(".")]
