"""What a check is: a function that asks a party, and the rules that it proves."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocpi_conformance.exchanges.wire import RecordedExchange
from ocpi_conformance.rules import Fault, Needs, Rule

if TYPE_CHECKING:
    from ocpi_conformance.check._interface import CheckedInterface

__all__ = ["Check", "NotApplicable", "NotAsked", "Outcome", "Seen", "Stopped", "check"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A fault with the exchanges that show it, where the last exchange alone does not.

    Attributes:
        fault: What is wrong.
        steps: The exchanges; the last one shows it.
    """

    fault: Fault
    steps: tuple[RecordedExchange, ...]


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A rule that could not be asked, and why."""

    rule: Rule
    reason: str


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A rule that says nothing about this party, and why."""

    rule: Rule
    reason: str


class Stopped(Exception):
    """A check cannot go on; its rules without verdict were not asked.

    Args:
        reason: Why, as a sentence.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


Outcome = Fault | Seen | NotAsked | NotApplicable
Function = Callable[["CheckedInterface"], Iterable[Outcome]]


def _everywhere(_place: "CheckedInterface") -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Check:
    """A function that asks a party, and the rules that it proves.

    A rule that the function yields nothing about is passed.

    Attributes:
        run: Asks; yields faults, and the rules that it could not ask.
        rules: What it proves.
        about: Returns whether it has to do with a target.
        needs: What the run must be allowed to do.
    """

    run: Function
    rules: tuple[Rule, ...]
    about: Callable[["CheckedInterface"], bool]
    needs: Needs

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.run.__name__


_ORDER = (Needs.READ, Needs.WRITE, Needs.REGISTER)


def check(
    *rules: Rule,
    about: Callable[["CheckedInterface"], bool] = _everywhere,
    needs: Needs | None = None,
) -> Callable[[Function], Check]:
    """Make a function a check.

    Args:
        rules: The rules that it proves.
        about: Returns whether it has to do with a target; by default with every one.
        needs: What the run must be allowed to do; by default what its rules need.
    """
    most = max((one.needs for one in rules), key=_ORDER.index)
    return lambda run: Check(run, rules, about, needs or most)
