"""Comparing two versions as a whole."""

from dataclasses import dataclass
from typing import Final

from ocpi_generator.bundle import VersionBundle
from ocpi_generator.diff._changes import Change
from ocpi_generator.diff._classes import ClassSwap, class_changes
from ocpi_generator.diff._messages import message_changes
from ocpi_generator.diff._operations import module_changes, operation_changes
from ocpi_generator.diff._reading import read_facts

__all__ = ["Diff", "compare"]

_FIRST: Final = ("messages", "versions", "credentials", "types")


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed.

    Attributes:
        old: The name of the older side, such as ``2.2`` or ``2.2.1@v1.0``.
        new: The name of the newer side.
        module: The module that was looked at, or None for all.
        changes: By module; what concerns all messages first.
    """

    old: str
    new: str
    module: str | None
    changes: tuple[Change, ...]

    def by_module(self) -> dict[str, list[Change]]:
        """Return the changes of each module, in their order."""
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            found.setdefault(change.module, []).append(change)
        return found

    def breaking(self, interface: str) -> int:
        """Count the changes that break the parties of an interface role."""
        return sum(interface in change.breaks for change in self.changes)


def compare(
    old: VersionBundle, new: VersionBundle, names: tuple[str, str], module: str | None = None
) -> Diff:
    """Compare two versions.

    Args:
        old: The one to come from.
        new: The one to go to.
        names: What to call them.
        module: Compare only what the messages of this module hold.
    """
    before, now = read_facts(old, module), read_facts(new, module)
    swap = ClassSwap(before, now)
    found = [
        *message_changes(before, now, swap),
        *module_changes(before, now),
        *operation_changes(before, now, swap),
        *class_changes(before, now, swap),
    ]
    order = {name: place for place, name in enumerate((*_FIRST, *sorted(now.modules)))}
    changes = sorted(found, key=lambda one: (order.get(one.module, len(order)), one.module))
    return Diff(*names, module, tuple(changes))
