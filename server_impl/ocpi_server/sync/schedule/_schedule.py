"""The schedule: finds what is due, and pulls a few lists at the same time."""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Final

from ocpi_runtime.errors import OcpiError
from ocpi_server._clock import Clock, to_micros
from ocpi_server.observing.work import working
from ocpi_server.partners import PartnerDirectory, PartnerRecord, Status
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.settings import PULLED_MODULES, PullRules
from ocpi_server.store.pulls import PullState
from ocpi_server.sync._lists import OF_HUBS
from ocpi_server.sync.pull import Pulled
from ocpi_server.sync.schedule._feeds import FeedPuller
from ocpi_server.sync.schedule._run import LEASE, Busy, PullRun, Report, longest_pause

__all__ = ["PullSchedule"]

log = logging.getLogger("ocpi_server.sync")

_POLL: Final = 1.0
_PLAN_SECONDS: Final = 5.0
"""How often it is looked which partners there are."""
_BEAT: Final = 4.0
_AT_ONCE: Final = 4


class PullSchedule:
    """Pulls the lists of all partners, and feeds, while the platform is served.

    Args:
        directory: Looks partners up.
        clients: What they offer.
        run: Pulls a list.
        feeds: Pulls feeds of open data.
        rules: Which modules, and when.
        clock: Returns the current time.

    Attributes:
        run: Pulls a list.
        feeds: Pulls feeds of open data.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        clients: PartnerClients,
        run: PullRun,
        feeds: FeedPuller,
        rules: PullRules,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._clients = clients
        self.run = run
        self.feeds = feeds
        self._rules = rules
        self._clock = clock
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._loop: asyncio.Task[None] | None = None
        self._planned = self._beaten = float("-inf")

    def start(self) -> None:
        """Begin, if the settings name modules or feeds."""
        if self._loop is None and (self._rules.modules or self.feeds):
            self._loop = asyncio.create_task(self._repeat(), name="pull")

    async def close(self) -> None:
        """Break off, so that whoever comes next goes on at once."""
        if self._loop is None:
            return
        loop, self._loop = self._loop, None
        tasks = list(self._tasks.values())
        for task in (loop, *tasks):
            task.cancel()
        await asyncio.gather(loop, *tasks, return_exceptions=True)
        await self.run.agenda.leave(self.run.owner)

    async def lists_of(self, partner: PartnerRecord) -> list[str]:
        """Return the modules of the lists and feeds that can be pulled from a partner."""
        feeds = [module for source, module in await self.feeds.plan() if source == partner.id]
        return sorted(feeds) or [
            module for module in PULLED_MODULES if self._is_offered(partner, module)
        ]

    def _is_offered(self, partner: PartnerRecord, module: str) -> bool:
        """Return whether a list can be pulled; only a hub reports on parties of others."""
        is_for_all = module != OF_HUBS or partner.hub_party is not None
        return is_for_all and self._clients.offers(partner, module)

    async def pull(
        self, name: tuple[str, str], *, whole: bool = False, report: Report | None = None
    ) -> Pulled:
        """Pull a list or a feed now, whether it is due or not.

        Args:
            name: Partner and module.
            whole: Whether everything is read, whatever was pulled before.
            report: Called with the progress of a list.

        Raises:
            Busy: Another process pulls it.
            OcpiError: It broke off.
        """
        is_feed = name in await self.feeds.plan()
        state = await self.run.take(name)
        if is_feed:
            return await self.feeds.pull(state, whole=whole)
        return await self.run.pull(state, whole=whole, report=report)

    async def _repeat(self) -> None:
        while True:
            try:
                await self._cycle()
            except Exception:
                log.exception("looking for pulls failed")
            await asyncio.sleep(_POLL)

    async def _cycle(self) -> None:
        now = time.monotonic()
        if now - self._planned >= _PLAN_SECONDS:
            self._planned = now
            await self._plan()
        if self._tasks and now - self._beaten >= _BEAT:
            self._beaten = now
            await self._beat()
        for state in await self.run.agenda.due(to_micros(self._clock())):
            if len(self._tasks) >= _AT_ONCE:
                return
            if self._is_wanted(state.name) and state.name not in self._tasks:
                await self._begin(state.name)

    async def _plan(self) -> None:
        longest = longest_pause((self._rules.every, *self.feeds.periods))
        await self.run.agenda.end_far_pauses(to_micros(self._clock()), longest)
        registered = [
            each for each in await self._directory.every() if each.status is Status.REGISTERED
        ]
        wanted = {
            (each.id, module)
            for each in registered
            if each.active
            for module in self._rules.modules
            if self._is_offered(each, module)
        }
        feeds = await self.feeds.plan()
        known = {each.id for each in registered} | {source for source, _ in feeds}
        await self.run.agenda.plan(wanted | feeds, known)

    def _is_wanted(self, name: tuple[str, str]) -> bool:
        """Return whether a list is still to be pulled; the settings may have changed."""
        partner, module = name
        is_source = self.feeds.is_source(partner)
        return name in self.feeds or (module in self._rules.modules and not is_source)

    async def _beat(self) -> None:
        """Keep what is pulled here, and break off what somebody else has taken."""
        until = time.time_ns() // 1000 + LEASE
        kept = await self.run.agenda.keep(self.run.owner, until)
        for name in self._tasks.keys() - kept:
            self._tasks[name].cancel()

    async def _begin(self, name: tuple[str, str]) -> None:
        with suppress(Busy):
            # Another process may have pulled it since it was looked up.
            state = await self.run.take(name, to_micros(self._clock()))
            self._tasks[name] = asyncio.create_task(self._guarded(state), name=f"pull {name}")

    async def _guarded(self, state: PullState) -> None:
        with working("pull", partner=state.partner, module=state.module):
            await self._pull(state)

    async def _pull(self, state: PullState) -> None:
        try:
            if state.name in self.feeds:
                await self.feeds.pull(state)
            else:
                await self.run.pull(state)
        except Busy:
            log.info("another process pulls %s of %s", state.module, state.partner)
        except OcpiError as error:
            log.warning("pull of %s of %s failed: %s", state.module, state.partner, error.message)
        except Exception:
            log.exception("pull of %s of %s failed", state.module, state.partner)
        finally:
            self._tasks.pop(state.name, None)
