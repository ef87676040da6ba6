"""How exchanges with each partner go, judged in one place by the thresholds of the settings."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Generic, Protocol, TypeVar

from ocpi_server._clock import SECOND
from ocpi_server._operations import Operations
from ocpi_server.partners import PartnerRecord, Status
from ocpi_server.settings import HealthRules
from ocpi_server.store.pulls import PullState
from ocpi_server.sync.push import PartnerPush

__all__ = ["Exchanged", "PartnerHealth", "Problem", "State", "healths"]


class Exchanged(Protocol):
    """The exchanges with a partner within an hour."""

    @property
    def total(self) -> int:
        """How many there were."""

    @property
    def failed(self) -> int:
        """How many of them failed."""

    @property
    def last(self) -> int | None:
        """When the last one began, in microseconds."""


ExchangedT = TypeVar("ExchangedT", bound=Exchanged)


@dataclass(frozen=True, slots=True)
class State:
    """A state in one word, and how good it is: ``good``, ``warning``, ``bad`` or ``idle``."""

    label: str
    kind: str


_CONNECTED: Final = State("connected", "good")
_FEED: Final = State("feed", "good")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with exchanges with a partner.

    Attributes:
        state: The same in a word.
        text: A sentence without its end.
    """

    state: State
    text: str


@dataclass(frozen=True)
class PartnerHealth(Generic[ExchangedT]):
    """How exchanges with a partner go.

    Attributes:
        partner: The partner.
        push: Its pushes; None where it is not registered.
        pulls: The lists that are pulled from it.
        traffic: Its exchanges in the last hour, as far as the message log has them.
        now: The current time, in microseconds.
        rules: The thresholds.
        intervals: How often, in seconds, each of its lists is pulled, by module.
        is_source: Whether it is the source of feeds.
    """

    partner: PartnerRecord
    push: PartnerPush | None
    pulls: tuple[PullState, ...]
    traffic: ExchangedT
    now: int
    rules: HealthRules
    intervals: Mapping[str, float]
    is_source: bool

    @property
    def last(self) -> int | None:
        """When it last sent, was sent or was asked something, in microseconds."""
        pushed = None if self.push is None else self.push.succeeded
        known = [pushed, self.traffic.last, *(each.ended for each in self.pulls)]
        return max((at for at in known if at), default=None)

    @property
    def lag(self) -> float | None:
        """How many seconds the oldest change waits that it was not sent; None: there is none."""
        return self.push.behind if self.push is not None and self.push.pending else None

    @property
    def pull_age(self) -> float | None:
        """How many seconds ago the list was pulled that was not pulled for longest."""
        return max((self.age(each) or 0.0 for each in self.pulls if each.ended), default=None)

    def age(self, pull: PullState) -> float | None:
        """Return how many seconds ago a list was pulled; None: never."""
        return None if pull.ended is None else max(self.now - pull.ended, 0) / SECOND

    @property
    def error(self) -> str | None:
        """What went wrong last, unless it went well since."""
        failed = [each.error for each in self.pulls if each.tries and each.error]
        if self.push is not None and self.push.tries and self.push.error:
            failed.insert(0, self.push.error)
        return failed[0] if failed else None

    @cached_property
    def state(self) -> State:
        """Its state in one word: the first problem, if it has any."""
        if self.partner.blocked is not None:
            return State("blocked", "idle")
        problems = self.problems
        if problems:
            return problems[0].state
        if self.is_source:
            return _FEED
        if self.partner.status is not Status.REGISTERED:
            return State(str(self.partner.status), "idle")
        return _CONNECTED

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, the worst first; nothing where no exchanges are expected."""
        registered = self.partner.status is Status.REGISTERED
        if self.partner.blocked is not None or not (registered or self.is_source) or self._is_fine:
            return []
        found = [*self._of_record(), *self._of_pushes(), *self._of_pulls(), *self._of_exchanges()]
        return sorted(found, key=lambda each: each.state.kind != "bad")

    @property
    def _is_fine(self) -> bool:
        """Whether nothing can be wrong, as with most of thousands of partners."""
        push, partner = self.push, self.partner
        waits = push is not None and (push.tries or push.pending or push.parked)
        return not (
            waits or self.pulls or self.traffic.failed or partner.claimed or partner.damaged
        )

    def _of_record(self) -> Iterator[Problem]:
        if self.partner.damaged:
            text = "its record is damaged; 'ocpi db check' lists what"
            yield Problem(State("damaged", "bad"), text)
        if self.partner.claimed:
            claimed = ", ".join(map(str, self.partner.claimed))
            text = f"it claims {claimed}: approve or reject it with 'ocpi partners'"
            yield Problem(State("roles to approve", "warning"), text)

    def _of_pushes(self) -> Iterator[Problem]:
        push = self.push
        if push is None:
            return
        if push.tries:
            text = f"pushes failed {push.tries} times: {push.error}"
            yield Problem(State("failing", "bad"), text)
        elif push.pending > push.parked and push.behind > self.rules.push_seconds:
            yield Problem(State("late", "warning"), f"pushes are {push.behind:.0f} seconds behind")
        if push.parked:
            counted = "1 object was" if push.parked == 1 else f"{push.parked} objects were"
            text = f"{counted} refused; 'ocpi push status' lists them"
            yield Problem(State("objects refused", "warning"), text)

    def _of_pulls(self) -> Iterator[Problem]:
        for each in self.pulls:
            interval, age = self.intervals.get(each.module, math.inf), self.age(each) or 0.0
            if each.tries:
                text = f"the pull of {each.module} failed {each.tries} times: {each.error}"
                yield Problem(State("failing", "bad"), text)
            elif age > self.rules.missed_pulls * interval:
                text = f"{each.module} was pulled {age:.0f} seconds ago"
                yield Problem(State("late", "warning"), text)

    def _of_exchanges(self) -> Iterator[Problem]:
        total, failed = self.traffic.total, self.traffic.failed
        if total >= self.rules.exchanges and failed > self.rules.failures * total:
            text = f"{failed} of {total} exchanges failed within an hour"
            yield Problem(State("errors", "warning"), text)


async def healths(
    platform: Operations,
    now: int,
    partners: Sequence[PartnerRecord],
    exchanged: Mapping[str, ExchangedT],
    nothing: ExchangedT,
) -> list[PartnerHealth[ExchangedT]]:
    """Return how exchanges with some partners go.

    Args:
        platform: The platform.
        now: The current time, in microseconds.
        partners: The partners.
        exchanged: The exchanges within an hour, by the ids of partners.
        nothing: Stands for those of a partner that is not among them.
    """
    only = partners[0].id if len(partners) == 1 else None
    pushes = {each.partner: each for each in await platform.push_status(only)}
    pulls: dict[str, list[PullState]] = {}
    for state in await platform.pull_status():
        pulls.setdefault(state.partner, []).append(state)
    feeds: dict[str, dict[str, float]] = {}
    for (source, module), feed in (await platform.parts.schedule.feeds.lists()).items():
        feeds.setdefault(source, {})[module] = feed.every
    rules = platform.settings.pull
    every = dict.fromkeys(rules.modules, rules.every)
    return [
        PartnerHealth(
            partner=each,
            push=pushes.get(each.id),
            pulls=tuple(pulls.get(each.id, ())),
            traffic=exchanged.get(each.id, nothing),
            now=now,
            rules=platform.settings.health,
            intervals=feeds.get(each.id, every),
            is_source=each.id in feeds,
        )
        for each in partners
    ]
