"""A partner that a form asks for: chosen from a list, or from a part of its name if it is long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["EVERYBODY", "OWN_PLATFORM", "Choice", "choose"]

EVERYBODY: Final = "all"
"""Stands in URLs for objects of this platform and of all partners."""
OWN_PLATFORM: Final = {"own": "This platform"}
"""What can be chosen besides partners where objects are listed."""
_MOST: Final = 100
"""How many partners a form lists; with more of them a part of a name is typed."""
_MOST_LINKS: Final = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """What a field for a partner shows.

    Attributes:
        id: The id of the partner; what was asked for where there is none, empty for nobody.
        text: What the field shows of it.
        options: The ids and names that are listed.
        is_typed: Whether there are more partners than are listed.
        problem: Why no partner is chosen; empty where one is, or where nothing was asked for.
        matches: The ids and names of partners that are meant perhaps.
    """

    id: str
    text: str
    options: Sequence[tuple[str, str]]
    is_typed: bool
    problem: str = ""
    matches: Sequence[tuple[str, str]] = ()

    @property
    def is_unknown(self) -> bool:
        """Whether a partner was asked for that is not listed."""
        return bool(self.id) and self.id not in {each for each, _ in self.options}


def choose(asked: str, names: Mapping[str, str], others: Mapping[str, str] | None = None) -> Choice:
    """Find the partner that is asked for by its id, its name, or a part of the name.

    Args:
        asked: What was asked for.
        names: The names of all partners, by id.
        others: What can be chosen besides, by what stands for it in URLs.
    """
    every = {**(others or {}), **names}
    asked = "" if others and asked == EVERYBODY else asked
    is_typed = len(every) > _MOST
    options = list(every.items())[:_MOST]
    if not asked or asked in every:
        return Choice(asked, _typed(asked, every) if asked else "", options, is_typed)
    found = _matching(asked, every)
    if len(found) == 1:
        return Choice(found[0][0], found[0][1], options, is_typed)
    if not found:
        problem = f"No partner has {asked} in its name."
        return Choice(asked, asked, options, is_typed, problem)
    problem = f"{len(found)} partners have {asked} in their names:"
    return Choice(asked, asked, found[:_MOST], is_typed, problem, found[:_MOST_LINKS])


def _typed(chosen: str, every: Mapping[str, str]) -> str:
    """Return what is typed to choose something: its name, unless others have it too."""
    return every[chosen] if list(every.values()).count(every[chosen]) == 1 else chosen


def _matching(asked: str, every: Mapping[str, str]) -> list[tuple[str, str]]:
    part = asked.casefold()
    found = [(each, name) for each, name in every.items() if part in name.casefold()]
    same = [(each, name) for each, name in found if name.casefold() == part]
    return same or found
