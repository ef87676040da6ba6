"""The health of a platform at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ocpi_server._clock import to_micros, utc_now
from ocpi_server._operations import Operations
from ocpi_server.monitoring._figures import Figures, ModuleSize, Traffic, read_figures
from ocpi_server.monitoring._health import PartnerHealth, healths
from ocpi_server.store.database.schema import HEAD, revision
from ocpi_server.store.pulls import PullState
from ocpi_server.sync.schedule import WHY_REFUSED

__all__ = ["PartnerStatus", "PlatformStatus", "PullStatus", "read_status"]


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
        status: Its state; ``blocked`` where an operator blocked it, ``feed`` where it is the
            source of feeds.
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
        refused_feeds: Names of feeds that are not pulled, because of a partner with that name.
        commands_pending: Requests of the last hour whose result has not come.
        losses: Objects that another version does not represent in full.
        messages_enabled: Whether the message log is on.
    """

    schema: str | None
    expected_schema: str
    modules: Mapping[str, ModuleSize]
    partners: Sequence[PartnerStatus]
    refused_feeds: Sequence[str]
    commands_pending: int
    losses: int
    messages_enabled: bool

    @property
    def partial_objects(self) -> int:
        """Objects of partners that are not valid, even after repairs."""
        return sum(each.partial_objects for each in self.partners)

    @property
    def problems(self) -> list[str]:
        """What is wrong, each beginning with the name of the partner or feed that it is about."""
        of_feeds = [
            f"{name}: its feeds are not pulled, since {WHY_REFUSED}" for name in self.refused_feeds
        ]
        of_partners = [f"{each.name}: {one}" for each in self.partners for one in each.problems]
        return of_feeds + of_partners


async def read_status(platform: Operations) -> PlatformStatus:
    """Return the health of a platform whose database is open."""
    now = to_micros(utc_now())
    database = platform.parts.store.database
    figures = await database.read_aside(partial(read_figures, now=now))
    partners = await platform.partners.every()
    found = await healths(platform, now, partners, figures.traffic, Traffic())
    feeds = await platform.parts.schedule.feeds.sources()
    return PlatformStatus(
        schema=await database.read(revision),
        expected_schema=HEAD,
        modules=figures.modules,
        partners=[_status(each, figures) for each in found],
        refused_feeds=feeds.refused,
        commands_pending=figures.commands_pending,
        losses=figures.losses,
        messages_enabled=platform.settings.messages.enabled,
    )


def _status(health: PartnerHealth[Traffic], figures: Figures) -> PartnerStatus:
    partner, push, traffic = health.partner, health.push, health.traffic
    pushed = None if push is None else push.succeeded
    outs = [traffic.last_out, pushed, *(each.ended for each in health.pulls)]
    status = "blocked" if partner.blocked is not None else str(partner.status)
    return PartnerStatus(
        id=partner.id,
        name=partner.label,
        status="feed" if health.is_source else status,
        last_in=traffic.last_in,
        last_out=max((at for at in outs if at is not None), default=None),
        exchanges=traffic.total,
        error_rate=traffic.failed / traffic.total if traffic.total else 0.0,
        pending=push.pending if push else 0,
        parked=push.parked if push else 0,
        push_lag=push.behind if push else 0.0,
        push_failures=push.tries if push else 0,
        push_error=push.error if push else None,
        pulls=[_pull(health, each) for each in health.pulls],
        partial_objects=figures.partial_objects.get(partner.id, 0),
        problems=[each.text for each in health.problems],
    )


def _pull(health: PartnerHealth[Traffic], state: PullState) -> PullStatus:
    error = state.error if state.tries else None
    return PullStatus(state.module, health.age(state), state.tries, error)
