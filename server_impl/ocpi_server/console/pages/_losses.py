"""What other versions cannot represent, and objects of partners that are not valid."""

from typing import Final

from sqlalchemy import exists, select
from starlette.responses import Response

from ocpi_server.console._choice import choose
from ocpi_server.console._console import Console
from ocpi_server.console._visit import Visit
from ocpi_server.store.database.tables import partial_objects, partners

__all__ = ["losses"]

_MOST: Final = 100


async def losses(console: Console, visit: Visit) -> Response:
    """Show losses, and the partial objects of a partner."""
    statement = (
        select(partners.c.id)
        .where(exists().where(partial_objects.c.source == partners.c.id))
        .order_by(partners.c.name)
    )
    rows = await console.database.read(lambda link: link.execute(statement).all())
    names = await console.partner_names()
    sources = {row.id: names.get(row.id, row.id) for row in rows}
    choice = choose(visit.query("partner"), sources)
    if choice.id not in sources and not choice.matches:
        choice = choose(next(iter(sources), ""), sources)
    partials = []
    if choice.id in sources:
        known = await console.platform.partner(choice.id)
        partials = (await console.platform.partial_objects(known))[:_MOST]
    return console.page(
        visit,
        "losses.html",
        lossy=await console.platform.losses(_MOST),
        sources=sources,
        choice=choice,
        partials=partials,
        most=_MOST,
    )
