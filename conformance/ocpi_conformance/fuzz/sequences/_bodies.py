"""Valid requests to the operations of one bundle, as hypothesis draws them."""

from collections.abc import Mapping
from typing import Any

import schemathesis
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.fuzz._align import RequestParts
from ocpi_conformance.fuzz._view import parts_of, view

__all__ = ["Bodies"]


class Bodies:
    """The strategies of one bundle.

    Args:
        bundle: The OpenAPI document.
    """

    def __init__(self, bundle: Mapping[str, Any]) -> None:
        loaded = schemathesis.openapi.from_dict(view(bundle, "/-"))
        found: list[Any] = [one.ok() for one in loaded.get_all_operations()]  # type: ignore[union-attr]
        self._operations = {one.definition.raw["operationId"]: one for one in found}
        self._made: dict[str, SearchStrategy[RequestParts]] = {}

    def of(self, operation: Operation) -> SearchStrategy[RequestParts]:
        """Return valid requests to an operation."""
        known = self._made.get(operation.id)
        if known is None:
            cases = self._operations[operation.id].as_strategy(
                generation_mode=GenerationMode.POSITIVE
            )
            known = cases.map(lambda case: parts_of(operation, case)).filter(_is_sound)
            self._made[operation.id] = known
        return known


def _is_sound(parts: RequestParts) -> bool:
    return parts.sound
