"""Requests to the operations of one bundle: valid ones, at their bounds, and wrong in one place."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from ocpi_conformance._references import resolved
from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.fuzz._align import RequestParts
from ocpi_conformance.fuzz.drawing._composer import Composer, Draws, changed
from ocpi_conformance.fuzz.drawing._pools import Pools

__all__ = ["Requests"]

_UNSENDABLE: Final = frozenset({"", ".", ".."})
_TRIES: Final = 5
_VALID_SHARE: Final = 0.35
_BOUNDS_SHARE: Final = 0.2
_PLACES_SHARE: Final = 0.15
_WHOLE: Final = "*"
_SHARES: Final = (0.5, 0, 1)
# Then there is little that is new, and other operations are more worth it.
_MOST_VALID: Final = 2000


class Requests:
    """Draws requests to the operations of one bundle.

    Args:
        bundle: The OpenAPI document.
        pools: Where values come from.
    """

    def __init__(self, bundle: Mapping[str, Any], pools: Pools) -> None:
        self._composer = Composer(bundle, pools)
        self._params: dict[str, dict[str, Mapping[str, Any]]] = {}
        for item in bundle["paths"].values():
            for raw in item.values():
                found = [resolved(bundle, one) for one in raw.get("parameters", ())]
                self._params[raw["operationId"]] = {
                    one["name"]: one["schema"] for one in found if one["in"] in {"path", "query"}
                }

    def valid(self, operation: Operation, draws: Draws) -> RequestParts:
        """Draw a valid request."""
        parts = self._drawn(operation, draws)
        for _ in range(_TRIES):
            if parts.sound:
                break
            parts = self._drawn(operation, draws)
        return parts

    def cases(self, operation: Operation, count: int, rng: random.Random) -> Iterator[RequestParts]:
        """Draw so many requests, fewer where there are no more that differ.

        Valid ones come first, so that what they make is there for the others.
        """
        seen: set[str] = set()
        for parts in self._cases(operation, count, rng):
            text = repr((parts.path, parts.query, parts.body))
            if text not in seen:
                seen.add(text)
                yield parts

    def _cases(
        self, operation: Operation, count: int, rng: random.Random
    ) -> Iterator[RequestParts]:
        draws = Draws(rng)
        plain = max(1, round(count * (_VALID_SHARE if operation.body else 2 * _VALID_SHARE)))
        most = _MOST_VALID if operation.body or operation.params else 1
        for number in range(min(plain, count, most)):
            yield self.valid(operation, Draws(rng, _SHARES[number % len(_SHARES)]))
        left = count - plain
        if left <= 0:
            return
        by_place = round(left * (_PLACES_SHARE if operation.body else 1))
        yield from self._wrong_places(operation, by_place, draws)
        yield from self._wrong_bodies(operation, left - by_place, rng)

    def _drawn(self, operation: Operation, draws: Draws) -> RequestParts:
        path: dict[str, str] = {}
        query: dict[str, str] = {}
        for name, schema in self._params[operation.id].items():
            if name in operation.path_params:
                path[name] = self._sendable(schema, draws)
            elif name in operation.required or draws.chance(draws.share):
                query[name] = _text(self._composer.value(schema, draws))
        body: Any = None
        if operation.body is not None and (operation.body_required or draws.chance(draws.share)):
            body = self._composer.value(operation.sends, draws)
        return _inspected(operation, RequestParts(path, query, body))

    def _sendable(self, schema: Mapping[str, Any], draws: Draws) -> str:
        for _ in range(_TRIES):
            text = _text(self._composer.value(schema, draws))
            if text.strip() not in _UNSENDABLE:
                return text
        return "1"

    def _wrong_places(
        self, operation: Operation, count: int, draws: Draws
    ) -> Iterator[RequestParts]:
        """Draw requests with a value in path or query that is at its bounds, or beyond them."""
        values = [
            (name, _text(value))
            for name, schema in self._params[operation.id].items()
            for value in (*self._composer.pool(schema).bounds, *self._composer.pool(schema).invalid)
            if not isinstance(value, list | dict)
        ]
        usable = [one for one in values if one[1].strip() not in _UNSENDABLE]
        for name, text in _sampled(usable, count, draws.rng):
            parts = self.valid(operation, draws)
            place = parts.path if name in operation.path_params else parts.query
            place[name] = text
            yield _inspected(operation, parts)

    def _wrong_bodies(
        self, operation: Operation, count: int, rng: random.Random
    ) -> Iterator[RequestParts]:
        """Draw requests whose body is at a bound, or wrong in one place; a few are both."""
        if operation.body is None:
            return
        whole = self.valid(operation, Draws(rng, 1.0))
        small = self.valid(operation, Draws(rng, 0.0))
        at_bounds = round(count * _BOUNDS_SHARE)
        bounds = list(self._composer.bounds(operation.sends, whole.body))
        for change in _sampled(bounds, at_bounds, rng):
            yield _inspected(operation, replace(whole, body=changed(whole.body, change)))
        wrong = [
            (parts, change)
            for parts in (small, whole)
            for change in self._composer.faults(operation.sends, parts.body)
        ]
        for parts, change in _sampled(wrong, count - at_bounds, rng):
            yield _inspected(operation, replace(parts, body=changed(parts.body, change)))


def _sampled(values: list[Any], count: int, rng: random.Random) -> list[Any]:
    """Choose so many, each once."""
    return rng.sample(values, min(count, len(values)))


def _text(value: Any) -> str:
    """Write a value as it is in a URL."""
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)


def _inspected(operation: Operation, parts: RequestParts) -> RequestParts:
    """Find out where a request breaks its schemas."""
    parts.broken_path = frozenset(
        name for name, text in parts.path.items() if operation.params[name].text_faults(text)
    )
    parts.broken_body = _broken(operation, parts.body)
    return parts


def _broken(operation: Operation, body: Any) -> frozenset[str]:
    if operation.body is None or (body is None and not operation.body_required):
        return frozenset()
    pointers = [why.partition(":")[0] for why in operation.body.faults(body)]
    return frozenset(pointer.split("/")[1] if "/" in pointer else _WHOLE for pointer in pointers)
