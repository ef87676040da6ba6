"""What has changed between two texts of an object, as a PATCH."""

from collections.abc import Collection
from typing import Final

from msgspec import Raw as Part
from msgspec import json

from ocpi_runtime.types import Raw
from ocpi_server._jsonbytes import assemble, elements, fields, write_list

__all__ = ["difference"]

_STAMP: Final = "last_updated"
_MOST: Final = 0.5
"""From this share of the whole object on it is put, not patched."""


def difference(before: bytes | None, now: bytes, grows: Collection[str] = ()) -> Raw | None:
    """Return the PATCH that turns one text into the other.

    Args:
        before: The text that the other side has, in the same version; None where it is not known.
        now: The text that it shall have.
        grows: Fields whose items a PATCH adds to those that are there.

    Returns:
        None where the whole object should be sent: it is not known what the other side has,
        nothing changed, or too much.
    """
    if before is None:
        return None
    old, new = fields(before), fields(now)
    news = {name: part for name, part in new.items() if not _same(old.get(name), part)}
    gone = old.keys() - new.keys()
    if not (news.keys() | gone) - {_STAMP} or gone & set(grows):
        return None
    for name in news.keys() & set(grows):
        added = _added(old.get(name), news[name])
        if added is None:
            return None
        news[name] = added
    news |= {name: Part(b"null") for name in gone}
    if _STAMP in new:
        news[_STAMP] = new[_STAMP]
    patch = assemble(news)
    return Raw(patch) if len(patch) < _MOST * len(now) else None


def _same(old: Part | None, new: Part) -> bool:
    return old is not None and (bytes(old) == bytes(new) or json.decode(old) == json.decode(new))


def _added(old: Part | None, new: Part) -> Part | None:
    """Return the items that were added at the end; None where others changed too."""
    known = [bytes(each) for each in elements(old)] if old is not None else []
    items = [bytes(each) for each in elements(new)]
    return Part(write_list(items[len(known) :])) if items[: len(known)] == known else None
