"""Ids of objects, as paths name them."""

from collections.abc import Mapping
from typing import Any

__all__ = ["ids_of"]


def ids_of(names: tuple[str, ...], item: Any) -> dict[str, str]:
    """Return the ids of an object by the parameters of a path.

    The first parameter is the object's own id. Each further one is found in the list whose name
    is its stem: ``evse_uid`` in ``evses``, ``connector_id`` in ``connectors``.

    Returns:
        Nothing where one of them cannot be found.
    """
    found: dict[str, str] = {}
    for at, name in enumerate(names):
        own = _own(name, item)
        if own is None:
            return {}
        found[name] = own
        below = f"{names[at + 1].rpartition('_')[0]}s" if at + 1 < len(names) else ""
        inside = item.get(below) if below else None
        item = inside[0] if isinstance(inside, list) and inside else {}
    return found


def _own(name: str, item: Any) -> str | None:
    if not isinstance(item, Mapping):
        return None
    texts = (item.get(one) for one in (name, "id", "uid"))
    return next((one for one in texts if isinstance(one, str) and one), None)
