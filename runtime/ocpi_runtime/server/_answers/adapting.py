"""Answers as far as the dialect of the partner takes them."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeGuard, get_args

from ocpi_runtime import codec
from ocpi_runtime.dialect import Dialect, NotInEdition, Repair
from ocpi_runtime.errors import NotFound
from ocpi_runtime.operations import Operation
from ocpi_runtime.server._answers.results import Created, Outcome, Page
from ocpi_runtime.types import UNSET, Model, Raw

__all__ = ["adapted"]

log = logging.getLogger("ocpi_runtime.server")

_MOST_LOGGED: Final = 5


async def adapted(result: Any, operation: Operation, dialect: Dialect, partner: str) -> Any:
    """Return what a handler returned, as far as a partner takes it; each loss is logged.

    An object of a list that the edition of the partner does not take is left out of its page.

    Args:
        result: What the handler returned.
        operation: The operation that is answered.
        dialect: What the partner takes.
        partner: The id of the partner, for the log.

    Raises:
        NotFound: The edition of the partner does not take the object.
        ValueError: The version has no edition of the name that the dialect has.
    """
    kind = get_args(operation.result)[0] if operation.paged else operation.result
    if result is None or isinstance(result, Outcome | Created) or not _is_model(kind):
        return result
    adapting = _Adapting(dialect, kind, f"partner {partner}: {operation.id}")
    if isinstance(result, Page):
        return replace(result, items=await asyncio.to_thread(adapting.items, result.items))
    try:
        return await asyncio.to_thread(adapting.item, result)
    except NotInEdition as fault:
        raise NotFound(str(fault)) from fault


@dataclass(frozen=True, slots=True)
class _Adapting:
    """Adapts the objects of one answer.

    Attributes:
        dialect: What the partner takes.
        kind: The class of the objects.
        where: The answer, for the log.
    """

    dialect: Dialect
    kind: type[Model]
    where: str

    def items(self, items: Sequence[Any]) -> list[Raw]:
        """Return the objects of a page that the partner takes."""
        found = []
        for each in items:
            try:
                found.append(self.item(each))
            except NotInEdition as fault:
                log.warning("%s: an object was left out: %s", self.where, fault)
        return found

    def item(self, item: Any) -> Raw:
        """Return one object as the partner takes it."""
        text, changes = self.dialect.adapt(codec.encode(item), self.kind)
        if changes:
            self._log(changes)
        return Raw(text)

    def _log(self, changes: Sequence[Repair]) -> None:
        shown = [
            f"{each.pointer} was {'left out' if each.after is UNSET else 'changed'} ({each.rule})"
            for each in changes[:_MOST_LOGGED]
        ]
        if len(changes) > _MOST_LOGGED:
            shown.append(f"and {len(changes) - _MOST_LOGGED} more")
        log.warning("%s: %s is incomplete: %s", self.where, self.kind.__name__, ", ".join(shown))


def _is_model(kind: Any) -> TypeGuard[type[Model]]:
    return isinstance(kind, type) and issubclass(kind, Model) and hasattr(kind, "OCPI_SCHEMAS")
