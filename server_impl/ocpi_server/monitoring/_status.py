"""The health of a platform at one moment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from ocpi_server._clock import SECOND, to_micros, utc_now
from ocpi_server._operations import Operations
from ocpi_server.monitoring._figures import Figures, ModuleSize, Traffic, read_figures
from ocpi_server.partners import PartnerRecord, Status
from ocpi_server.store.database.schema import HEAD, revision
from ocpi_server.store.pulls import PullState
from ocpi_server.sync.push import PartnerPush

__all__ = ["PartnerStatus", "PlatformStatus", "PullStatus", "read_status"]

_LATE_SECONDS: Final = 300.0
"""A longer delay of pushes is a problem."""
_MISSED_PULLS: Final = 3
"""Number of intervals without a pull that is a problem."""
_FEW: Final = 10
"""Minimum number of exchanges for which the share of failures is evaluated."""
_MOST_FAILED: Final = 0.5


@dataclass(frozen=True, slots=True)
class PullStatus:
    """How a list of a partner is pulled.

    Attributes:
        module: The OCPI module.
        age: Seconds since the last pull that came to its end; None: there is none.
        failures: How often it failed in a row.
        error: What went wrong last.
    """

    module: str
    age: float | None
    failures: int
    error: str | None


@dataclass(frozen=True, slots=True)
class PartnerStatus:
    """The state of exchanges with a partner.

    Attributes:
        id: Its id.
        name: What an operator calls it.
        status: Its state; ``blocked`` where an operator blocked it.
        last_in: Microseconds since 1970 of its last request, as far as the message log has it.
        last_out: The same of the last request to it; also where something was pushed or pulled.
        exchanges: How many the message log has of the last hour.
        error_rate: The share of them that failed.
        pending: How many objects it has not been sent.
        parked: How many of them it refused.
        push_lag: Seconds since the oldest of them changed.
        push_failures: How often pushes to it failed in a row; it is tried more and more seldom.
        push_error: What went wrong last.
        pulls: Its lists that are pulled.
        partial_objects: How many of its objects are not valid.
        problems: What is wrong.
    """

    id: str
    name: str
    status: str
    last_in: int | None
    last_out: int | None
    exchanges: int
    error_rate: float
    pending: int
    parked: int
    push_lag: float
    push_failures: int
    push_error: str | None
    pulls: Sequence[PullStatus]
    partial_objects: int
    problems: Sequence[str]


@dataclass(frozen=True, slots=True)
class PlatformStatus:
    """The health of a platform.

    Attributes:
        schema: The revision of the database.
        expected_schema: The one that this release needs.
        modules: How many objects are stored, by OCPI module.
        partners: The partners.
        commands_pending: Requests of the last hour whose result has not come.
        losses: Objects that another version does not represent in full.
        messages_enabled: Whether the message log is on.
    """

    schema: str | None
    expected_schema: str
    modules: Mapping[str, ModuleSize]
    partners: Sequence[PartnerStatus]
    commands_pending: int
    losses: int
    messages_enabled: bool

    @property
    def partial_objects(self) -> int:
        """Objects of partners that are not valid, even after repairs."""
        return sum(each.partial_objects for each in self.partners)

    @property
    def problems(self) -> list[str]:
        """What is wrong, each beginning with the name of the partner that it is about."""
        return [f"{each.name}: {problem}" for each in self.partners for problem in each.problems]


async def read_status(platform: Operations) -> PlatformStatus:
    """Return the health of a platform whose database is open."""
    now = to_micros(utc_now())
    database = platform.parts.store.database
    figures = await database.read_aside(partial(read_figures, now=now))
    pushes = {each.partner: each for each in await platform.push_status()}
    pulls: dict[str, list[PullState]] = {}
    for state in await platform.pull_status():
        pulls.setdefault(state.partner, []).append(state)
    every = platform.settings.pull.every
    return PlatformStatus(
        schema=await database.read(revision),
        expected_schema=HEAD,
        modules=figures.modules,
        partners=[
            _Reading(each, pushes.get(each.id), pulls.get(each.id, []), now, every).read(figures)
            for each in await platform.partners.every()
        ],
        commands_pending=figures.commands_pending,
        losses=figures.losses,
        messages_enabled=platform.settings.messages.enabled,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """The data about a partner."""

    partner: PartnerRecord
    push: PartnerPush | None
    pulls: Sequence[PullState]
    now: int
    every: float

    def read(self, figures: Figures) -> PartnerStatus:
        partner, push = self.partner, self.push
        traffic = figures.traffic.get(partner.id, Traffic())
        pulls = [self._pull(each) for each in self.pulls]
        others = [push.succeeded if push else None, *(each.ended for each in self.pulls)]
        outs = [at for at in (traffic.last_out, *others) if at is not None]
        return PartnerStatus(
            id=partner.id,
            name=partner.name,
            status="blocked" if partner.blocked is not None else str(partner.status),
            last_in=traffic.last_in,
            last_out=max(outs, default=None),
            exchanges=traffic.count,
            error_rate=traffic.failed / traffic.count if traffic.count else 0.0,
            pending=push.pending if push else 0,
            parked=push.parked if push else 0,
            push_lag=push.behind if push else 0.0,
            push_failures=push.tries if push else 0,
            push_error=push.error if push else None,
            pulls=pulls,
            partial_objects=figures.partial_objects.get(partner.id, 0),
            problems=[] if self._is_idle() else [*self._problems(traffic, pulls)],
        )

    def _is_idle(self) -> bool:
        """Return whether no exchanges are expected with the partner."""
        return self.partner.blocked is not None or self.partner.status is not Status.REGISTERED

    def _pull(self, state: PullState) -> PullStatus:
        age = None if state.ended is None else max(self.now - state.ended, 0) / SECOND
        return PullStatus(state.module, age, state.tries, state.error if state.tries else None)

    def _problems(self, traffic: Traffic, pulls: Sequence[PullStatus]) -> Iterator[str]:
        if self.partner.damaged:
            yield "its record is damaged; 'ocpi db check' lists what"
        yield from self._push_problems()
        for each in pulls:
            if each.failures:
                yield f"the pull of {each.module} failed {each.failures} times: {each.error}"
            elif each.age is not None and each.age > _MISSED_PULLS * self.every:
                yield f"{each.module} was pulled {each.age:.0f} seconds ago"
        if traffic.count >= _FEW and traffic.failed > _MOST_FAILED * traffic.count:
            yield f"{traffic.failed} of {traffic.count} exchanges failed within an hour"

    def _push_problems(self) -> Iterator[str]:
        push = self.push
        if push is None:
            return
        if push.tries:
            yield f"pushes failed {push.tries} times: {push.error}"
        elif push.pending > push.parked and push.behind > _LATE_SECONDS:
            yield f"pushes are {push.behind:.0f} seconds behind"
        if push.parked:
            yield f"{push.parked} objects were refused; 'ocpi push status' lists them"
