"""The push queue: what partners have not been sent, and the lists that are pulled from them."""

from collections.abc import Iterable
from typing import Final

from starlette.responses import Response

from ocpi_server.console._console import Console
from ocpi_server.console._visit import Visit
from ocpi_server.store import Key, Stored
from ocpi_server.store.outbox import Pending

__all__ = ["pushes"]

_MOST: Final = 100


async def pushes(console: Console, visit: Visit) -> Response:
    """Show how pushes to each partner go, and what one of them has not been sent."""
    states = await console.platform.push_status()
    ordered = sorted(states, key=lambda each: (-each.tries, -each.pending, each.name.lower()))
    waiting = [each for each in states if each.pending or each.tries or each.filling]
    chosen = visit.query("partner") or (waiting[0].partner if waiting else "")
    known = {each.partner: each for each in states}
    partners = await console.platform.partners.every()
    pending = await console.platform.pending_pushes(chosen, _MOST) if chosen else []
    return console.live_page(
        visit,
        "pushes.html",
        states=visit.page_of(ordered, _MOST),
        chosen=known.get(chosen),
        pending=pending,
        stored=await _stored(console, pending),
        most=_MOST,
        pulls=sorted(
            await console.platform.pull_status(), key=lambda each: (-each.tries, each.due)
        ),
        names={each.id: each.label for each in partners},
        blocked={each.id for each in partners if each.blocked is not None},
    )


async def _stored(console: Console, pending: Iterable[Pending]) -> dict[Key, Stored]:
    """Return the objects that were not sent, whose ids the queue has without their case."""
    store = console.platform.parts.store
    found = [(each.key, await store.get(each.key)) for each in pending]
    return {key: stored for key, stored in found if stored is not None}
