"""How many exchanges with partners there were in the last hour, and how many failed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Connection, and_, case, func, select

from ocpi_server._clock import SECOND
from ocpi_server.console.charts._bars import Chart, chart
from ocpi_server.message_log import FAILED
from ocpi_server.store import Database
from ocpi_server.store.database.message_tables import messages

__all__ = ["PartnerTraffic", "Traffic", "traffic"]

_MOST: Final = 10_000
"""So many of the latest exchanges are looked at: a page costs the same however many there are."""
_HOUR: Final = 3600 * SECOND
_BARS: Final = 30
_STEP: Final = _HOUR // _BARS


@dataclass(slots=True)
class PartnerTraffic:
    """The exchanges of one partner.

    Attributes:
        total: How many there were.
        failed: How many of them failed.
        last: When the last one began, in microseconds; None: there is none.
    """

    total: int = 0
    failed: int = 0
    last: int | None = None

    @property
    def error_rate(self) -> float:
        """The share that failed."""
        return self.failed / self.total if self.total else 0.0


@dataclass(frozen=True)
class Traffic:
    """The exchanges of the last hour.

    Attributes:
        partners: Those of each partner.
        chart: Those of each two minutes, what failed on what did not.
    """

    partners: Mapping[str, PartnerTraffic] = field(default_factory=dict)
    chart: Chart = field(default_factory=Chart)

    @cached_property
    def total(self) -> int:
        """How many there were."""
        return sum(each.total for each in self.partners.values())

    @cached_property
    def failed(self) -> int:
        """How many of them failed."""
        return sum(each.failed for each in self.partners.values())


async def traffic(database: Database, now: int, partner: str | None = None) -> Traffic:
    """Return the exchanges of the hour before an instant, as far as they are kept.

    Args:
        database: Where they are kept.
        now: The instant, in microseconds.
        partner: The id of a partner, if only its exchanges are wanted.
    """
    rows = await database.read_aside(lambda link: _rows(link, now, partner))
    partners: dict[str, PartnerTraffic] = {}
    good: Counter[int] = Counter()
    failed: Counter[int] = Counter()
    for whose, step, count, wrong, last in rows:
        known = partners.get(whose or "")
        if known is None:
            known = partners[whose or ""] = PartnerTraffic()
        known.total, known.failed = known.total + count, known.failed + int(wrong)
        known.last = max(known.last or 0, last)
        good[step] += count - int(wrong)
        failed[step] += int(wrong)
    return Traffic(partners, chart([_bar(good, failed, step) for step in range(_BARS)]))


def _rows(link: Connection, now: int, partner: str | None) -> list[Any]:
    newest = link.execute(select(func.max(messages.c.id))).scalar() or 0
    step = (messages.c.at - (now - _HOUR)) // _STEP
    statement = (
        select(
            messages.c.partner,
            step,
            func.count(),
            func.sum(case((FAILED, 1), else_=0)),
            func.max(messages.c.at),
        )
        .where(and_(messages.c.id > newest - _MOST, messages.c.at >= now - _HOUR))
        .group_by(messages.c.partner, step)
    )
    if partner is not None:
        statement = statement.where(messages.c.partner == partner)
    return list(link.execute(statement).all())


def _bar(good: Counter[int], failed: Counter[int], step: int) -> tuple[int, int, str]:
    minutes = (_BARS - step) * _STEP // SECOND // 60
    count = good[step] + failed[step]
    label = f"{minutes} min ago: {count} exchanges, {failed[step]} failed"
    return good[step], failed[step], label
