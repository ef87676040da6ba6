"""HTTP requests that are hostile in their form, whatever their body says."""

import gzip
from collections.abc import Callable
from random import Random
from typing import Final, TypeAlias

__all__ = ["FRAMES", "Parts"]

Parts: TypeAlias = tuple[str, str, list[bytes], bytes]
"""Method, target, the headers that every request has, and the body."""

_SMALL: Final = 200_000
_METHODS: Final = (
    "TRACE", "CONNECT", "OPTIONS", "HEAD", "get", "G" * 10_000, "PRI", "G\u00c9T", "PROPFIND",
)  # fmt: skip
_TARGETS: Final = (
    "*", "http://localhost/ocpi/versions", "//", "/" + "a/" * 4000, "/..%2f" * 1000, "/;a=b" * 1500,
    "/ocpi\x00/versions", "/%25252e" * 900, "ocpi", "/#" * 4000, "http://[::::]/", "/?" * 4000,
)  # fmt: skip
_OTHER_LENGTHS: Final = (
    b"Content-Length: 5", b"Content-Length: 5, 6", b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: chunked, identity", b"Transfer-Encoding: \x0bchunked",
)  # fmt: skip
_RAW: Final = (
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 5000,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x5a" * 600,
    b"\r\n" * 100_000,
    b"\x00" * 100_000,
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /ocpi/versions HTTP/1.0\r\n\r\n",
    b"GET /ocpi/versions\r\n\r\n",
    b"GET /ocpi/versions HTTP/1.1\n\n",
    b"GET /ocpi/versions HTTP/1.1\r\nHost : a\r\n b: c\r\n\r\n",
)


def _whole(method: str, target: str, head: list[bytes], body: bytes) -> bytes:
    first = f"{method} {target} HTTP/1.1\r\n".encode()
    return first + b"\r\n".join(head) + b"\r\n\r\n" + body


def _sized(head: list[bytes], body: bytes) -> list[bytes]:
    return [*head, b"Content-Length: %d" % len(body)]


def _multipart(chance: Random, parts: Parts) -> bytes:
    method, target, head, body = parts
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + body[:100] + b"\r\n"
    made = part * chance.choice([1, 100, 10_000]) + b"--x--\r\n"
    head = [each for each in head if not each.startswith(b"Content-Type")]
    kind = chance.choice([b"multipart/form-data; boundary=x", b"application/x-www-form-urlencoded"])
    return _whole(method, target, _sized([*head, b"Content-Type: " + kind], made), made)


def _compressed(chance: Random, parts: Parts) -> bytes:
    method, target, head, body = parts
    made = gzip.compress(body if chance.random() < 0.5 else b"[" * 20_000_000, 1)
    coding = b"Content-Encoding: " + chance.choice(
        [b"gzip", b"gzip, gzip", b"deflate", b"x" * 9000]
    )
    return _whole(method, target, _sized([*head, coding], made), made)


def _chunks(body: bytes, size: int, extension: bytes = b"") -> bytes:
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x%b\r\n%b\r\n" % (len(each), extension, each) for each in pieces)


def _extensions(chance: Random, parts: Parts) -> bytes:
    method, target, head, body = parts
    extension = b";a=" + b"x" * chance.choice([1, 100, 10_000])
    made = _chunks(body[: _SMALL if len(extension) < 9 else 20_000], 100, extension) + b"0\r\n\r\n"
    return _whole(method, target, [*head, b"Transfer-Encoding: chunked"], made)


def _trailers(chance: Random, parts: Parts) -> bytes:
    method, target, head, body = parts
    trailers = b"".join(b"X-%d: 1\r\n" % each for each in range(chance.choice([1, 100, 50_000])))
    made = _chunks(body[:_SMALL], 5000) + b"0\r\n" + trailers + b"\r\n"
    return _whole(method, target, [*head, b"Transfer-Encoding: chunked"], made)


def _odd_sizes(chance: Random, parts: Parts) -> bytes:
    """Announce chunks of sizes that no body has."""
    method, target, head, body = parts
    size = chance.choice(
        [b"-1", b"F" * 16, b"0" * 60_000 + b"5", b"0x5", b"ffffffffffffffff", b" 5"]
    )
    made = size + b"\r\n" + body[:5] + b"\r\n0\r\n\r\n"
    return _whole(method, target, [*head, b"Transfer-Encoding: chunked"], made)


def _two_lengths(chance: Random, parts: Parts) -> bytes:
    """Leave open where the body ends, as for request smuggling."""
    method, target, head, body = parts
    body = body[:_SMALL]
    other = chance.choice(_OTHER_LENGTHS)
    made = chance.choice([body, _chunks(body, 5000) + b"0\r\n\r\n"])
    return _whole(method, target, [*_sized(head, made), other], made)


def _cut_off(chance: Random, parts: Parts) -> bytes:
    """End before the body does."""
    method, target, head, body = parts
    whole = _whole(method, target, _sized(head, body), body)
    return whole[: chance.randint(0, len(whole))]


def _pipelined(chance: Random, parts: Parts) -> bytes:
    method, target, head, body = parts
    kept = [each for each in head if not each.startswith(b"Connection")]
    many = min(chance.choice([2, 50, 500]), _SMALL // (len(body) + 1) + 2)
    return _whole(method, target, _sized(kept, body), body) * many


def _upgrade(chance: Random, parts: Parts) -> bytes:
    _, target, head, body = parts
    kind = chance.choice([b"websocket", b"h2c", b"TLS/1.3", b"x" * 5000])
    kept = [each for each in head if not each.startswith(b"Connection")]
    more = [b"Connection: Upgrade", b"Upgrade: " + kind, b"Sec-WebSocket-Version: 13"]
    more += [b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", b"HTTP2-Settings: AAMAAABk"]
    return _whole(chance.choice(["GET", "POST"]), target, [*kept, *more], body[:5000])


def _odd_method(chance: Random, parts: Parts) -> bytes:
    _, target, head, body = parts
    return _whole(chance.choice(_METHODS), target, _sized(head, body), body)


def _odd_target(chance: Random, parts: Parts) -> bytes:
    method, _, head, body = parts
    return _whole(method, chance.choice(_TARGETS), _sized(head, body), body)


def _many_keys(chance: Random, parts: Parts) -> bytes:
    method, target, head, body = parts
    word = chance.choice(["{:x}", "{:x}=1", "limit={:x}", "date_from={:x}", "%{:02x}"])
    keys = "&".join(word.format(each) for each in range(chance.choice([100, 1500, 10_000])))
    return _whole(method, f"{target}?{keys}", _sized(head, body), body)


def _many_headers(chance: Random, parts: Parts) -> bytes:
    method, target, head, body = parts
    header = chance.choice(
        [b"X-%d: ", b"Authorization: Token %d", b"Content-Type: %d", b"x%d:\r\n\t"]
    )
    more = [header % each for each in range(chance.choice([100, 3000, 20_000]))]
    return _whole(method, target, [*_sized(head, body), *more], body)


def _expecting(chance: Random, parts: Parts) -> bytes:
    method, target, head, body = parts
    expected = chance.choice([b"100-continue", b"200-maybe", b"1" * 5000])
    return _whole(method, target, [*_sized(head, body), b"Expect: " + expected], body)


def _raw(chance: Random, _parts: Parts) -> bytes:
    return chance.choice(_RAW)


FRAMES: Final[dict[str, Callable[[Random, Parts], bytes]]] = {
    "multipart": _multipart,
    "compressed": _compressed,
    "chunk extensions": _extensions,
    "trailers": _trailers,
    "odd chunk sizes": _odd_sizes,
    "two lengths": _two_lengths,
    "cut off": _cut_off,
    "pipelined": _pipelined,
    "upgrade": _upgrade,
    "odd method": _odd_method,
    "odd target": _odd_target,
    "many keys": _many_keys,
    "many headers": _many_headers,
    "expecting": _expecting,
    "raw": _raw,
}
