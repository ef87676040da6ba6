"""A partner: what is agreed on with it, how exchanges go, and what can be done."""

from typing import Any, Final

from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from ocpi_server.console._console import Console
from ocpi_server.console._visit import Visit
from ocpi_server.console.charts import PartnerTraffic, lag_chart, traffic
from ocpi_server.console.pages._dialects import shown
from ocpi_server.message_log import MessageFilter
from ocpi_server.monitoring import healths
from ocpi_server.partners import PartnerRecord, Status
from ocpi_server.store.database.tables import partners as table
from ocpi_server.sync.schedule import Busy

__all__ = ["act", "partner"]

_LOOKED_AT: Final = 500
_MESSAGES: Final = 10


async def partner(console: Console, visit: Visit) -> Response:
    """Show a partner."""
    known = await console.platform.partner(visit.path("partner"))
    console.days.begin(console.now)
    seen = await traffic(console.database, console.now, known.id)
    feeds = await console.platform.parts.schedule.feeds.lists()
    (health,) = await healths(
        console.platform, console.now, [known], seen.partners, PartnerTraffic()
    )
    lists = await console.lists(source=known.id)
    messages = await console.messages.list(MessageFilter(partner=known.id, limit=_MESSAGES))
    return console.page(
        visit,
        "partner.html",
        partner=known,
        health=health,
        traffic=seen,
        lags=await lag_chart(console.database, console.now, health.lag, known.id),
        days=await console.days.chart(
            console.now, known.id, {str(each.party) for each in known.roles}
        ),
        feeds=[feed for (source, _), feed in feeds.items() if source == known.id],
        kept=console.platform.settings.messages.enabled,
        lists=await console.platform.parts.schedule.lists_of(known),
        dialect=shown(known.spoken(console.platform.partners.dialect)),
        repairs=(await console.browser.repairs(lists, _LOOKED_AT)).most_common(),
        looked_at=_LOOKED_AT,
        messages=messages.messages,
        stored=sum(each.total for each in lists),
        done=_DONE.get(visit.query("done")),
        dates=await _dates(console, known.id),
    )


async def _dates(console: Console, partner_id: str) -> dict[str, int | None]:
    columns = (table.c.created, table.c.updated, table.c.agreed)
    statement = select(*columns).where(table.c.id == partner_id)
    row = await console.database.read(lambda link: link.execute(statement).first())
    return dict(row._mapping) if row is not None else {}  # noqa: SLF001 - the public face of a row


async def act(console: Console, visit: Visit) -> Response:
    """Do something about a partner, and show it again."""
    known = await console.platform.partner(visit.path("partner"))
    action = visit.path("action")
    if action not in _ACTIONS:
        raise ValueError(f"Action {action} is not supported.")
    scope, work = _ACTIONS[action]
    visit.require(scope)
    await work(console, visit, known)
    return RedirectResponse(f"/console/partners/{known.id}?done={action}", 303)


async def _renew(console: Console, _visit: Visit, known: PartnerRecord) -> None:
    await console.platform.renew(known)


async def _block(console: Console, _visit: Visit, known: PartnerRecord) -> None:
    await console.platform.administration.set_blocked(known.id, blocked=True)


async def _unblock(console: Console, _visit: Visit, known: PartnerRecord) -> None:
    await console.platform.administration.set_blocked(known.id, blocked=False)


async def _approve(console: Console, _visit: Visit, known: PartnerRecord) -> None:
    await console.platform.administration.approve(known.id)


async def _reject(console: Console, _visit: Visit, known: PartnerRecord) -> None:
    await console.platform.administration.reject(known.id)


async def _resync(console: Console, visit: Visit, known: PartnerRecord) -> None:
    if not await console.platform.resync(known.id, visit.field("module") or None):
        raise ValueError(f"{known.label} is not registered: nothing is pushed to it.")


async def _retry(console: Console, _visit: Visit, known: PartnerRecord) -> None:
    await console.platform.retry_pushes(known.id)


async def _pull(console: Console, visit: Visit, known: PartnerRecord) -> None:
    module, whole = visit.field("module"), bool(visit.field("whole"))

    async def work() -> None:
        try:
            await console.platform.pull(known, module, whole=whole)
        except Busy:
            return  # somebody is at it already

    await _check_pulled(console, known, module)
    if not console.background.try_start(work(), f"pull of {module}", known.id):
        raise ValueError("Too much is done for this partner at the moment; try again later.")


async def _check_pulled(console: Console, known: PartnerRecord, module: str) -> None:
    allowed = await console.platform.parts.schedule.lists_of(known)
    if module not in allowed:
        listed = ", ".join(allowed) or "none"
        raise ValueError(f"Module {module!r} cannot be pulled. Allowed: {listed}.")
    if known.status is Status.REGISTERED and not known.active:
        raise ValueError(f"{known.label} is blocked, not approved, or not registered.")


_ACTIONS: Final[dict[str, tuple[str, Any]]] = {
    "renew": ("partners:write", _renew),
    "block": ("partners:write", _block),
    "unblock": ("partners:write", _unblock),
    "approve": ("partners:write", _approve),
    "reject": ("partners:write", _reject),
    "resync": ("state:write", _resync),
    "retry": ("state:write", _retry),
    "pull": ("state:write", _pull),
}
"""What can be done about a partner, with the scope that it needs."""

_DONE: Final = {
    "renew": "The registration is renewed: both sides have new tokens.",
    "block": "The partner is blocked: its requests are refused, and it is sent none.",
    "unblock": "The partner is no longer blocked.",
    "approve": "The roles are approved.",
    "reject": "The roles are rejected.",
    "end": "The registration has ended on both sides.",
    "end-here": "The registration has ended here. The partner could not be reached.",
    "dialect": "The dialect is stored; what the partner sends from now on is read by it.",
    "resync": "All objects that the partner may see are pushed to it again.",
    "retry": "What had failed is pushed again.",
    "pull": "The pull has begun; this page shows its end once it is loaded again.",
}
