"""The schedule of pulls, put together."""

from typing import Protocol

from ocpi_server._clock import Clock
from ocpi_server.partners import PartnerDirectory
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.settings import Settings
from ocpi_server.store import Database
from ocpi_server.store.pulls import PullAgenda
from ocpi_server.sync.pull import Puller
from ocpi_server.sync.schedule._run import PullRun
from ocpi_server.sync.schedule._schedule import PullSchedule

__all__ = ["assemble_schedule"]


class ScheduleBase(Protocol):
    """What a schedule is on."""

    @property
    def settings(self) -> Settings:
        """Who the platform is."""

    @property
    def database(self) -> Database:
        """Where everything is kept."""

    @property
    def directory(self) -> PartnerDirectory:
        """Knows the partners."""

    @property
    def clients(self) -> PartnerClients:
        """Calls them."""


def assemble_schedule(base: ScheduleBase, puller: Puller, clock: Clock) -> PullSchedule:
    """Put the parts together."""
    rules = base.settings.pull
    run = PullRun(base.directory, PullAgenda(base.database), puller, rules, clock)
    return PullSchedule(base.directory, base.clients, run, rules, clock)
