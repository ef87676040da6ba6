"""Objects: those of a module, newest first or by id, and all about one of them."""

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import select
from starlette.responses import Response

from ocpi_runtime.errors import NotFound
from ocpi_runtime.types import PartyId
from ocpi_server._jsonbytes import written_id
from ocpi_server.console._choice import EVERYBODY, OWN_PLATFORM, choose
from ocpi_server.console._console import Console
from ocpi_server.console._history import changes_of, exchanges_about
from ocpi_server.console._pricing import priced
from ocpi_server.console._summaries import COLUMNS, summary
from ocpi_server.console._visit import Visit, row_number
from ocpi_server.console.pages._sending import SCOPE, takes_commands
from ocpi_server.objects.class_names import has_class
from ocpi_server.store import OWN, RenditionStore, Stored
from ocpi_server.store.browsing import ObjectList
from ocpi_server.store.database.outbox_tables import notes
from ocpi_server.versioning.translation import KINDS

__all__ = ["download", "object_page", "objects"]

_PAGE: Final = 50
_MOST_OWNERS: Final = 300
_COMMANDS: Final = {
    "locations": ("Start a session…", "START_SESSION", "location_id"),
    "sessions": ("Stop this session…", "STOP_SESSION", "session_id"),
}
"""What the partner can be asked to do with an object: label, command, and its field for the id."""


async def objects(console: Console, visit: Visit) -> Response:
    """Show a page of the objects of a module."""
    modules = [each for each, _, _ in await console.sizes()] or ["locations"]
    module = visit.query("module") or ("locations" if "locations" in modules else modules[0])
    names = await console.partner_names()
    choice = choose(visit.query("whose"), names, OWN_PLATFORM)
    whose, owner = choice.id or EVERYBODY, _party(visit.query("party"))
    lists = await console.lists(module)
    chosen = [each for each in lists if _is_of(each, whose, owner)]
    found = await _found(console, visit, module, chosen)
    shown = found[:_PAGE]
    return console.page(
        visit,
        "objects.html",
        modules=modules,
        module=module,
        columns=list(COLUMNS.get(module, {})),
        rows=[(each, summary(module, each.raw)) for each in shown],
        names=names,
        choice=choice,
        whose=whose,
        total=sum(each.total for each in chosen),
        owners=sorted({str(each.owner) for each in lists})[:_MOST_OWNERS],
        following=shown[-1].seq if len(found) > _PAGE else None,
    )


async def _found(
    console: Console, visit: Visit, module: str, chosen: Iterable[ObjectList]
) -> list[Stored]:
    """Return one object more than a page has, if there is one."""
    prefix, mark = visit.query("id"), visit.number("before")
    if not prefix and not visit.query("party"):
        return await console.browser.newest(chosen, _PAGE + 1, mark)
    sources = {each.source for each in chosen}
    after = await console.platform.parts.store.get_seq(mark) if mark else None
    found = await console.browser.named(
        module,
        {each.owner for each in chosen},
        prefix,
        _PAGE + 1,
        None if after is None else after.key,
    )
    return [each for each in found if each.source in sources]


def _is_of(listed: ObjectList, whose: str, owner: PartyId | None) -> bool:
    wanted = {EVERYBODY: listed.source, "own": OWN}.get(whose, whose)
    return listed.source == wanted and owner in {None, listed.owner}


def _party(text: str) -> PartyId | None:
    country, _, party = text.upper().replace("*", "-").partition("-")
    return PartyId(country, party) if text else None


async def object_page(console: Console, visit: Visit) -> Response:
    """Show one object."""
    stored = await _stored(console, visit)
    versions = _versions(console, stored)
    version = visit.query("version")
    version = version if version in versions else stored.version
    rendition = None
    if version != stored.version:
        rendition = await console.platform.parts.renditions.rendition(stored, version)
    kept = await RenditionStore(console.database).all_of(stored.seq)
    names = await console.partner_names()
    return console.page(
        visit,
        "object.html",
        stored=stored,
        values=summary(stored.key.module, stored.raw),
        source=names.get(stored.source),
        versions=versions,
        version=version,
        raw=stored.raw if rendition is None else rendition.raw,
        rendition=rendition,
        losses=[each for each in kept if each.losses],
        repairs=await console.platform.parts.store.get_repairs(stored.key),
        pending=await _pending(console, stored, names),
        changes=await changes_of(console, stored),
        exchanges=await exchanges_about(console, stored),
        pricing=await priced(console.platform, stored),
        command=await _command(console, visit, stored),
        kept=console.platform.settings.messages.enabled,
        body_bytes=console.platform.settings.messages.body_bytes,
    )


async def _command(console: Console, visit: Visit, stored: Stored) -> tuple[str, str] | None:
    """Return the label and URL of what the partner can be asked to do; None where there is none."""
    known = _COMMANDS.get(stored.key.module)
    if known is None or stored.source == OWN or not visit.may(SCOPE):
        return None
    if not takes_commands(await console.platform.partner(stored.source)):
        return None
    label, command, name = known
    values = {
        "command": command,
        "partner": stored.source,
        name: written_id(stored.key.uid, stored.raw),
    }
    return label, f"/console/commands/new?{urlencode(values)}"


async def download(console: Console, visit: Visit) -> Response:
    """Send the text of an object as a file."""
    stored = await _stored(console, visit)
    headers = {"content-disposition": f'attachment; filename="object-{stored.seq}.json"'}
    return Response(bytes(stored.raw), media_type="application/json", headers=headers)


async def _stored(console: Console, visit: Visit) -> Stored:
    place = row_number(visit.path("place"))
    stored = None if place is None else await console.platform.parts.store.get_seq(place)
    if stored is None or not has_class(stored.key.module):
        raise NotFound("This object does not exist any more.")
    return stored


def _versions(console: Console, stored: Stored) -> list[str]:
    known = set(console.platform.settings.versions) if stored.key.module in KINDS else set()
    return sorted({stored.version, *known})


async def _pending(console: Console, stored: Stored, names: dict[str, str]) -> list[dict[str, Any]]:
    """Return what partners have not been sent of an own object."""
    if stored.source != OWN:
        return []
    columns = (notes.c.partner, notes.c.kind, notes.c.since, notes.c.tries, notes.c.error)
    same = [notes.c[name] == getattr(stored.key, name) for name in stored.key._fields[:5]]
    statement = select(*columns).where(*same).limit(_PAGE)
    rows = await console.database.read(lambda link: link.execute(statement).mappings().all())
    return [{**row, "name": names.get(row["partner"], row["partner"])} for row in rows]
