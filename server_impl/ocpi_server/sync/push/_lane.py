"""Sending what a partner has not been sent: its notes, in its own pace."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from ocpi_runtime.errors import OcpiError
from ocpi_server._clock import SECOND, Clock, to_micros
from ocpi_server.partners import PartnerDirectory, PartnerRecord, Status
from ocpi_server.partners.calling import checked_seldom
from ocpi_server.settings import PushRules
from ocpi_server.store import Key, Outbox, Stored
from ocpi_server.store.outbox import PARKED, Attempt, Lane, LaneState, Note
from ocpi_server.sync._pauses import pause
from ocpi_server.sync.push._failures import Unsendable, is_of_partner

__all__ = ["LaneWork"]

log = logging.getLogger("ocpi_server.push")

_BATCH: Final = 64
_GROUP: Final = 16
"""Number of objects that are read together, just before they are sent."""
_BLOCKED: Final = 30 * SECOND
"""After so long it is looked at again whether a partner is blocked."""


class Send(Protocol):
    """Sends what partners have not been sent."""

    async def load(self, notes: Sequence[Note]) -> Mapping[Key, Stored]:
        """Read the objects of notes; what is gone or damaged is left out."""
        ...

    async def send(self, partner: PartnerRecord, note: Note, known: Stored | None) -> str | None:
        """Send a note; return where a CDR can be read then."""
        ...

    async def refill(self, partner: PartnerRecord, lane: Lane) -> None:
        """Note the next own objects for a partner that is to have them all."""
        ...


@dataclass(slots=True)
class _Batch:
    """Notes on their way.

    Attributes:
        waiting: Those whose objects are read and that are not sent yet.
        known: The objects.
        attempts: How the others went.
        fault: What was wrong with the partner.
    """

    waiting: deque[Note] = field(default_factory=deque)
    known: Mapping[Key, Stored] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    fault: Exception | None = None


class LaneWork:
    """Sends the notes of one partner until none is due, or the partner fails.

    Args:
        directory: Looks partners up.
        outbox: Keeps what is to be sent.
        calls: Sends it.
        rules: How many at a time, and how long one may take.
        clock: Returns the current time.
    """

    def __init__(
        self,
        directory: PartnerDirectory,
        outbox: Outbox,
        calls: Send,
        rules: PushRules,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._outbox = outbox
        self._calls = calls
        self._rules = rules
        self._clock = clock

    async def __call__(self, partner_id: str, may_send: Callable[[], bool]) -> None:
        """Send what is due.

        Args:
            partner_id: The partner.
            may_send: Returns whether this process is still the one that sends to it.
        """
        partner = await self._directory.get(partner_id)
        if partner is None or partner.status is not Status.REGISTERED:
            await self._outbox.close(partner_id)
            return
        if not partner.active:
            await self._postpone(partner)
            return
        with checked_seldom():
            while may_send() and await self._round(partner, may_send):
                pass

    async def _postpone(self, partner: PartnerRecord) -> None:
        reason = "blocked" if partner.blocked else "not approved, or damaged"
        now = self._now()
        state = LaneState(1, now + _BLOCKED, f"The partner is {reason}.", now)
        await self._outbox.settle(partner.id, (), state)

    async def _round(self, partner: PartnerRecord, may_send: Callable[[], bool]) -> bool:
        """Send a batch; return whether there may be more to send now."""
        lane = await self._outbox.lane(partner.id)
        if lane is None or lane.due > self._now():
            return False
        if lane.refill is not None:
            await self._calls.refill(partner, lane)
        # A partner that failed is tried with a single object first.
        most = 1 if lane.tries else _BATCH
        notes = await self._outbox.load(partner.id, self._now(), most)
        if not notes:
            return lane.refill is not None
        batch = await self._send(partner, notes, may_send)
        await self._outbox.settle(partner.id, batch.attempts, self._state(partner, lane, batch))
        return batch.fault is None

    async def _send(
        self, partner: PartnerRecord, notes: Sequence[Note], may_send: Callable[[], bool]
    ) -> _Batch:
        batch = _Batch()

        async def work() -> None:
            while batch.waiting and batch.fault is None and may_send():
                await self._one(partner, batch.waiting.popleft(), batch)

        for start in range(0, len(notes), _GROUP):
            if batch.fault is not None or not may_send():
                break
            batch.waiting = deque(notes[start : start + _GROUP])
            batch.known = await self._calls.load(batch.waiting)
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._rules.at_once, len(batch.waiting))):
                    group.create_task(work())
        return batch

    async def _one(self, partner: PartnerRecord, note: Note, batch: _Batch) -> None:
        try:
            async with asyncio.timeout(self._rules.seconds):
                known = batch.known.get(note.key)
                attempt = Attempt(note, await self._calls.send(partner, note, known))
        except Exception as error:  # noqa: BLE001 - what is wrong with one keeps no other
            attempt = self._failed(partner, note, error)
            if is_of_partner(error):
                batch.fault = error
        if note.kind == "cdr" and attempt.error is None:
            await self._outbox.settle(partner.id, (attempt,), None)
        else:
            batch.attempts.append(attempt)

    def _failed(self, partner: PartnerRecord, note: Note, error: Exception) -> Attempt:
        if not isinstance(error, OcpiError | Unsendable | TimeoutError):
            log.error("a push failed", exc_info=error)
        text = self._text(error)
        fields = {"partner": partner.id, "ocpi_module": note.key.module}
        log.warning(
            "push to %s of %s failed: %s", partner.label, note.key.module, text, extra=fields
        )
        refused = not is_of_partner(error)
        # Retry-After is a pause of the lane.
        wait = pause(note.tries + 1, self._rules.longest_pause)
        due = self._now() + int(wait * SECOND)
        last = note.refused + 1 >= self._rules.most_refusals or note.kind == "cdr"
        if refused and (last or isinstance(error, Unsendable)):
            due = PARKED
        return Attempt(note, error=text, due=due, refused=refused)

    def _state(self, partner: PartnerRecord, lane: Lane, batch: _Batch) -> LaneState:
        now = self._now()
        if batch.fault is None:
            return LaneState(0, 0, None, now)
        wait = pause(lane.tries + 1, self._rules.longest_pause, batch.fault)
        log.warning("pushes to %s pause for %.1f s", partner.label, wait)
        return LaneState(lane.tries + 1, now + int(wait * SECOND), self._text(batch.fault), now)

    def _text(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"No answer came within {self._rules.seconds:g} seconds."
        if isinstance(error, OcpiError):
            return error.message
        return str(error) if isinstance(error, Unsendable) else "An internal error; see the log."

    def _now(self) -> int:
        return to_micros(self._clock())
