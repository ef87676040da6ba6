"""Objects of a peer in dictionaries, as an application around its package would keep them.

Run by an interpreter that has none of our packages.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

__all__ = ["KNOWN_TOKEN", "REGISTRATION_TOKEN", "Kept", "read_objects"]

KNOWN_TOKEN = "interop-token"
REGISTRATION_TOKEN = "interop-token-a"

Item = dict[str, Any]
_SESSIONS = ("sessions", "CPO")
_OWNED_BY_CPO = ("locations", "sessions", "cdrs", "tariffs")


def read_objects(file: Path) -> dict[str, dict[str, list[Item]]]:
    """Read the objects that a peer begins with, by version and module."""
    found: dict[str, dict[str, list[Item]]] = json.loads(file.read_bytes())
    return found


class Kept:
    """Objects by version, module and role; ids are compared without case.

    Args:
        objects: What the peer begins with, by version and module.
    """

    def __init__(self, objects: dict[str, dict[str, list[Item]]]) -> None:
        self._items: dict[tuple[str, str, str], dict[str, Item]] = {}
        for version, modules in objects.items():
            for module, items in modules.items():
                role = "CPO" if module in _OWNED_BY_CPO else "EMSP"
                for item in items:
                    self.put(version, module, role, _name(item), item)

    def read(self, version: str, module: str, role: str, key: Any) -> Item | None:
        """Return one object."""
        return self._items.get((version, module, role), {}).get(str(key).lower())

    def put(self, version: str, module: str, role: str, key: Any, item: Item) -> Item:
        """Keep an object."""
        self._items.setdefault((version, module, role), {})[str(key).lower()] = item
        return item

    def add(self, version: str, module: str, role: str, item: Item) -> Item:
        """Keep an object under its own id."""
        return self.put(version, module, role, _name(item), item)

    def change(self, version: str, module: str, role: str, key: Any, item: Item) -> Item:
        """Replace an object; what changes a session of a CPO are the preferences of its driver."""
        if (module, role) == _SESSIONS:
            module = "preferences"
        return self.put(version, module, role, key, item)

    def remove(self, version: str, module: str, role: str, key: Any) -> None:
        """Forget an object."""
        self._items.get((version, module, role), {}).pop(str(key).lower(), None)

    def page(
        self, version: str, module: str, role: str, filters: dict[str, Any]
    ) -> tuple[list[Item], int, bool]:
        """Return a page, how many objects there are in all, and whether it is the last."""
        listed = sorted(
            (
                one
                for one in self._items.get((version, module, role), {}).values()
                if _within(one, filters)
            ),
            key=lambda one: str(one["last_updated"]),
        )
        end = filters["offset"] + filters["limit"]
        return listed[filters["offset"] : end], len(listed), end >= len(listed)


def _name(item: Item) -> str:
    return str(item.get("id") or item.get("uid"))


def _within(item: Item, filters: dict[str, Any]) -> bool:
    changed = _moment(item["last_updated"])
    start, end = filters.get("date_from"), filters.get("date_to")
    return not (start and changed < _moment(start)) and not (end and changed >= _moment(end))


def _moment(value: Any) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)
