"""What a partner does not take: fields, lengths and enum values that are kept from it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from ocpi_runtime._codec.unreadable import read_exact
from ocpi_runtime.dialect._edition import fitted
from ocpi_runtime.dialect._kinds.enums import stand_in
from ocpi_runtime.dialect._repairing.part import Part, root_part
from ocpi_runtime.dialect._repairs import Repair
from ocpi_runtime.types import UNSET, Model

if TYPE_CHECKING:
    from ocpi_runtime.dialect._dialect import Dialect

__all__ = ["adapted"]

_write = msgspec.json.Encoder(decimal_format="number").encode


def adapted(dialect: "Dialect", text: bytes, kind: type[Model]) -> tuple[bytes, tuple[Repair, ...]]:
    """Adapt what is sent to what a partner takes; see :meth:`Dialect.adapt`."""
    if not dialect.adapts:
        return text, ()
    value = read_exact(text)
    walk = _Walk(dialect)
    walk.visit(root_part(kind.OCPI_SCHEMAS, kind.__name__), value, "")
    done = walk.done
    for edition in dialect.edition:
        value, changes = fitted(value, kind, edition)
        done += changes
    return (_write(value), tuple(done)) if done else (text, ())


@dataclass(slots=True)
class _Walk:
    """One walk through an object; what is changed in it is noted."""

    dialect: "Dialect"
    done: list[Repair] = field(default_factory=list)

    def visit(self, part: Part, value: Any, at: str) -> None:
        """Adapt an object or a list in place."""
        if isinstance(value, dict):
            for name in list(value):
                found = part.field_part(name)
                if found is not None:
                    self._field(part, found, value, f"{at}/{name}")
        elif isinstance(value, list) and part.items is not None:
            for index, item in enumerate(value):
                self.visit(part.items, item, f"{at}/{index}")

    def _field(self, part: Part, found: Part, holder: dict[str, Any], at: str) -> None:
        name, before = found.field, holder[found.field]
        key = f"{part.name.removesuffix('Patch')}.{name}"
        optional = name not in part.required
        if key in self.dialect.leave_out and optional:
            self._replace("leave_out", holder, name, UNSET, at)
            return
        limit = self.dialect.max_lengths.get(key)
        if limit is not None and isinstance(before, str) and len(before) > limit:
            self._replace("max_lengths", holder, name, before[:limit].rstrip(), at)
        after = self._known(found, before, optional=optional)
        if after is not before:
            self._replace("unknown_values", holder, name, after, at)
        if name in holder:
            self.visit(found, holder[name], at)

    def _known(self, found: Part, value: Any, *, optional: bool) -> Any:
        """Return an enum value, or a list of them, without those that the partner does not know."""
        items = found.items
        if items is not None and isinstance(value, list):
            unknown = self.dialect.unknown_values.get(items.name, ())
            known = [each for each in value if each not in unknown]
            return value if len(known) == len(value) else known
        if value not in self.dialect.unknown_values.get(found.name, ()):
            return value
        return stand_in(found.options) or (UNSET if optional else value)

    def _replace(self, rule: str, holder: dict[str, Any], name: str, after: Any, at: str) -> None:
        before = holder.pop(name)
        if after is not UNSET:
            holder[name] = after
        self.done.append(Repair(rule, at, before, after))
