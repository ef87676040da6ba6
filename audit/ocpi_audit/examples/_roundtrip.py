"""What became of an object that was read and written again."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

__all__ = ["changes", "known"]

Schemas = Mapping[str, Mapping[str, Any]]


def known(value: Any, schema: Mapping[str, Any], schemas: Schemas) -> Any:
    """Leave out fields that classes do not have; readers pass over them.

    Args:
        value: Parsed JSON.
        schema: What it is.
        schemas: The classes by name.
    """
    if len(schema.get("allOf", ())) == 1:
        schema = schema["allOf"][0]
    if "$ref" in schema:
        return known(value, schemas[str(schema["$ref"]).rpartition("/")[2]], schemas)
    if isinstance(value, list):
        items = schema.get("items", {})
        return [known(each, items, schemas) for each in value]
    fields = schema.get("properties")
    if isinstance(value, dict) and fields is not None:
        return {
            name: known(each, fields[name], schemas)
            for name, each in value.items()
            if name in fields
        }
    return value


def changes(before: Any, after: Any, pointer: str = "") -> Iterator[str]:
    """List what differs, other than in how an instant or a number is written."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in {**before, **after}:
            at = f"{pointer}/{name}"
            if name not in after or name not in before:
                yield f"{at} was {'lost' if name in before else 'added'}"
            else:
                yield from changes(before[name], after[name], at)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from changes(one, other, f"{pointer}/{number}")
    elif not _equal(before, after):
        yield f"{pointer} was {before!r} and became {after!r}"


def _equal(before: Any, after: Any) -> bool:
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    numbers = (int, Decimal)
    if isinstance(before, numbers) and isinstance(after, numbers):
        return Decimal(before) == Decimal(after)
    if before != after and isinstance(before, str) and isinstance(after, str):
        return _instant(before) is not None and _instant(before) == _instant(after)
    return bool(before == after)


def _instant(text: str) -> datetime | None:
    """Read a moment; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
