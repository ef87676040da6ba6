"""Ends of pauses, as functions of a connection."""

from sqlalchemy import Connection, select, update

from ocpi_server._clock import CLOCK_SLACK
from ocpi_server.store.database.outbox_tables import lanes, notes
from ocpi_server.store.outbox._settling import PARKED

__all__ = ["end_far_pauses", "end_pauses"]


def end_pauses(link: Connection, partner: str | None) -> int:
    """Make all that failed due, parked notes too; return how many notes these are.

    Args:
        link: Within a transaction.
        partner: The partner; None: all.
    """
    of_notes = [] if partner is None else [notes.c.partner == partner]
    of_lanes = [] if partner is None else [lanes.c.partner == partner]
    link.execute(update(lanes).where(*of_lanes).values(due=0))
    changed = update(notes).where(notes.c.due > 0, *of_notes).values(due=0, refused=0)
    return int(link.execute(changed).rowcount)


def end_far_pauses(link: Connection, now: int, longest: int) -> None:
    """End pauses that a clock has written which ran ahead and was set back.

    Args:
        link: Within a transaction.
        now: The present instant.
        longest: How long an object may pause, in microseconds.
    """
    failed_later = (lanes.c.failed > now + CLOCK_SLACK, lanes.c.due > now)
    link.execute(update(lanes).where(*failed_later).values(due=0))
    far = (
        notes.c.partner.in_(select(lanes.c.partner)),  # of all: the index begins with the partner
        notes.c.due > now + longest + CLOCK_SLACK,
        notes.c.due < PARKED,
    )
    link.execute(update(notes).where(*far).values(due=0))
