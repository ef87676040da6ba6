"""The map of locations."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response

from ocpi_server.console._choice import EVERYBODY, OWN_PLATFORM
from ocpi_server.console._console import Console
from ocpi_server.console._map import frame_of, marks, outline, places, read_frame
from ocpi_server.console._visit import Visit
from ocpi_server.store import OWN
from ocpi_server.store.browsing import ObjectList

__all__ = ["world"]

_MOST: Final = 1000
_ACROSS: Final = {"broad": 45, "slim": 15}
"""How many points have room beside each other, on a wide window and on a phone: 24 pixels each."""
_LISTED: Final = 50
_CHUNK: Final = 100
_MOST_BYTES: Final = 50_000_000
"""So much of objects is read: those of a partner may be of a megabyte each."""


async def world(console: Console, visit: Visit) -> Response:
    """Show the newest locations of everybody, of this platform, or of a partner."""
    choice = await console.choice(visit.query("whose"), OWN_PLATFORM)
    whose = choice.id or EVERYBODY
    source = OWN if whose == "own" else whose
    lists = [
        each
        for each in await console.lists("locations")
        if (whose == EVERYBODY or each.source == source)
    ]
    points, looked_at = await _points(console, lists)
    frame = read_frame(visit.query("frame")) or frame_of(points)
    inside = frame.inside(points)
    return console.page(
        visit,
        "map.html",
        choice=choice,
        total=sum(each.total for each in lists),
        looked_at=looked_at,
        frame=frame,
        layers={name: marks(inside, frame, across) for name, across in _ACROSS.items()},
        inside=inside,
        most=_LISTED,
        outline=outline(),
    )


async def _points(
    console: Console, lists: Sequence[ObjectList]
) -> tuple[list[tuple[float, float, int, str]], int]:
    """Return where the newest locations are, and how many were looked at."""
    found: list[tuple[float, float, int, str]] = []
    size = looked_at = 0
    newest = await console.browser.newest_places(lists, _MOST)
    for start in range(0, len(newest), _CHUNK):
        some = await console.browser.at(newest[start : start + _CHUNK])
        found += places(some)
        looked_at += len(some)
        size += sum(len(each.raw) for each in some)
        if size >= _MOST_BYTES:
            break
    return found, looked_at
