"""Parsing by a dialect: strict and lenient, of valid objects and of one that needs repairs."""

from typing import Any

import msgspec

from bench.codecs import rate
from bench.figures import spread
from bench.samples import location, token
from ocpi_bindings.v2_2_1.models import Location, Token
from ocpi_runtime import codec
from ocpi_runtime.dialect import Dialect

__all__ = ["MOST", "measure"]

MOST = {"lenient to strict": 2.5}


def measure(rounds: int) -> dict[str, Any]:
    """Compare the levels on a valid Location and Token, and time a repair."""
    cases = {"Location": (Location, location()), "Token": (Token, token())}
    return {name: _case(kind, value, rounds) for name, (kind, value) in cases.items()}


def _case(kind: Any, value: Any, rounds: int) -> dict[str, Any]:
    text = codec.encode(value)
    faulty = codec.encode(msgspec.json.decode(text) | {"last_updated": "2026-01-01 10:00:00+02:00"})
    strict, lenient, decode = [], [], []
    for _ in range(rounds):
        strict.append(1e6 / rate(lambda: Dialect.strict.read(text, kind)))
        lenient.append(1e6 / rate(lambda: Dialect.lenient.read(text, kind)))
        decode.append(1e6 / rate(lambda: codec.decode(text, kind)))
    return {
        "bytes": len(text),
        "decode, us": spread(decode),
        "strict, us": spread(strict),
        "lenient, us": spread(lenient),
        "lenient to strict": spread([a / b for a, b in zip(lenient, strict, strict=True)]),
        "lenient to decode": spread([a / b for a, b in zip(lenient, decode, strict=True)]),
        "repaired, us": round(1e6 / rate(lambda: Dialect.lenient.read(faulty, kind)), 1),
    }
