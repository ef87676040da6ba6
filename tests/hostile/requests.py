"""Hostile HTTP requests to every operation of every version."""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Final

from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.parties import PartyRole, offered_by
from ocpi_runtime.server import endpoint_url
from ocpi_server._versions import VERSIONS, binding_of
from tests.hostile.frames import FRAMES
from tests.hostile.samples import sample
from tests.hostile.target import party_of, token_of
from tests.hostile.texts import KINDS, text

__all__ = ["RawRequest", "plain_requests", "request_of"]

_IDS: Final = ("A1", "A1", "A1", "B%2F2", "x" * 36, "x" * 60_000, "%F0%9F", "%1F", "%00", "é")
_WORDS: Final = (
    "1", "-1", "9" * 5000, "2024-01-01T00:00:00Z", "2024-01-01T00:00:00." + "0" * 9000,
    "+00:00" * 5000, "%00", "%F0%9F%98%80", "a" * 30_000, "%" * 500, "1e9", "٣",
)  # fmt: skip
_LONGEST_TARGET: Final = 60_000
_FRAMED: Final = 0.2
_NAMES: Final = ("limit", "offset", "date_from", "date_to", "cursor", "type", "x", "")


@dataclass(frozen=True, slots=True)
class RawRequest:
    """One request as bytes.

    Attributes:
        name: What is hostile about it.
        pieces: What is written to the connection, piece by piece.
        ends: Whether nothing more is sent: the request itself may not show it.
    """

    name: str
    pieces: tuple[bytes, ...]
    ends: bool = False


@dataclass(frozen=True, slots=True)
class _CalledOperation:
    interface: Interface
    operation: Operation
    own_role: PartyRole | None


@cache
def _called_operations() -> tuple[_CalledOperation, ...]:
    return tuple(_list_operations())


def _list_operations() -> Iterator[_CalledOperation]:
    for version in VERSIONS:
        for (module, name), interface in binding_of(version).interfaces.items():
            if module in {"versions", "credentials"}:
                roles: tuple[PartyRole | None, ...] = ("CPO", "EMSP")
                roles = (None,) if interface.roles else roles
            else:
                roles = (None if interface.roles else offered_by(module, name),)
            for operation in interface.operations.values():
                if operation.id == "delete_credentials":
                    continue  # it would end the registration in whose name all is sent
                yield from (_CalledOperation(interface, operation, role) for role in roles)


def request_of(seed: int) -> RawRequest:
    """Make a request; the same seed makes the same one."""
    chance = Random(seed)  # noqa: S311 - to repeat it, not to keep a secret
    with_body = chance.random() < 0.85
    operations = [
        each for each in _called_operations() if (each.operation.body is not None) == with_body
    ]
    called = chance.choice(operations)
    kind = chance.choice(list(KINDS))
    body = _body(chance, called, kind) if with_body else b""
    odd = chance.random() < (0.15 if with_body else 1.0)
    path = _path(called, chance.choice(_IDS) if odd else "A1")
    if odd and chance.random() < 0.7:
        path = (path + _query(chance))[:_LONGEST_TARGET]
    if chance.random() < _FRAMED:
        return _framed(chance, called, kind, path, body)
    head, pieces = _head(chance, called, odd=odd), [body]
    if body and chance.random() < 0.1:
        head, pieces = [*head, b"Transfer-Encoding: chunked"], _chunked(chance, body)
    elif body:
        head.append(b"Content-Length: %d" % len(body))
    first = f"{called.operation.method} {path} HTTP/1.1\r\n".encode()
    whole = first + b"\r\n".join(head) + b"\r\n\r\n"
    name = f"{_name(called, kind, body)}{' odd' if odd else ''}"
    return RawRequest(name, (whole, *pieces))


def plain_requests() -> Iterator[RawRequest]:
    """Make a right request to every operation, and one with an empty object."""
    for called in _called_operations():
        head = _head(Random(0), called, odd=False)  # noqa: S311 - nothing is left to chance
        first = f"{called.operation.method} {_path(called, 'A1')} HTTP/1.1\r\n".encode()
        bodies = [b""]
        if called.operation.body is not None:
            bodies = [_addressed(json.dumps(sample(called.operation.body)).encode(), called), b"{}"]
        for body in bodies:
            lines = [*head, b"Content-Length: %d" % len(body)]
            yield RawRequest(called.operation.id, (first + b"\r\n".join(lines) + b"\r\n\r\n", body))


def _framed(
    chance: Random, called: _CalledOperation, kind: str, path: str, body: bytes
) -> RawRequest:
    frame = chance.choice(list(FRAMES))
    parts = (called.operation.method, path, _head(chance, called, odd=False), body)
    return RawRequest(
        f"{_name(called, kind, body)}, {frame}", (FRAMES[frame](chance, parts),), ends=True
    )


def _name(called: _CalledOperation, kind: str, body: bytes) -> str:
    interface = called.interface
    where = f"{interface.version} {interface.module} {called.operation.id}"
    return f"{where}: {kind if body else 'query'} of {len(body)} bytes"


def _body(chance: Random, called: _CalledOperation, kind: str) -> bytes:
    plain = sample(called.operation.body)
    return _addressed(text(kind, chance, plain), called)


def _addressed(body: bytes, called: _CalledOperation) -> bytes:
    """Name the partner that sends a body as the party in it."""
    return body.replace(b'"BEC"', b'"%b"' % _party(called).encode())


def _party(called: _CalledOperation) -> str:
    """Return the party that the partner sends the objects of a module for."""
    emsp = called.interface.module in {"tokens", "commands"}
    return party_of(called.interface.version, called.own_role, "EMSP" if emsp else "CPO")


def _path(called: _CalledOperation, own_id: str) -> str:
    interface = called.interface
    below = "" if called.own_role is None else f"/{called.own_role.lower()}"
    if interface.module == "versions":
        base = (
            f"{below}/{interface.version}" if interface.name == "details" else f"{below}/versions"
        )
    elif interface.module == "credentials":
        base = f"{below}/{interface.version}/credentials"
    else:
        base = endpoint_url("", interface)
    path = called.operation.path.rstrip("/")
    for parameter in called.operation.parameters:
        if parameter.place == "path":
            fixed = {"country_code": "BE", "party_id": _party(called)}
            value = fixed.get(parameter.name, own_id)
            if parameter.enum is not None:
                value = next(iter(parameter.enum)).value
            path = path.replace(f"{{{parameter.name}}}", value)
    return (base + path).encode("utf-8").decode("latin-1")


def _query(chance: Random) -> str:
    count = chance.choice([1, 2, 5, 90, 101, 5000])
    pairs = (f"{chance.choice(_NAMES)}={chance.choice(_WORDS[:3])}" for _ in range(count))
    if count < 6:
        pairs = (f"{chance.choice(_NAMES)}={chance.choice(_WORDS)}" for _ in range(count))
    return "?" + "&".join(pairs).encode().decode("latin-1")


def _head(chance: Random, called: _CalledOperation, *, odd: bool) -> list[bytes]:
    token = token_of(called.interface.version, called.own_role)
    shown = b64encode(token.encode()).decode() if called.interface.token_base64 else token
    head = [b"Host: localhost", f"Authorization: Token {shown}".encode()]
    head += [b"Content-Type: application/json", b"Connection: close"]
    return [*head, *_odd_headers(chance)] if odd else head


def _odd_headers(chance: Random) -> list[bytes]:
    choices: tuple[list[bytes], ...] = (
        [b"X-Request-ID: " + b"a" * 40_000],
        [b"X-%d: 1" % number for number in range(1000)],
        [b"OCPI-to-party-id: ABC"] * 300,
        [b"X-Correlation-ID: \xff\xfe", b"OCPI-from-country-code: \x80\x80"],
        [b"Authorization: Token " + b"=" * 10_000],
        [b"Accept-Encoding: " + b"gzip;q=0," * 1000],
        [b"Content-Type: " + b"a/b;" * 4000],
        [b"Cookie: " + b"a=b;" * 3000],
        [b"Range: bytes=" + b"0-1," * 2000],
        [],
    )
    return chance.choice(choices)


def _chunked(chance: Random, body: bytes) -> list[Any]:
    """Divide a body into chunks of a few bytes, or of many."""
    size = chance.choice([1, 2, 7, 100, 65_536])
    body = body[: 20_000 * size]
    chunks = (body[at : at + size] for at in range(0, len(body), size))
    coded = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in chunks)
    return [coded + b"0\r\n\r\n"]
