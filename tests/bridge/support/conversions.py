"""Samples in other versions, and what is said of that."""

from typing import Any

from ocpi_bridge import Converted, convert
from tests.bridge.support.contexts import replace_context
from tests.bridge.support.samples import read


def convert_sample(
    document: Any, kind: str, source: str, target: str, **context: Any
) -> Converted[Any]:
    """Convert a sample; the context is the usual one but for some fields."""
    return convert(read(document, source, kind), target, context=replace_context(**context))


def lost(found: Converted[Any]) -> set[str]:
    """Return where something was lost."""
    return {each.pointer for each in found.losses}


def assumed(found: Converted[Any]) -> set[str]:
    """Return where something was assumed."""
    return {each.pointer for each in found.assumptions}


def changed(document: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Change fields of a sample; None takes one out."""
    return {name: value for name, value in (document | fields).items() if value is not None}
