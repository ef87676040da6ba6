"""One pull; the agenda records how far it has come."""

import random
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from ocpi_runtime.errors import OcpiError, ProtocolError
from ocpi_server._clock import CLOCK_SLACK, SECOND, Clock, from_micros, to_micros
from ocpi_server.partners import PartnerDirectory, PartnerRecord
from ocpi_server.settings import PullRules
from ocpi_server.store.pulls import Position, PullAgenda, PullState
from ocpi_server.sync._node_names import is_gone, node_name
from ocpi_server.sync._pauses import LONGEST_ASKED, pause
from ocpi_server.sync._seen_objects import DROPPED
from ocpi_server.sync.pull import Pulled, Puller, PullStart

__all__ = ["LEASE", "Busy", "PullRun", "Report", "longest_pause", "next_pull"]

LEASE: Final = 15_000_000
_SAVE_SECONDS: Final = 1.0
_TRIES: Final = 3
"""After so many failures at one place a pull starts over: the page may be gone there."""
_LONGEST_PAUSE: Final = 900.0
_JITTER: Final = 1.1
_DAY: Final = 86400.0

Report = Callable[[int, int | None], None]
"""Is called with how many objects have come, and how many there are."""


class Busy(Exception):
    """Another process pulls the list."""


def next_pull(now: int, every: float) -> int:
    """Return when the next pull is due; the lists of one interval spread over some time."""
    wait = every * random.uniform(1, _JITTER)  # noqa: S311 - no secret
    return now + int(wait * SECOND)


def longest_pause(periods: Iterable[float]) -> int:
    """Return the longest time until a pull, of lists with these intervals, in microseconds."""
    return int(max(LONGEST_ASKED, *(_JITTER * each for each in periods)) * SECOND) + CLOCK_SLACK


def _why_incomplete(pulled: Pulled) -> str:
    """Return what speaks against the end of a list: what was found last."""
    of_list = [each.message for each in pulled.problems if not each.pointer]
    return f"The list is not complete: {of_list[-1]}" if of_list else "The list ended early."


class PullRun:
    """Pulls lists, each so that another process can go on with it.

    Args:
        directory: Looks partners up.
        agenda: Keeps how far pulls have come.
        puller: Reads lists.
        rules: When the next pull is due.
        clock: Returns the current time.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        agenda: PullAgenda,
        puller: Puller,
        rules: PullRules,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self.agenda = agenda
        self._puller = puller
        self._rules = rules
        self._clock = clock
        self.owner = node_name()

    async def take(self, name: tuple[str, str], due_by: int | None = None) -> PullState:
        """Take the lease of a list.

        Args:
            name: Partner and module.
            due_by: When the list must be due; None: it is taken at any time.

        Raises:
            Busy: Another process does, or has pulled it so that it is not due.
        """
        known = await self.agenda.find(name)
        if known is not None and known.owner is not None and is_gone(known.owner):
            await self.agenda.release_gone(name, known.owner)
        now = time.time_ns() // 1000
        if not await self.agenda.take(name, self.owner, now, now + LEASE, due_by):
            raise Busy
        found = await self.agenda.find(name)
        if found is None:
            raise Busy
        return found

    async def pull(
        self, state: PullState, *, whole: bool = False, report: Report | None = None
    ) -> Pulled:
        """Pull a list that was taken, or go on with it.

        Args:
            state: The list.
            whole: Whether the whole list is read in any case.
            report: Called with the progress.

        Raises:
            OcpiError: It broke off; the agenda records where.
        """
        try:
            partner = await self._partner(state.partner)
            pulled = await self._pulled(partner, state, whole=whole, report=report)
        except Exception as error:
            await self.fail(state, error)
            raise
        return pulled

    async def _partner(self, partner_id: str) -> PartnerRecord:
        partner = await self._directory.get(partner_id)
        if partner is None or not partner.active:
            raise ProtocolError("The partner is blocked, not approved, or not registered.")
        return partner

    async def _pulled(
        self, partner: PartnerRecord, state: PullState, *, whole: bool, report: Report | None
    ) -> Pulled:
        start, date_from = self._start(state, whole=whole)
        if state.began is None or start.began != state.began:
            await self.agenda.begin(state.name, self.owner, start.began, date_from)
        saved = time.monotonic()

        async def on_page(position: Position | None) -> None:
            nonlocal saved
            if position is None:
                return
            if report is not None:
                report(position.items, position.total)
            if time.monotonic() - saved > _SAVE_SECONDS:
                saved = time.monotonic()
                if not await self.agenda.save(state.name, self.owner, position):
                    raise Busy

        pulled = await self._puller.pull(
            partner,
            state.module,
            date_from=None if date_from is None else from_micros(date_from),
            start=start,
            on_page=on_page,
        )
        if not pulled.complete:
            raise ProtocolError(_why_incomplete(pulled))
        await self._ended(state, start.began, whole=date_from is None)
        return pulled

    def _start(self, state: PullState, *, whole: bool) -> tuple[PullStart, int | None]:
        """Return where a pull begins or goes on, and from which instant on it asks."""
        now = to_micros(self._clock())
        # One that a clock began which ran ahead would remove what has come since.
        is_past = state.began is not None and state.began <= now + CLOCK_SLACK
        if state.began is not None and is_past and not (whole and state.date_from is not None):
            position = None
            if state.page_url is not None:
                position = Position(
                    state.page_url, state.items, state.total, state.last, state.seen
                )
            return PullStart(state.began, position), state.date_from
        night = now + int((_DAY + self._rules.splay) * SECOND)
        due = state.module in DROPPED and not now < state.whole_due <= night
        # Pulled by a clock that ran ahead: what has changed since is not known.
        if whole or due or state.since is None or state.since > now + CLOCK_SLACK:
            return PullStart(now), None
        return PullStart(now), state.since - int(self._rules.overlap * SECOND)

    async def _ended(self, state: PullState, began: int, *, whole: bool) -> None:
        now = to_micros(self._clock())
        night = to_micros(self._next_night(self._clock())) if whole else state.whole_due
        await self.agenda.end(
            state.name,
            self.owner,
            ended=now,
            since=began,
            due=next_pull(now, self._rules.every),
            whole_due=night,
        )

    def _next_night(self, now: datetime) -> datetime:
        hour = now.replace(hour=self._rules.nightly, minute=0, second=0, microsecond=0)
        night = hour if hour > now else hour + timedelta(days=1)
        return night + timedelta(seconds=random.uniform(0, self._rules.splay))  # noqa: S311

    async def fail(self, state: PullState, error: Exception) -> None:
        """Note that a pull broke off, and when it is tried again."""
        tries = state.tries + 1
        wait = pause(tries, _LONGEST_PAUSE, error)
        known = isinstance(error, OcpiError)
        text = error.message if isinstance(error, OcpiError) else "An internal error; see the log."
        due = to_micros(self._clock()) + int(wait * SECOND)
        restart = not known or tries % _TRIES == 0
        await self.agenda.fail(state.name, self.owner, text, due, restart=restart)
