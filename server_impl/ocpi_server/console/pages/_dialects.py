"""The dialect of a partner as text: shown without secrets, checked before it is stored."""

import re
from dataclasses import replace
from typing import Final

from starlette.responses import RedirectResponse, Response

from ocpi_runtime.dialect import Dialect, DialectError
from ocpi_server.console._console import Console
from ocpi_server.console._visit import Visit
from ocpi_server.partners import PartnerRecord, WrongState

__all__ = ["change", "edit", "shown"]

_MASK: Final = "********"
_NAME: Final = "dialect"
_AT: Final = re.compile(rf"^{_NAME}:(\d+): ", re.MULTILINE)


def shown(dialect: Dialect) -> str:
    """Return the text of a dialect; headers may carry secrets and are masked."""
    return replace(dialect, headers=dict.fromkeys(dialect.headers, _MASK)).toml()


async def edit(console: Console, visit: Visit) -> Response:
    """Show the dialect of a partner in a form."""
    visit.require("partners:write")
    known = await console.platform.partner(visit.path("partner"))
    text = "" if known.dialect is None else shown(Dialect.parse(known.dialect))
    return _form(console, visit, known, text)


async def change(console: Console, visit: Visit) -> Response:
    """Store the dialect of a partner, or show what is wrong with it."""
    visit.require("partners:write")
    known = await console.platform.partner(visit.path("partner"))
    text = visit.text("toml")
    try:
        dialect = _unmasked(Dialect.parse(text, _NAME), known) if text.strip() else None
        await console.platform.administration.set_dialect(known.id, dialect)
    except (DialectError, WrongState) as error:
        faults = _AT.sub(r"Line \1: ", str(error)).splitlines()
        return _form(console, visit, known, text, faults)
    return RedirectResponse(f"/console/partners/{known.id}?done=dialect", 303)


def _form(
    console: Console, visit: Visit, known: PartnerRecord, text: str, faults: list[str] | None = None
) -> Response:
    return console.page(
        visit,
        "dialect.html",
        status=409 if faults else 200,
        partner=known,
        text=text,
        lines=max(12, text.count("\n") + 3),
        faults=faults or [],
        standard=shown(console.platform.partners.dialect),
        mask=_MASK,
    )


def _unmasked(dialect: Dialect, known: PartnerRecord) -> Dialect:
    """Return a dialect with the stored values of headers that are still masked.

    Raises:
        DialectError: No value is stored of one of them.
    """
    stored = {} if known.dialect is None else Dialect.parse(known.dialect).headers
    masked = [name for name, value in dialect.headers.items() if value == _MASK]
    missing = [name for name in masked if name not in stored]
    if missing:
        raise DialectError(f"headers: no value is stored of {', '.join(missing)}; write it here.")
    return replace(dialect, headers={**dialect.headers, **{name: stored[name] for name in masked}})
