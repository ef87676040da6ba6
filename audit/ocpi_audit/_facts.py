"""What two sides say about OCPI, in pieces that can be compared with each other.

A fact is one value of one aspect of one subject: the length of a property, the body of an
operation. Both sides name subjects and aspects alike:

- ``Location`` (a class), ``Location.name`` (a property), ``Status.AVAILABLE`` (a value)
- ``tokens.sender`` (an interface), ``tokens.sender POST`` (its methods), then the operation
  ``tokens.sender POST /{token_uid}/authorize`` with its parameters ``... {token_uid}`` and
  ``... ?type``, and its headers ``... > X-Request-ID`` in requests and ``... < Link`` in answers
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

__all__ = ["ABSENT", "Fact", "Facts", "Kind", "SourcePosition"]

ABSENT = "nothing"


class Kind(StrEnum):
    """What the subject of a fact is; coverage is counted by it."""

    CLASS = "classes"
    PROPERTY = "properties"
    VALUE = "values"
    INTERFACE = "interfaces"
    METHOD = "methods"
    OPERATION = "operations"
    PARAMETER = "parameters"
    HEADER = "headers"
    STATUS = "status codes"
    DERIVED = "derived"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SourcePosition:
    """Where a fact is.

    Attributes:
        document: The file, as its side names it.
        section: The title of a section, or a JSON pointer.
        line: Counted from 1; 0 if lines mean nothing there.
    """

    document: str
    section: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of one aspect of one subject.

    Attributes:
        subject: What it is about.
        aspect: What it says of it. The first aspect of a subject says that it is there at all.
        value: In words that both sides use.
        kind: What the subject is.
        module: The module that it counts for.
        place: Where it is.
        parent: The subject without which this one makes no sense, or nothing.
    """

    subject: str
    aspect: str
    value: str
    kind: Kind
    module: str
    place: SourcePosition
    parent: str = ""

    def agrees(self, other: "Fact") -> bool:
        """Return whether both values are the same; of several anchors one is enough for a link."""
        if self.aspect == "link":
            return not _anchors(self).isdisjoint(_anchors(other))
        return self.value == other.value


def _anchors(fact: Fact) -> set[str]:
    return set(fact.value.split(" or "))


class Facts:
    """The facts of one side."""

    def __init__(self) -> None:
        self._facts: dict[tuple[str, str], Fact] = {}
        self._heads: dict[str, Fact] = {}

    def __len__(self) -> int:
        return len(self._facts)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def add(self, fact: Fact) -> None:
        """Take up a fact. Where a side contradicts itself, the value becomes both values."""
        key = (fact.subject, fact.aspect)
        known = self._facts.get(key)
        if known is None:
            self._facts[key] = fact
        elif fact.value not in known.value.split(" and "):
            self._facts[key] = replace(known, value=f"{known.value} and {fact.value}")
        self._heads.setdefault(fact.subject, fact)

    def get(self, subject: str, aspect: str) -> Fact | None:
        """Look up a fact."""
        return self._facts.get((subject, aspect))

    def head(self, subject: str) -> Fact | None:
        """Look up the fact that says that a subject is there."""
        return self._heads.get(subject)

    def keys(self) -> set[tuple[str, str]]:
        """List subjects and aspects."""
        return set(self._facts)

    def without(self, others: "Facts") -> "Facts":
        """Return what is new or different here; all its subjects are still known to be there."""
        rest = Facts()
        rest._heads = dict(self._heads)
        for fact in self:
            other = others.get(fact.subject, fact.aspect)
            if other is None or not fact.agrees(other):
                rest.add(fact)
        return rest
