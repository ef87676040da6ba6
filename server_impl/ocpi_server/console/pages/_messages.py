"""The message log: exchanges with partners, and one of them in full."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from ocpi_runtime.errors import NotFound
from ocpi_server.console._choice import choose
from ocpi_server.console._console import Console
from ocpi_server.console._visit import Visit, row_number
from ocpi_server.message_log import MessageFilter

if TYPE_CHECKING:
    from ocpi_server.message_log import Direction

__all__ = ["message", "messages"]


async def messages(console: Console, visit: Visit) -> Response:
    """Show a page of the message log, the latest first."""
    problem, names = None, await console.partner_names()
    choice = choose(visit.query("partner"), names)
    try:
        found = await console.messages.list(_filter(visit, choice.id))
    except ValueError as error:
        problem, found = str(error), await console.messages.list()
    return console.page(
        visit,
        "messages.html",
        problem=problem,
        found=found,
        names=names,
        choice=choice,
        enabled=console.platform.settings.messages.enabled,
        modules=sorted({each.module for each in found.messages if each.module}),
    )


def _filter(visit: Visit, partner: str) -> MessageFilter:
    """Read the filter.

    Raises:
        ValueError: A value is not allowed.
    """
    directions: dict[str, Direction] = {"in": "in", "out": "out"}
    return MessageFilter(
        partner=partner or None,
        module=visit.query("module") or None,
        status=visit.query("status") or None,
        direction=directions.get(visit.query("direction")),
        since=_instant(visit.query("since")),
        until=_instant(visit.query("until")),
        before_id=visit.number("before"),
    )


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a time; write 2026-01-31T12:00.") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


async def message(console: Console, visit: Visit) -> Response:
    """Show one exchange in full."""
    number = row_number(visit.path("number"))
    found = None if number is None else await console.messages.get(number)
    if found is None:
        raise NotFound("This exchange is not kept any more.")
    parts: list[dict[str, Any]] = [
        {
            "name": name,
            "headers": getattr(found, f"{side}_headers"),
            "body": getattr(found, f"{side}_body"),
            "bytes": getattr(found, f"{side}_bytes"),
        }
        for name, side in (("Request", "request"), ("Response", "response"))
    ]
    names = await console.partner_names()
    return console.page(visit, "message.html", found=found, parts_of=parts, names=names)
