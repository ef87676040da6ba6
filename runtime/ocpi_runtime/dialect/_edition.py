"""What is sent to a partner on an earlier edition: as much of an object as the edition takes.

Only what the edition does not take, and the newest one does, is touched: free text is cut; what
would mean something else when cut (identifiers, URLs, enum values, signed data) is left out with
the smallest optional part around it; and an object that is incomplete without it is refused.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from ocpi_runtime._validation.bounds import pointer
from ocpi_runtime._validation.editions import edition_of
from ocpi_runtime.dialect._earlier_names import in_earlier_form
from ocpi_runtime.dialect._kinds.enums import stand_in
from ocpi_runtime.dialect._kinds.texts import ASCII_PATTERN, is_identifier
from ocpi_runtime.dialect._repairing.part import Part, root_part
from ocpi_runtime.dialect._repairs import Repair
from ocpi_runtime.types import UNSET, Model

__all__ = ["NotInEdition", "fitted"]

_RULE: Final = "edition"
_SHORTEST_CUT: Final = 20
"""The least characters that are left of a cut text; what must be shorter is a code."""
_SIGNED: Final = frozenset({"SignedData", "SignedValue"})
_NOT_CUT: Final = frozenset({"time_zone"})
_MONEY: Final = frozenset({"charging_periods", "dimensions", "elements", "price_components"})
"""Lists that decide about money: none of their items is left out."""


class NotInEdition(ValueError):
    """The edition of a partner does not take an object.

    Attributes:
        edition: The edition, such as ``core-1``.
        pointer: What it does not take, as a JSON pointer.
    """

    def __init__(self, kind: str, edition: str, at: str) -> None:
        self.edition = edition
        self.pointer = at
        super().__init__(
            f"{kind} cannot be represented in the edition {edition} of the partner: "
            f"{at or 'it'} has a value that the edition does not allow and that cannot be cut or "
            "left out."
        )


def fitted(value: Any, kind: type[Model], edition: str) -> tuple[Any, list[Repair]]:
    """Return an object as an edition takes it, and what was changed.

    Editions of a version that has none are those of another version, and change nothing.

    Args:
        value: The object, as parsed JSON; it is not changed.
        kind: Its class in the newest edition.
        edition: The edition.

    Raises:
        NotInEdition: The edition does not take it, or has no such class.
        ValueError: The version has editions, but none of this name.
    """
    if not kind.OCPI_SCHEMAS.editions():
        return value, []
    parts = _parts(kind, edition)
    walk = _Walk()
    found = UNSET if parts is None else walk.fit(*parts, value)
    if found is UNSET:
        raise NotInEdition(kind.__name__, edition, walk.refused)
    return found, walk.done


@cache
def _parts(kind: type[Model], edition: str) -> tuple[Part, Part] | None:
    """Return the class in an edition and in the newest one; None if the edition has none."""
    newest, name = kind.OCPI_SCHEMAS, kind.__name__
    earlier = edition_of(newest, edition)
    known = name in earlier.load()["components"]["schemas"]
    return (root_part(earlier, name), root_part(newest, name)) if known else None


@dataclass(slots=True)
class _Walk:
    """One walk through an object.

    Attributes:
        done: What was changed.
        path: The field names and indexes that lead to the value at hand.
        refused: The last value that could neither be cut nor left out.
    """

    done: list[Repair] = field(default_factory=list)
    path: list[str | int] = field(default_factory=list)
    refused: str = ""

    def fit(self, part: Part, newest: Part | None, value: Any, holder: str = "") -> Any:
        """Return a value as the edition takes it; UNSET where it takes none of it."""
        if part.is_valid(value):
            return value
        was_valid = newest is None or newest.is_valid(value)
        if isinstance(value, dict):
            after: Any = self._fields(part, newest, value)
        elif isinstance(value, list) and part.items is not None:
            after = self._items(part, newest, value)
        elif was_valid:
            after = self._leaf(part, value, holder)
        else:
            return value
        if was_valid and (after is UNSET or not part.is_valid(after)):
            self.refused = self.refused or pointer(self.path)
            return UNSET
        return after

    def _fields(self, part: Part, newest: Part | None, value: dict[str, Any]) -> dict[str, Any]:
        after, holder = dict(value), part.name.removesuffix("Patch")
        renamed = in_earlier_form(part, after)
        for earlier, name in renamed.items():
            at = pointer([*self.path, name])
            self.done.append(Repair(_RULE, at, value[name], after[earlier]))
        for name, before in [*after.items()]:
            known = part.field_part(name)
            if known is None:
                continue
            newer = None if newest is None else newest.field_part(renamed.get(name, name))
            optional = name not in part.required
            after[name] = self._step(name, known, newer, before, optional=optional, holder=holder)
            if after[name] is UNSET:
                del after[name]
        return after

    def _items(self, part: Part, newest: Part | None, value: list[Any]) -> list[Any]:
        items, newer = part.items, None if newest is None else newest.items
        if items is None:
            return value
        optional = part.field not in _MONEY
        found = [
            self._step(at, items, newer, each, optional=optional) for at, each in enumerate(value)
        ]
        return [each for each in found if each is not UNSET]

    def _step(
        self,
        step: str | int,
        part: Part,
        newest: Part | None,
        before: Any,
        *,
        optional: bool,
        holder: str = "",
    ) -> Any:
        """Fit what is below a field name or index; what is optional may be left out."""
        self.path.append(step)
        count = len(self.done)
        after = self.fit(part, newest, before, holder)
        if after is UNSET:
            del self.done[count:]
            after = UNSET if optional else before
        if after is UNSET or (after is not before and not isinstance(before, dict | list)):
            self.done.append(Repair(_RULE, pointer(self.path), before, after))
        self.path.pop()
        return after

    def _leaf(self, part: Part, value: Any, holder: str) -> Any:
        limit = part.max_length
        if limit is not None and isinstance(value, str) and _is_free_text(part, holder):
            return value[:limit].rstrip()
        return stand_in(part.options) or UNSET


def _is_free_text(part: Part, holder: str) -> bool:
    """Return whether a text is for people, who understand the beginning of it."""
    return (
        (part.max_length or 0) >= _SHORTEST_CUT
        and part.schema.get("pattern") != ASCII_PATTERN
        and not part.options
        and part.name != "URL"
        and part.field not in _NOT_CUT
        and holder not in _SIGNED
        and not is_identifier(part.field)
    )
