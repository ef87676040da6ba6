"""Commands: those that were sent to partners, and those that wait for a back end."""

from typing import Any, Final

import msgspec
from sqlalchemy import and_, or_, select
from starlette.responses import Response

from ocpi_server._clock import SECOND
from ocpi_server.console._choice import choose
from ocpi_server.console._console import Console
from ocpi_server.console._visit import Visit, row_number
from ocpi_server.monitoring import State
from ocpi_server.store.database.operator_tables import operator_orders, operator_requests
from ocpi_server.store.database.tables import exchanges

__all__ = ["commands"]

_PAGE: Final = 50
_MOST_ORDERS: Final = 20
_GOOD: Final = frozenset({"ACCEPTED"})
_ORDERS: Final = {
    "OPEN": State("waiting", "warning"),
    "DONE": State("done", "good"),
    "TIMEOUT": State("too late", "bad"),
}

_DONE: Final = {
    "accepted": ("done", "The partner has accepted the command; its result is awaited."),
    "refused": ("caution", "The partner has refused the command."),
    "failed": ("problem", "The command could not be sent."),
}
"""What the page states after a command was sent, and how good that is."""


async def commands(console: Console, visit: Visit) -> Response:
    """Show a page of what was sent, and the latest orders for a back end, the latest first."""
    names = await console.partner_names()
    choice = choose(visit.query("partner"), names)
    rows = await _rows(console, visit, choice.id)
    shown = rows[:_PAGE]
    following = shown[-1] if len(rows) > _PAGE else None
    limit = console.now - int(console.platform.settings.command_timeout * 2 * SECOND)
    return console.live_page(
        visit,
        "commands.html",
        rows=[(row, _state(row, limit)) for row in shown],
        names=names,
        choice=choice,
        done=_DONE.get(visit.query("done")),
        orders=[(each, _ORDERS.get(each["state"])) for each in await _orders(console)],
        following=None if following is None else f"{following['created']}.{following['uid']}",
    )


async def _rows(console: Console, visit: Visit, partner: str) -> Any:
    created, uid = exchanges.c.created, exchanges.c.uid
    statement = (
        select(
            exchanges,
            operator_requests.c.state,
            operator_requests.c.response,
            operator_requests.c.message,
        )
        .outerjoin(operator_requests, operator_requests.c.id == uid)
        .order_by(created.desc(), uid.desc())
        .limit(_PAGE + 1)
    )
    if partner:
        statement = statement.where(exchanges.c.partner_id == partner)
    at, _, name = visit.query("before").partition(".")
    before = row_number(at)
    if before is not None:
        earlier = or_(created < before, and_(created == before, uid < name))
        statement = statement.where(created <= before, earlier)
    return await console.database.read(lambda link: link.execute(statement).mappings().all())


async def _orders(console: Console) -> Any:
    """Return what a back end had to do or to decide last."""
    columns = (operator_orders.c[name] for name in ("id", "kind", "state", "created", "result"))
    statement = select(*columns).order_by(operator_orders.c.created.desc()).limit(_MOST_ORDERS)
    return await console.database.read(lambda link: link.execute(statement).mappings().all())


def _state(row: Any, limit: int) -> State:
    """Return the state of a request: its result, or that it waits for one."""
    if row["state"] == "FAILED" and row["result"] is None:
        return State("failed", "bad")
    if row["result"] is None and (row["response"] or "ACCEPTED") not in _GOOD:
        return State(str(row["response"]).lower()[:40], "bad")
    if row["result"] is None:
        return State("no result", "bad") if row["created"] < limit else State("waiting", "warning")
    try:
        result = msgspec.json.decode(row["result"])
    except msgspec.DecodeError:
        result = None
    text = str(result.get("result", "answered")) if isinstance(result, dict) else "answered"
    return State(text.lower()[:40], "good" if text.upper() in _GOOD else "bad")
