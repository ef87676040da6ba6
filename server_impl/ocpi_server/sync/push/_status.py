"""What an operator sees of pushes, and does about them."""

import msgspec

from ocpi_server._clock import SECOND, Clock, to_micros
from ocpi_server.partners import PartnerDirectory, PartnerRecord
from ocpi_server.store import Outbox
from ocpi_server.store.outbox import Lane, Pending

__all__ = ["PartnerPush", "PushReports"]


class PartnerPush(msgspec.Struct, frozen=True):
    """How pushes to a partner go; instants count microseconds.

    Attributes:
        partner: The id of the partner.
        name: What an operator calls it.
        pending: How many objects it has not been sent.
        parked: How many of them wait for an operator or for their next change.
        since: When the oldest of them changed; None where there is none.
        behind: How many seconds ago that was.
        tries: How often the partner failed in a row.
        error: What went wrong last; None where the last push succeeded.
        failed: When the partner failed last.
        succeeded: When it was sent something last.
        next: When it is tried again after failures.
        filling: Whether more objects are still to be noted for it.
    """

    partner: str
    name: str
    pending: int
    parked: int
    since: int | None
    behind: float
    tries: int
    error: str | None
    failed: int | None
    succeeded: int | None
    next: int | None
    filling: bool


class PushReports:
    """Reports on pushes.

    Args:
        directory: Looks partners up.
        outbox: What they have not been sent.
        clock: Returns the current time.
    """

    def __init__(self, directory: PartnerDirectory, outbox: Outbox, clock: Clock) -> None:
        self._directory = directory
        self._outbox = outbox
        self._clock = clock

    async def status(self, partner_id: str | None = None) -> list[PartnerPush]:
        """Return how pushes to each registered partner go, or to one of them."""
        now = to_micros(self._clock())
        counts = await self._outbox.counts(now)
        lanes = {lane.partner: lane for lane in await self._outbox.lanes()}
        return [
            _report(each, lanes[each.id], counts.get(each.id), now)
            for each in await self._directory.every()
            if each.id in lanes and (partner_id is None or partner_id == each.id)
        ]

    async def pending(self, partner_id: str, most: int = 100) -> list[Pending]:
        """Return what a partner has not been sent: what failed first, then the oldest."""
        return await self._outbox.pending(partner_id, most)


def _report(
    partner: PartnerRecord, lane: Lane, counts: tuple[int, int, int, int] | None, now: int
) -> PartnerPush:
    pending, parked, _, since = counts or (0, 0, 0, 0)
    return PartnerPush(
        partner=partner.id,
        name=partner.label,
        pending=pending,
        parked=parked,
        since=since or None,
        behind=max(now - since, 0) / SECOND if since else 0.0,
        tries=lane.tries,
        error=lane.error,
        failed=lane.failed,
        succeeded=lane.succeeded,
        next=lane.due if lane.tries else None,
        filling=lane.refill is not None,
    )
