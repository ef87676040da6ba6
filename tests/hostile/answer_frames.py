"""HTTP answers that are hostile in their form, whatever their body says."""

import gzip
import json
import struct
from collections.abc import Callable
from random import Random
from typing import Final, TypeAlias

__all__ = ["ANSWER_FRAMES"]

Pieces: TypeAlias = tuple[bytes, ...]
Frame: TypeAlias = Callable[[Random, bytes], Pieces]

_OK: Final = b"HTTP/1.1 200 OK\r\n"
_JSON: Final = b"Content-Type: application/json\r\n"
_SMALL: Final = 200_000
_INTERIM: Final = (
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: <http://a/>; rel=preload\r\n\r\n",
    b"HTTP/1.1 102 Processing\r\n" + b"X-A: " + b"b" * 5000 + b"\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
)
_STARTS: Final = (
    b"HTTP/1.1 200 " + b"O" * 60_000 + b"\r\n\r\n",
    b"HTTP/0.9 200 OK\r\n\r\n",
    b"200 OK\r\n\r\n",
    b"HTTP/1.1 99999999999999999999 OK\r\n\r\n",
    b"HTTP/2 200\r\n\r\n",
    b"\x15\x03\x03\x00\x02\x02\x28",
    b"\r\n" * 60_000 + b"HTTP/1.1 200 OK\r\n\r\n",
    b"HTTP/1.1 -200 OK\r\n\r\n",
    b"SSH-2.0-a\r\n",
    b"HTTP/1.1 000 No\r\n\r\n",
    b"HTTP/1.1 20\xb2 OK\r\n\r\n",
    b"\x00" * 60_000,
)
_SIZES: Final = (b"-1", b"F" * 16, b"0" * 60_000 + b"5", b"0x5", b" 5", b"", b"5;" + b"a" * 100_000)
_LENGTHS: Final = (
    b"Content-Length: 5\r\nContent-Length: 6\r\n",
    b"Content-Length: 5, 5\r\n",
    b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"Transfer-Encoding: identity\r\n",
    b"Content-Length: +5\r\n",
    "Content-Length: \u0663\r\n".encode(),
)
_PLACES: Final = (
    b"/", b"?" + b"a" * 8000, b"//[::1]/", b"http://169.254.169.254/", b"\xff\xfe", b"",
    b"file:///etc/passwd", b"http://a" * 5000, b"/%0d%0aX: y", b"/../" * 2000,
)  # fmt: skip
_LINKS: Final = (
    b"</locations?offset=1>", b"<?offset=%d>", b"<http://169.254.169.254/>",
    b"<" + b"/a" * 4000 + b">", b"<>",
)  # fmt: skip
_JOINED: Final = (
    b"\xef\xbb\xbf@", b"@\n@", b")]}',\n@", b"@" + b"\0" * 9000, b"[@]", b"@ NaN",
    b'{"data":@,"status_code":1000}',
)  # fmt: skip


def _sized(body: bytes) -> bytes:
    return _OK + _JSON + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def _interim(chance: Random, body: bytes) -> Pieces:
    """Announce for long that the answer is to come."""
    one = chance.choice(_INTERIM)
    many = min(chance.choice([1, 50, 5000, 100_000]), 3_000_000 // len(one))
    return one * many, _sized(body)


def _start(chance: Random, body: bytes) -> Pieces:
    return (chance.choice(_STARTS) + body[:_SMALL],)


def _folded(chance: Random, body: bytes) -> Pieces:
    """Go on with one header over many lines."""
    lines = b"X-A: b\r\n" + chance.choice([b" c\r\n", b"\t\r\n"]) * chance.choice([5, 500, 30_000])
    return _OK + lines + b"\r\n", body[:_SMALL]


def _trailers(chance: Random, body: bytes) -> Pieces:
    body = body[:_SMALL]
    line = chance.choice(
        [b"X-A: b\r\n", b"X-B: " + b"c" * 60_000 + b"\r\n", b"Link: <a>; rel=next\r\n"]
    )
    many = min(chance.choice([1, 100, 50_000]), 3_000_000 // len(line))
    head = _OK + _JSON + b"Transfer-Encoding: chunked\r\n\r\n"
    return head, b"%x\r\n%b\r\n0\r\n" % (len(body), body), line * many + b"\r\n"


def _chunk_sizes(chance: Random, body: bytes) -> Pieces:
    head = _OK + _JSON + b"Transfer-Encoding: chunked\r\n\r\n"
    size = chance.choice(_SIZES)
    return head, size + b"\r\n" + body[:5] + b"\r\n0\r\n\r\n"


def _lengths(chance: Random, body: bytes) -> Pieces:
    return _OK + _JSON + chance.choice(_LENGTHS) + b"\r\n", body[:_SMALL]


def _smuggled(chance: Random, body: bytes) -> Pieces:
    """Send a second answer that nobody asked for, as if it were that to the next request."""
    return _sized(body[:_SMALL]), _sized(b'{"status_code":3000}') * chance.choice([1, 5000])


def _dripped(chance: Random, body: bytes) -> Pieces:
    """Send a few bytes at a time, each in a packet of its own."""
    whole = _sized(body[:2000])
    size = chance.choice([1, 10, 50])
    return tuple(whole[at : at + size] for at in range(0, len(whole), size))


def _twice_packed(chance: Random, body: bytes) -> Pieces:
    packed = body
    for _ in range(chance.choice([2, 3, 50])):
        packed = gzip.compress(packed, 1)
    coding = chance.choice([b"gzip, gzip", b"gzip", b"deflate", b"GZIP", b"gzip," * 9000])
    head = _OK + b"Content-Encoding: " + coding + b"\r\nContent-Length: %d\r\n\r\n" % len(packed)
    return head, packed


def _gzip_header(chance: Random, body: bytes) -> Pieces:
    """Compress with a name or comment that does not end, or with an extra field."""
    flag, more = chance.choice(
        [(8, b"a" * 3_000_000), (16, b"b" * 3_000_000), (4, b"\xff\xff" + b"c" * 65_535)]
    )
    plain = gzip.compress(body[:_SMALL], 1)
    ended = more + (b"\0" if flag > 4 and chance.random() < 0.5 else b"")
    packed = plain[:3] + bytes([flag]) + plain[4:10] + ended + plain[10:]
    head = _OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    return head, packed


def _many_members(chance: Random, body: bytes) -> Pieces:
    """Join thousands of gzip files, most of them empty."""
    packed = gzip.compress(body[:_SMALL]) + gzip.compress(b"") * chance.choice([1, 100, 50_000])
    packed += struct.pack("<I", 0) * chance.choice([0, 1000])
    head = _OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    return head, packed


def _redirect(chance: Random, body: bytes) -> Pieces:
    """Redirect to the same place again, or to one that nobody should go to."""
    place = chance.choice(_PLACES)
    status = chance.choice([b"307 T", b"308 P", b"301 M", b"303 S", b"300 C"])
    head = b"HTTP/1.1 " + status + b"\r\nLocation: " + place + b"\r\nContent-Length: 0\r\n\r\n"
    return (head,) if chance.random() < 0.7 else (head.replace(b": 0", b": %d" % len(body)), body)


def _linked(chance: Random, body: bytes) -> Pieces:
    """Link to a next page for ever, with a total that does not fit."""
    link = chance.choice(_LINKS).replace(b"%d", b"%d" % chance.randint(1, 10**6))
    total = chance.choice([b"0", b"1", b"-1", b"9" * 30, b"1e9", b"x"])
    more = b"Link: " + link + b'; rel="next"\r\nX-Total-Count: ' + total + b"\r\nX-Limit: 0\r\n"
    return (_sized(body).replace(_JSON, _JSON + more, 1),)


def _violations(chance: Random, _body: bytes) -> Pieces:
    """Refuse the request for thousands of reasons."""
    each = {"pointer": "/a" * chance.choice([1, 500]), "code": "x" * 90, "message": "\u202e" * 50}
    listed = [each] * chance.choice([1, 100, 700]) if chance.random() < 0.7 else {"a": each}
    whole = {"status_code": 2001, "status_message": "\x1b[2J" * 500, "violations": listed}
    return (_sized(json.dumps(whole).encode()),)


def _joined(chance: Random, body: bytes) -> Pieces:
    """Put something before or behind the envelope, or an envelope in the envelope."""
    changed = chance.choice(_JOINED).replace(b"@", body)
    if chance.random() < 0.3:
        changed = body[:-1] + b',"data":0,"data":[],"status_code":1e3}'
    return (_sized(changed[:4_000_000]),)


ANSWER_FRAMES: Final[dict[str, Frame]] = {
    "interim": _interim,
    "start": _start,
    "folded": _folded,
    "trailers": _trailers,
    "chunk sizes": _chunk_sizes,
    "lengths": _lengths,
    "smuggled": _smuggled,
    "dripped": _dripped,
    "twice packed": _twice_packed,
    "gzip header": _gzip_header,
    "many members": _many_members,
    "redirect": _redirect,
    "linked": _linked,
    "violations": _violations,
    "joined": _joined,
}
