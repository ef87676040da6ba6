"""One rule as data: what it is about, where the specification demands it, what proves it."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Clause", "Needs", "Rule", "Severity", "Strength"]


class Severity(StrEnum):
    """How bad a breach is.

    An error breaks the specification; a warning breaks its advice, or harms common clients; an
    advice is worth knowing and nothing more.
    """

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class Strength(StrEnum):
    """How strongly the specification demands something."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class Needs(StrEnum):
    """What a rule needs to be asked."""

    READ = "read"
    WRITE = "write"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Clause:
    """What the specification demands, in our own words.

    Attributes:
        section: File and anchor below the folder of a version of the specification, such as
            ``transport_and_format.asciidoc#transport_and_format_paginated_response``; empty for
            the section of the operation.
        strength: How strongly.
        text: One sentence.
    """

    section: str
    strength: Strength
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the catalogue.

    Attributes:
        id: Stable, such as ``paging.link-keeps-filters``; group, full stop, name.
        title: What holds where the rule is kept, as a short sentence.
        severity: How bad a breach is, unless a finding has another severity.
        clause: Where the specification demands it.
        fix: What the party can do about a breach.
        versions: The versions that it applies to; empty for all.
        roles: The roles of the party under test, ``cpo``, ``emsp`` or ``hub``; empty for all.
        modules: The modules that it is about; empty for all.
        needs: What it takes to ask: reading, writing, or a registration.
    """

    id: str
    title: str
    severity: Severity
    clause: Clause
    fix: str
    versions: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    needs: Needs = Needs.READ

    @property
    def group(self) -> str:
        """The part of the id before the full stop, such as ``paging``."""
        return self.id.partition(".")[0]
