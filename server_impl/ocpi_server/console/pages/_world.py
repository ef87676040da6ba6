"""The map of locations."""

from typing import Final

from starlette.responses import Response

from ocpi_server.console._console import Console
from ocpi_server.console._map import frame_of, marks, outline, places, read_frame
from ocpi_server.console._visit import Visit
from ocpi_server.store import OWN

__all__ = ["world"]

_MOST: Final = 1000


async def world(console: Console, visit: Visit) -> Response:
    """Show the newest locations of everybody, of this platform, or of a partner."""
    whose = visit.query("whose") or "all"
    source = OWN if whose == "own" else whose
    lists = [
        each
        for each in await console.lists()
        if each.module == "locations" and (whose == "all" or each.source == source)
    ]
    points = places(await console.browser.newest(lists, _MOST))
    frame = read_frame(visit.query("frame")) or frame_of(points)
    return console.page(
        visit,
        "map.html",
        whose=whose,
        names=await console.partner_names(),
        total=sum(each.total for each in lists),
        most=_MOST,
        frame=frame,
        marks=sorted(marks(points, frame), key=lambda each: -len(each.locations)),
        outline=outline(),
    )
