"""Objects composed of values from pools: valid ones, and all ways to make one of them wrong."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from ocpi_conformance._references import resolved
from ocpi_conformance.fuzz.drawing._pools import Pool, Pools

__all__ = ["Composer", "Draws", "ValueChange", "changed"]

_LISTED_SHARE: Final = 0.8
_DEEPEST: Final = 8
_MOST_ITEMS: Final = 2
_CHOICES: Final = ("anyOf", "oneOf")
_URL: Final = "URL"
_IDENTITIES: Final = ("id", "uid", "parking_id")
_URLS: Final = (
    "https://example.com/1",
    "http://ocpi.example.com:8080/a?b=c&d=%20",
    f"https://ocpi.example.com/{'a' * 230}",
)
_NO_ARRAYS: Final[tuple[Any, ...]] = ("text", 0, {})
_NO_OBJECTS: Final[tuple[Any, ...]] = ("text", 0, [])


@dataclass(slots=True)
class Draws:
    """What is drawn at random.

    Attributes:
        rng: Decides.
        share: How likely an optional property is there: 0 for the smallest objects, 1 for whole
            ones.
    """

    rng: random.Random
    share: float = 0.5

    def choice(self, values: Any) -> Any:
        """Choose one of some values; of the smallest objects always the first."""
        return values[0] if not self.share else self.rng.choice(values)

    def chance(self, share: float) -> bool:
        """Return true with a probability."""
        return self.rng.random() < share


class ValueChange(NamedTuple):
    """One change of a value.

    Attributes:
        at: The path to what is changed.
        value: What is there then.
        dropped: Whether it is left out instead.
    """

    at: tuple[str | int, ...]
    value: Any = None
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Composer:
    """Composes values of the schemas of one bundle.

    Attributes:
        bundle: The OpenAPI document.
        pools: Where leaves come from.
    """

    bundle: Mapping[str, Any]
    pools: Pools = field(repr=False)

    def value(self, schema: Mapping[str, Any], draws: Draws, depth: int = 0) -> Any:
        """Compose a valid value."""
        if _is_url(schema):
            return draws.choice(_URLS)
        schema = self._chosen(resolved(self.bundle, schema), draws)
        if schema.get("type") == "object" or "properties" in schema:
            return self._object(schema, draws, depth)
        if schema.get("type") == "array":
            least = schema.get("minItems", 0 if draws.share else 1)
            count = max(least, draws.choice(range(1, _MOST_ITEMS + 1)) if draws.share else least)
            items = schema.get("items", {})
            return _different([self.value(items, draws, depth + 1) for _ in range(count)], least)
        listed = schema.get("x-extensible-enum")
        if listed and (not draws.share or draws.chance(_LISTED_SHARE)):
            return draws.choice(listed)
        return draws.choice(self.pools.of(schema).valid) if schema.get("type") else "text"

    def _object(self, schema: Mapping[str, Any], draws: Draws, depth: int) -> dict[str, Any]:
        required = set(schema.get("required", ()))
        share = draws.share if depth < _DEEPEST else 0
        return {
            name: self.value(one, draws, depth + 1)
            for name, one in schema.get("properties", {}).items()
            if name in required or (share and draws.chance(share))
        }

    def _chosen(self, schema: Mapping[str, Any], draws: Draws) -> Mapping[str, Any]:
        """Take one of the schemas that a schema leaves the choice of, and all that it joins."""
        parts = [resolved(self.bundle, one) for one in schema.get("allOf", ())]
        parts += [
            self._chosen(resolved(self.bundle, draws.choice(schema[word])), draws)
            for word in _CHOICES
            if schema.get(word)
        ]
        for part in parts:
            schema = {
                **schema,
                **part,
                "properties": {**schema.get("properties", {}), **part.get("properties", {})},
                "required": [*schema.get("required", ()), *part.get("required", ())],
            }
        return schema

    def pool(self, schema: Mapping[str, Any]) -> Pool:
        """Return the pool of a leaf; that of a URL has URLs."""
        pool = self.pools.of(resolved(self.bundle, schema))
        return pool._replace(valid=_URLS, bounds=()) if _is_url(schema) else pool

    def bounds(self, schema: Mapping[str, Any], value: Any) -> Iterator[ValueChange]:
        """Return the changes that put each leaf of a valid value to each of its bounds."""
        for at, one, _ in self._places(schema, value, ()):
            if not isinstance(one, dict | list):
                found = self._schema_at(schema, at)
                yield from (ValueChange(at, bound) for bound in self.pool(found).bounds)

    def faults(self, schema: Mapping[str, Any], value: Any) -> Iterator[ValueChange]:
        """Return the changes that make a valid value wrong in one place."""
        for at, one, required in self._places(schema, value, ()):
            if required:
                yield ValueChange(at, dropped=True)
            if isinstance(one, dict):
                yield from (ValueChange(at, wrong) for wrong in _NO_OBJECTS)
            elif isinstance(one, list):
                yield from (ValueChange(at, wrong) for wrong in _NO_ARRAYS)
            else:
                found = self._schema_at(schema, at)
                yield from (ValueChange(at, wrong) for wrong in self.pool(found).invalid)

    def _places(
        self, schema: Mapping[str, Any], value: Any, at: tuple[str | int, ...]
    ) -> Iterator[tuple[tuple[str | int, ...], Any, bool]]:
        """Return the path of each part of a value, the part, and whether it is required."""
        schema = resolved(self.bundle, schema)
        required = schema.get("required", ())
        if isinstance(value, dict):
            for name, one in value.items():
                if name in schema.get("properties", {}):
                    yield (*at, name), one, name in required
                    yield from self._places(schema["properties"][name], one, (*at, name))
        elif isinstance(value, list):
            for number, one in enumerate(value[:1]):
                yield (*at, number), one, False
                yield from self._places(schema.get("items", {}), one, (*at, number))

    def _schema_at(self, schema: Mapping[str, Any], at: tuple[str | int, ...]) -> Mapping[str, Any]:
        for step in at:
            whole = resolved(self.bundle, schema)
            schema = whole["properties"][step] if isinstance(step, str) else whole["items"]
        return schema


def changed(value: Any, change: ValueChange, at: int = 0) -> Any:
    """Return a copy of a value with one change."""
    step = change.at[at]
    last = at == len(change.at) - 1
    if isinstance(value, dict):
        if last and change.dropped:
            return {name: one for name, one in value.items() if name != step}
        inner = change.value if last else changed(value[step], change, at + 1)
        return {**value, step: inner}
    inner = change.value if last else changed(value[step], change, at + 1)
    items = list(value)
    assert isinstance(step, int)  # noqa: S101 - the steps into lists are numbers
    items[step : step + 1] = [] if last and change.dropped else [inner]
    return items


def _different(items: list[Any], least: int) -> list[Any]:
    """Leave out what has the same identity as an item before, where that is not too few then."""
    found: dict[str, Any] = {}
    for item in items:
        names = [item.get(name) for name in _IDENTITIES] if isinstance(item, dict) else []
        found.setdefault(repr(names if any(names) else item), item)
    return list(found.values()) if len(found) >= least else items


def _is_url(schema: Mapping[str, Any]) -> bool:
    return str(schema.get("$ref", "")).rpartition("/")[2] == _URL
