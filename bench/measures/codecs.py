"""The models compared with orjson and pydantic: parsing and dumping in one process."""

import json
import time
from collections.abc import Callable
from typing import Any

import orjson

from bench.figures import spread
from bench.samples import location, token
from ocpi_bindings.v2_2_1.models import Location, Token
from ocpi_runtime import codec

__all__ = ["TARGETS", "measure", "rate"]

TARGETS = {"parse": 1.0, "dump": 0.65}
_SECONDS = 0.15


def measure(rounds: int) -> dict[str, Any]:
    """Compare one object and lists of fifty, Locations and Tokens."""
    cases: dict[str, tuple[Any, Any]] = {
        "Location": (Location, location()),
        "Token": (Token, token()),
        "50 Locations": (list[Location], [location(n) for n in range(50)]),
        "50 Tokens": (list[Token], [token(n) for n in range(50)]),
    }
    return {name: _case(kind, value, rounds) for name, (kind, value) in cases.items()}


def _case(kind: Any, value: Any, rounds: int) -> dict[str, Any]:
    text = codec.encode(value)
    plain = json.loads(text)
    ours_parse: list[float] = []
    ours_dump: list[float] = []
    for _ in range(rounds):
        ours_parse.append(rate(lambda: codec.decode(text, kind)) / rate(lambda: orjson.loads(text)))
        ours_dump.append(rate(lambda: codec.encode(value)) / rate(lambda: orjson.dumps(plain)))
    return {
        "bytes": len(text),
        "parse to orjson": spread(ours_parse),
        "dump to orjson": spread(ours_dump),
        "checked parse, us": round(1e6 / rate(lambda: codec.check(text, kind)), 1),
    }


def rate(call: Callable[[], object]) -> float:
    """Return calls per second."""
    count, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < _SECONDS:
        for _ in range(20):
            call()
        count += 20
    return count / passed
