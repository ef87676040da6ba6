"""Values of leaf schemas, valid and invalid, drawn by schemathesis once and then chosen from.

To draw a whole object takes hypothesis tens of milliseconds; all strings with one pattern share a
pool here, whatever their lengths are.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from schemathesis import GenerationMode
from schemathesis.generation.coverage import GenerationSession

from ocpi_conformance.bundles.reading import doubts_of
from ocpi_conformance.bundles.schemas import Schema, Schemas
from ocpi_conformance.fuzz.drawing._isolation import isolated_hypothesis

__all__ = ["Pool", "Pools"]

_DRAWN: Final = 12
_LONGEST: Final = 40
_KEYWORDS: Final = frozenset({
    "type", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "enum",
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
})  # fmt: skip
_LENGTHS: Final = ("minLength", "maxLength")
# Texts of these formats that are much longer than the schema admits take seconds to find.
_OF_ONE_LENGTH: Final = frozenset({"date-time"})
_UNKNOWN: Final = "FUZZ-UNKNOWN"
_OTHER_TYPES: Final[tuple[Any, ...]] = (0, "text", True, None, [None], {})
# The regular expression of a coordinate admits one character more than its length.
_DECIMALS: Final = r"\.[0-9]{5,7}$"
_LARGEST: Final = 10**9
_DIGITS: Final = 4


class Pool(NamedTuple):
    """Values of one leaf schema.

    Attributes:
        valid: At least one, the plainest first.
        bounds: The valid values at the bounds of the schema.
        invalid: Values that the schema refuses, of other types too.
    """

    valid: tuple[Any, ...]
    bounds: tuple[Any, ...]
    invalid: tuple[Any, ...]


class Pools:
    """The pools of a run, made when they are asked for.

    Args:
        seed: With it the same values are drawn again.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._schemas = Schemas({"components": {"schemas": {}}})
        self._pools: dict[str, Pool] = {}
        # By identity, beside the schema that has it: most are asked for with each request.
        self._known: dict[int, tuple[Mapping[str, Any], Pool]] = {}

    def of(self, schema: Mapping[str, Any]) -> Pool:
        """Return the pool of a schema without references."""
        known = self._known.get(id(schema))
        if known is None or known[0] is not schema:
            known = self._known[id(schema)] = schema, self._of(schema)
        return known[1]

    def _of(self, schema: Mapping[str, Any]) -> Pool:
        leaf = {name: one for name, one in schema.items() if name in _KEYWORDS}
        key = json.dumps(leaf, sort_keys=True)
        if key not in self._pools:
            self._pools[key] = self._made(leaf)
        return self._pools[key]

    def _made(self, leaf: dict[str, Any]) -> Pool:
        checker = self._schemas.of(leaf)
        if "enum" in leaf or leaf.get("type") == "boolean":
            valid = list(leaf.get("enum", (True, False)))
            return _pool(checker, valid, valid, [_UNKNOWN])
        plain = {name: one for name, one in leaf.items() if name not in _LENGTHS}
        if leaf.get("type") == "string":
            own = leaf.get("format") in _OF_ONE_LENGTH
            longest = leaf.get("maxLength", _LONGEST) if own else _LONGEST
            plain |= {"minLength": 1, "maxLength": longest}
        drawn, bounds = _drawn(json.dumps(plain, sort_keys=True), self._seed)
        if leaf.get("type") != "string":
            return _pool(checker, [*map(_short, drawn)], bounds, bounds)
        most = leaf.get("maxLength", _LONGEST)
        most -= str(leaf.get("pattern", "")).endswith(_DECIMALS)
        texts = [one for one in [*drawn, *bounds] if isinstance(one, str) and one]
        fitting = [one[:most] for one in texts]
        at_bounds = [one for text in texts[:3] for one in (_long(text, most), text[:1])]
        wrong = [*bounds, "", *(_long(one, most + 1) for one in texts[:2] if "maxLength" in leaf)]
        return _pool(checker, fitting, at_bounds, wrong)


@cache
def _drawn(schema: str, seed: int) -> tuple[list[Any], list[Any]]:
    """Draw values of a schema: at random, and at its bounds, invalid ones too."""
    with isolated_hypothesis():
        return _drawn_anew(json.loads(schema), seed)


def _drawn_anew(leaf: dict[str, Any], seed: int) -> tuple[list[Any], list[Any]]:
    loaded = schemathesis.openapi.from_dict(_document(leaf))
    found: Any = next(iter(loaded.get_all_operations()))
    operation = found.ok()
    covered = loaded.iter_coverage_cases(
        operation,
        generation_modes=list(GenerationMode),
        generation_config=loaded.config.generation,
        session=GenerationSession(),
    )
    bounds = [case.body for case in covered]
    values: list[Any] = []
    strategy: Any = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    once: Any = given(strategy)
    configured: Any = settings(
        max_examples=_DRAWN,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    configured(seeded(seed)(once(lambda case: values.append(case.body))))()
    return values, bounds


def _document(leaf: dict[str, Any]) -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": leaf}}}
    operation = {"requestBody": body, "responses": {"200": {"description": "OK"}}}
    info = {"title": "leaf", "version": "1"}
    return {"openapi": "3.0.3", "info": info, "paths": {"/": {"post": operation}}}


def _pool(
    checker: Schema, valid: Iterable[Any], bounds: Iterable[Any], wrong: Iterable[Any]
) -> Pool:
    good = [one for one in _once(valid) if not checker.faults(one) and not doubts_of(one)]
    edges = [one for one in _once(bounds) if not checker.faults(one)]
    invalid = [one for one in _once([*wrong, *_OTHER_TYPES]) if checker.faults(one)]
    return Pool(tuple(good or edges), tuple(edges), tuple(invalid))


def _once(values: Iterable[Any]) -> Iterator[Any]:
    """Leave out what occurs twice, and what JSON cannot hold."""
    seen: set[str] = set()
    for value in values:
        if isinstance(value, str | int | float | list | dict | None):
            text = json.dumps(value)
            if text not in seen:
                seen.add(text)
                yield value


def _long(text: str, length: int) -> str:
    return (text * (length // len(text) + 1))[:length]


def _short(number: Any) -> Any:
    """Return a number that every reader keeps: four decimals, and no size of floats."""
    return round(number % _LARGEST, _DIGITS)
