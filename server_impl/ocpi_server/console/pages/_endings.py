"""The end of a registration, and of an invitation: each is asked for once more."""

from starlette.responses import RedirectResponse, Response

from ocpi_runtime.errors import NotFound, OcpiError
from ocpi_server.console._console import Console
from ocpi_server.console._visit import Visit
from ocpi_server.partners import PartnerRecord, Status, WrongState

__all__ = ["end", "ending", "withdraw", "withdrawal"]


async def ending(console: Console, visit: Visit) -> Response:
    """Show the page on which the end of a registration is confirmed."""
    visit.require("partners:write")
    known = await console.platform.partner(visit.path("partner"))
    if known.status is not Status.REGISTERED:
        raise WrongState(f"{known.label} is {known.status}: it has no registration to end.")
    return console.page(visit, "end.html", partner=known, problem="")


async def end(console: Console, visit: Visit) -> Response:
    """End a registration; where the partner cannot be reached, offer to end it here only."""
    visit.require("partners:write")
    known = await console.platform.partner(visit.path("partner"))
    try:
        reached = await console.platform.end(known.id, force=bool(visit.field("force")))
    except NotFound:
        raise
    except OcpiError as error:
        return await _not_ended(console, visit, known, error)
    done = "end" if reached else "end-here"
    return RedirectResponse(f"/console/partners/{known.id}?done={done}", 303)


async def _not_ended(
    console: Console, visit: Visit, known: PartnerRecord, error: OcpiError
) -> Response:
    problem = f"Unregistering at {known.label} failed: {error.message} It is blocked here."
    known = await console.platform.partner(known.id)
    return console.page(visit, "end.html", status=409, partner=known, problem=problem)


async def withdrawal(console: Console, visit: Visit) -> Response:
    """Show the page on which the withdrawal of an invitation is confirmed."""
    visit.require("partners:write")
    known = await console.platform.partner(visit.path("partner"))
    if known.status is not Status.INVITED:
        raise WrongState(f"{known.label} is {known.status}: it has no invitation to withdraw.")
    return console.page(visit, "withdraw.html", partner=known)


async def withdraw(console: Console, visit: Visit) -> Response:
    """Withdraw an invitation; a partner that was never registered is gone with it."""
    visit.require("partners:write")
    await console.platform.administration.withdraw(visit.path("partner"))
    return RedirectResponse("/console/?done=withdraw", 303)
