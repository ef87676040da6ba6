"""Requests of ours whose result comes later: commands and charging profiles."""

from typing import Any, Final

import msgspec
from sqlalchemy import and_, or_, select
from starlette.responses import Response

from ocpi_server.console._console import Console
from ocpi_server.console._health import State
from ocpi_server.console._visit import Visit, row_number
from ocpi_server.store.database.tables import exchanges

__all__ = ["commands"]

_PAGE: Final = 50
_MICROS: Final = 1_000_000
_GOOD: Final = frozenset({"ACCEPTED"})


async def commands(console: Console, visit: Visit) -> Response:
    """Show a page of them, the latest first."""
    rows = await _rows(console, visit)
    shown = rows[:_PAGE]
    following = shown[-1] if len(rows) > _PAGE else None
    limit = console.now - int(console.platform.settings.command_timeout * 2 * _MICROS)
    return console.page(
        visit,
        "commands.html",
        rows=[(row, _state(row, limit)) for row in shown],
        names=await console.partner_names(),
        following=None if following is None else f"{following['created']}.{following['uid']}",
    )


async def _rows(console: Console, visit: Visit) -> Any:
    created, uid = exchanges.c.created, exchanges.c.uid
    statement = select(exchanges).order_by(created.desc(), uid.desc()).limit(_PAGE + 1)
    if visit.query("partner"):
        statement = statement.where(exchanges.c.partner_id == visit.query("partner"))
    at, _, name = visit.query("before").partition(".")
    before = row_number(at)
    if before is not None:
        earlier = or_(created < before, and_(created == before, uid < name))
        statement = statement.where(created <= before, earlier)
    return await console.database.read(lambda link: link.execute(statement).mappings().all())


def _state(row: Any, limit: int) -> State:
    """Return the state of a request: its result, or that it waits for one."""
    if row["result"] is None:
        return State("no result", "bad") if row["created"] < limit else State("waiting", "warning")
    try:
        result = msgspec.json.decode(row["result"])
    except msgspec.DecodeError:
        result = None
    text = str(result.get("result", "answered")) if isinstance(result, dict) else "answered"
    return State(text.lower()[:40], "good" if text.upper() in _GOOD else "bad")
