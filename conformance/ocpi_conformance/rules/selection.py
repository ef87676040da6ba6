"""Which rules of the catalogue a run is about."""

from collections.abc import Iterable, Sequence
from typing import Final

from ocpi_conformance.rules._rule import Rule
from ocpi_conformance.rules.catalogue import EXCHANGE_RULES, RULES
from ocpi_runtime.failures import did_you_mean

__all__ = ["Selection", "UnknownRule"]

_OF_EXCHANGES: Final = frozenset(one.rule.id for one in EXCHANGE_RULES)


class UnknownRule(ValueError):
    """The catalogue has no such rule or group; the message states it."""


class Selection:
    """The rules that a run is about.

    Args:
        only: Ids of rules, or groups such as ``paging``; empty for all.
        without: Those that are left out of them.

    Raises:
        UnknownRule: A name is that of no rule and of no group.
    """

    def __init__(self, only: Sequence[str] = (), without: Sequence[str] = ()) -> None:
        self.chosen = (_named(only) if only else frozenset(RULES)) - _named(without)
        self.every_message = bool(self.chosen & _OF_EXCHANGES)
        """Whether a rule is among them that looks at every message, whatever it is sent for."""

    def wants(self, rule: Rule) -> bool:
        """Return whether the run is about a rule."""
        return rule.id in self.chosen


def _named(names: Iterable[str]) -> frozenset[str]:
    groups = {one.group for one in RULES.values()}
    found: set[str] = set()
    for name in names:
        if name not in RULES and name not in groups:
            end = did_you_mean(name, [*RULES, *groups]) or "; ocpi rules lists them."
            raise UnknownRule(f"Rule {name!r} not found{end}")
        found |= {one.id for one in RULES.values() if name in {one.id, one.group}}
    return frozenset(found)
