"""Objects as partners on an earlier edition of their version take them."""

import asyncio
from typing import Final

from ocpi_bridge import NotConvertible
from ocpi_bridge.versions import class_in
from ocpi_runtime.dialect import Dialect, NotInEdition, Repair
from ocpi_runtime.types import UNSET, Raw
from ocpi_server._versions import editions_of
from ocpi_server.store import Shortfall
from ocpi_server.versioning.translation import Translated

__all__ = ["edition_version", "in_editions", "without_editions"]

_AT: Final = "@"
_AND: Final = "+"
_LONGEST: Final = 60


def edition_version(version: str, dialect: Dialect | None) -> str:
    """Return a version with the editions that a partner is on, such as ``2.3.0@core-1``."""
    if dialect is None or not dialect.edition or not editions_of(version):
        return version
    return f"{version}{_AT}{_AND.join(dialect.edition)}"


def without_editions(version: str) -> tuple[str, tuple[str, ...]]:
    """Take a version and its editions apart."""
    number, _, editions = version.partition(_AT)
    return number, tuple(editions.split(_AND)) if editions else ()


async def in_editions(raw: Raw, kind: str, version: str, editions: tuple[str, ...]) -> Translated:
    """Return an object of a version as partners on earlier editions take it.

    Args:
        raw: The object.
        kind: Its class, such as ``Location``.
        version: The version.
        editions: The editions.

    Raises:
        NotConvertible: An edition does not take it.
    """
    if not editions:
        return Translated(raw, ())
    dialect = Dialect(edition=editions)
    try:
        text, changes = await asyncio.to_thread(dialect.adapt, raw, class_in(version, kind))
    except NotInEdition as error:
        raise NotConvertible(str(error), pointer=error.pointer) from error
    return Translated(Raw(text), tuple(_shortfall(each, editions) for each in changes))


def _shortfall(change: Repair, editions: tuple[str, ...]) -> Shortfall:
    what = "does not have it" if change.after is UNSET else f"takes it as {_shown(change.after)}"
    return Shortfall(change.pointer, f"the edition {_AND.join(editions)} {what}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
