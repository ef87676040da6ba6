"""Hostile HTTP answers, as bytes, to every kind of request that a client sends."""

import gzip
import json
import zlib
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from ocpi_bindings.v2_2_1 import models
from ocpi_runtime.types import Model
from tests.hostile.answer_frames import ANSWER_FRAMES
from tests.hostile.samples import sample
from tests.hostile.texts import KINDS, text

__all__ = ["CALLS", "Answer", "answer_of"]

CALLS: Final[dict[str, tuple[type[Model], bool]]] = {
    "get_locations": (models.Location, True),
    "get_cdrs": (models.CDR, True),
    "get_tokens": (models.Token, True),
    "get_location": (models.Location, False),
    "discover": (models.Version, True),
    "details": (models.VersionDetails, False),
    "register": (models.Credentials, False),
}
"""By name: the class in ``data``, and whether it comes in a list."""

_LARGEST: Final = 4 * 1024 * 1024
_FRAMED: Final = 0.2
_LINKS: Final = (
    b'<http://a/>;r="\\",', b"<a>;rel=next,", b"<>,", b'<x>;a="', b'<http://b/>; rel="next"',
    b" ;", b"<" + b"a" * 9000 + b">;rel=next",
)  # fmt: skip
_STATUS: Final = (
    *["200 OK"] * 24, "201 Created", "302 Found", "400 Bad", "401 No", "404 Not Found", "405 Not",
    "500 Oh", "503 Busy", "999 X",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What a hostile peer says.

    Attributes:
        name: What is hostile about it.
        call: Which call it is said to, one of ``CALLS``.
        sync: Whether the client without await is meant.
        pieces: What is written to the connection, piece by piece.
    """

    name: str
    call: str
    sync: bool
    pieces: tuple[bytes, ...]


def answer_of(seed: int) -> Answer:
    """Make an answer; the same seed makes the same one."""
    chance = Random(seed)  # noqa: S311 - to repeat it, not to keep a secret
    call = chance.choice(list(CALLS))
    kind = chance.choice(list(KINDS))
    body = _enveloped(chance, call, kind)[:_LARGEST]
    sync = chance.random() < 0.1
    if chance.random() < _FRAMED:
        frame = chance.choice(list(ANSWER_FRAMES))
        name = f"{call}: {kind} of {len(body)} bytes, {frame}"
        return Answer(name, call, sync, ANSWER_FRAMES[frame](chance, body))
    status = chance.choice(_STATUS)
    head = [f"HTTP/1.1 {status}".encode(), b"Content-Type: application/json"]
    odd = chance.random() < 0.2
    if odd:
        head += _odd_headers(chance)
    coding = chance.choice(["plain", "plain", "gzip", "bomb", "chunks", "length", "nothing"])
    more, pieces = _coded(chance, coding, body)
    whole = b"\r\n".join([*head, *more]) + b"\r\n\r\n"
    name = f"{call}: {kind} of {len(body)} bytes, {status[:3]}, {coding}{', odd' if odd else ''}"
    return Answer(name, call, sync, (whole, *pieces))


def _enveloped(chance: Random, call: str, kind: str) -> bytes:
    plain: Any = sample(CALLS[call][0])
    if CALLS[call][1]:
        plain = [plain] * chance.choice([1, 1, 3, 200])
    inner = text(kind, chance, plain)
    whole = {"status_code": 1000, "timestamp": "2026-01-01T00:00:00Z", "status_message": "fine"}
    place = chance.choice(["data"] * 6 + ["status_message", "timestamp", "status_code", "x"])
    if chance.random() < 0.1:
        whole["status_code"] = chance.choice([2001, 3000, 4002])
    whole[place] = "@@INNER@@"
    if place != "data" and chance.random() < 0.5:
        whole["data"] = plain
    made = json.dumps(whole).encode().replace(b'"@@INNER@@"', inner)
    return inner if chance.random() < 0.1 else made


def _odd_headers(chance: Random) -> list[bytes]:
    link = chance.choice(_LINKS)
    choices: tuple[list[bytes], ...] = (
        [b"Link: " + link * (60_000 // len(link))],
        [b"Link: " + link] * 500,
        [b"X-%d: 1" % number for number in range(3000)],
        [b"X-Total-Count: " + b"9" * 50_000],
        [b"Retry-After: " + b"9" * 50_000],
        [b"Retry-After: " + b"Mon, " * 9000],
        [b"Allow: " + b"A," * 30_000],
        [b"Location: " + b"http://" * 9000],
        [b"X-Limit: \xff\xfe"],
        [b"Set-Cookie: " + b"a=b;" * 10_000],
        [b"Content-Encoding: br"],
        [b"Content-Type: " + b"a/b;c=" * 9000],
    )
    return chance.choice(choices)


def _coded(chance: Random, coding: str, body: bytes) -> tuple[list[bytes], list[bytes]]:
    if coding == "gzip":
        return _gzip(chance, gzip.compress(body, 1))
    if coding == "bomb":
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        zeros = chance.choice([b" ", b"[", b"0", b'{"a":', b"[],"]) * 1_000_000
        packed = b"".join(packer.compress(zeros) for _ in range(chance.choice([5, 20])))
        return _gzip(chance, packer.compress(body[:100]) + packed + packer.flush())
    if coding == "chunks":
        size = chance.choice([1, 3, 100, 50_000])
        body = body[: 60_000 * size]
        parts = (body[at : at + size] for at in range(0, len(body), size))
        coded = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
        return [b"Transfer-Encoding: chunked"], [coded + b"0\r\n\r\n"]
    if coding == "length":
        wrong = chance.choice([b"9" * 5000, b"-1", b"x", b"%d" % (len(body) + 5), b"9" * 12])
        return [b"Content-Length: " + wrong], [body]
    return ([b"Connection: close"] if coding == "nothing" else _length(body)), [body]


def _length(body: bytes) -> list[bytes]:
    return [b"Content-Length: %d" % len(body)]


def _gzip(chance: Random, packed: bytes) -> tuple[list[bytes], list[bytes]]:
    if chance.random() < 0.3:
        packed += chance.choice([b"x" * 3_000_000, packed, packed[:9]])
    if chance.random() < 0.2:
        packed = packed[: chance.randint(0, len(packed))]
    return [b"Content-Encoding: gzip", *_length(packed)], [packed]
