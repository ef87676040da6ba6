"""The sender's side of modules: lists and single objects, read from the world."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

from ocpi_conformance.mock._party.hub import client_infos
from ocpi_conformance.objects.world import World
from ocpi_runtime.errors import NotFound
from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.server import Context, Page, PageQuery
from ocpi_runtime.types import Raw

__all__ = ["SentObjects", "listing"]

_INNER = (("evses", "uid"), ("connectors", "id"))


class SentObjects:
    """Answers requests for what the mock owns.

    Args:
        world: What it has.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def answer_of(self, interface: Interface, operation: Operation) -> Callable[..., Any] | None:
        """Return the answer to an operation, or None where it is not of this kind."""
        if operation.paged:
            return listing(interface.module, self._listed(interface.module))
        if operation.id in {"get_location", "get_evse", "get_connector"}:
            return self._location
        return None

    def _listed(self, module: str) -> Sequence[dict[str, Any]]:
        if module != "hubclientinfo":
            return self._world.objects[module]
        return client_infos(self._world)

    def _location(self, _context: Context, location_id: str, *inner: str) -> Raw:
        found: Any = self._world.read("locations", location_id)
        for (name, key), wanted in zip(_INNER, inner, strict=False):
            listed = found.get(name, ()) if found else ()
            found = next((one for one in listed if one[key].lower() == wanted.lower()), None)
        if found is None:
            raise NotFound(f"{'/'.join((location_id, *inner))} not found.")
        return _raw(found)


def listing(listed_as: str, objects: Sequence[dict[str, Any]]) -> Callable[..., Page[Any]]:
    """Return a list whose Links have a mark, so that one that is built by hand shows.

    Args:
        listed_as: Goes into the mark.
        objects: What is listed; they may change while the mock serves.
    """

    def listed(_context: Context, query: PageQuery, **slots: Any) -> Page[Any]:
        del slots  # when something is free is of no interest to a client that reads lists
        matching = [one for one in objects if _is_within(one, query)]
        end = query.offset + query.limit
        items = [_raw(one) for one in matching[query.offset : end]]
        mark = f"{crc32(f'{listed_as} {end}'.encode()):08x}"
        return Page(items, total=len(matching), more=end < len(matching), cursor=mark)

    return listed


def _is_within(one: dict[str, Any], query: PageQuery) -> bool:
    text = one.get("last_updated")
    if text is None:  # a class without it, of 2.0
        return True
    changed = datetime.fromisoformat(text)
    after = query.date_from is None or changed >= query.date_from
    return after and (query.date_to is None or changed < query.date_to)


def _raw(one: dict[str, Any]) -> Raw:
    return Raw(json.dumps(one, ensure_ascii=False).encode())
