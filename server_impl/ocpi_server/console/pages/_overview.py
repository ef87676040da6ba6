"""The first page: how the platform does, and each of its partners."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from starlette.responses import Response

from ocpi_server.console._console import Console
from ocpi_server.console._visit import Visit
from ocpi_server.console.charts import PartnerTraffic, lag_chart, traffic
from ocpi_server.monitoring import PartnerHealth, healths
from ocpi_server.partners import Status

__all__ = ["overview"]

_DONE: Final = {"withdraw": "The invitation is withdrawn: its token opens nothing any more."}
_MOST: Final = 100
_ORDER: Final = {"bad": 0, "warning": 1, "good": 2, "idle": 3}


async def overview(console: Console, visit: Visit) -> Response:
    """Show all partners, those with problems first."""
    console.days.begin(console.now)
    seen = await traffic(console.database, console.now)
    partners = await console.platform.partners.every()
    found = await healths(console.platform, console.now, partners, seen.partners, PartnerTraffic())
    found.sort(key=lambda each: (_ORDER[each.state.kind], each.partner.label.lower()))
    return console.live_page(
        visit,
        "overview.html",
        healths=visit.page_of(found, _MOST),
        most=_MOST,
        figures=_figures(found),
        modules=await console.sizes(),
        traffic=seen,
        lags=await lag_chart(console.database, console.now, _longest(found)),
        days=await console.days.chart(console.now),
        done=_DONE.get(visit.query("done")),
    )


def _longest(found: Iterable[PartnerHealth[PartnerTraffic]]) -> float:
    return max((each.lag or 0.0 for each in found), default=0.0)


def _figures(found: Iterable[PartnerHealth[PartnerTraffic]]) -> dict[str, int]:
    states = Counter(each.state.kind for each in found)
    return {
        "registered": sum(each.partner.status is Status.REGISTERED for each in found),
        "bad": states["bad"],
        "warning": states["warning"],
        "pending": sum(each.push.pending for each in found if each.push is not None),
    }
