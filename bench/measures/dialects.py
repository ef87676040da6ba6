"""Parsing by a dialect: strict and lenient, of valid objects and of one that needs repairs."""

from typing import Any

import msgspec

from bench.figures import spread
from bench.measures.codecs import rate
from bench.samples import cdr, location, token
from ocpi_bindings.v2_2_1.models import CDR, Location, Session, Tariff, Token
from ocpi_runtime import codec
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.testing import Factory

__all__ = ["MOST", "measure"]

MOST = {"lenient parse to strict parse": 2.5}


def measure(rounds: int) -> dict[str, Any]:
    """Compare the levels on valid objects, and time a repair.

    A parse decodes and validates. "checked parse" is that of a server before it looks at a dialect;
    "decode" leaves the validation out.
    """
    made = Factory(seed=3, full=True)
    cases = {
        "Location": (Location, location()), "Token": (Token, token()), "CDR": (CDR, cdr()),
        "Session": (Session, made.make(Session)), "Tariff": (Tariff, made.make(Tariff)),
    }  # fmt: skip
    return {name: _case(kind, value, rounds) for name, (kind, value) in cases.items()}


def _case(kind: Any, value: Any, rounds: int) -> dict[str, Any]:
    text = codec.encode(value)
    faulty = codec.encode(msgspec.json.decode(text) | {"last_updated": "2026-01-01 10:00:00+02:00"})
    strict, lenient, checked, decode, repaired = [], [], [], [], []
    for _ in range(rounds):
        strict.append(1e6 / rate(lambda: Dialect.strict.read(text, kind)))
        lenient.append(1e6 / rate(lambda: Dialect.lenient.read(text, kind)))
        checked.append(1e6 / rate(lambda: codec.check(text, kind)))
        decode.append(1e6 / rate(lambda: codec.decode(text, kind)))
        repaired.append(1e6 / rate(lambda: Dialect.lenient.read(faulty, kind)))
    return {
        "bytes": len(text),
        "strict parse, us": spread(strict, 1),
        "lenient parse, us": spread(lenient, 1),
        "lenient parse with a repair, us": spread(repaired, 1),
        "checked parse, us": spread(checked, 1),
        "decode, us": spread(decode, 1),
        "lenient parse to strict parse": _ratio(lenient, strict),
        "lenient parse to checked parse": _ratio(lenient, checked),
        "lenient parse to decode": _ratio(lenient, decode),
        "repair to strict parse": _ratio(repaired, strict),
    }


def _ratio(some: list[float], others: list[float]) -> dict[str, float]:
    return spread([a / b for a, b in zip(some, others, strict=True)], 2)
