"""The schedule of pulls, put together."""

from collections.abc import Callable
from typing import Protocol

from ocpi_runtime.dialect import Dialect
from ocpi_runtime.urls import UrlPolicy
from ocpi_server._clock import Clock
from ocpi_server.partners import PartnerDirectory
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.settings import Settings
from ocpi_server.store import Database
from ocpi_server.store.pulls import PullAgenda
from ocpi_server.sync.pull import Puller
from ocpi_server.sync.received_files import ReceivedImporter
from ocpi_server.sync.schedule._feeds import FeedPuller
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
        """Looks partners up."""

    @property
    def clients(self) -> PartnerClients:
        """Calls them."""


def assemble_schedule(
    base: ScheduleBase,
    puller: Puller,
    importer: Callable[[Dialect], ReceivedImporter],
    clock: Clock,
) -> PullSchedule:
    """Put the parts together.

    Args:
        base: What the schedule is on.
        puller: Reads the lists of partners.
        importer: Returns what stores the objects of feeds, for a dialect.
        clock: Returns the current time.
    """
    settings, rules = base.settings, base.settings.pull
    run = PullRun(base.directory, PullAgenda(base.database), puller, rules, clock)
    urls = settings.urls
    policy = UrlPolicy(allow_private=urls.allow_private, allow_http=urls.allow_http)
    feeds = FeedPuller(base.directory, run, rules, policy, settings.dialect, importer, clock)
    return PullSchedule(base.directory, base.clients, run, feeds, rules, clock)
