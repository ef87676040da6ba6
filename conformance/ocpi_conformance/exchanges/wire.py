"""Requests and answers as they went over the wire, and as they are shown to people."""

import base64
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ocpi_runtime.client import mask_tokens

__all__ = [
    "MASKED",
    "MASKED_BASE64",
    "Answer",
    "RecordedExchange",
    "SentRequest",
    "authorization_mask",
    "is_mask",
    "mask_of",
    "shown",
    "unmasked_authorization",
]

_BASE64 = " | base64 | tr -d '\\n'"
_MOST_CODED = 2
_VARIABLES: dict[str, Callable[[str], str]] = {
    "$TOKEN": lambda token: token,
    "${TOKEN}x": lambda token: f"{token}x",
    "${TOKEN%?}": lambda token: token[:-1],
}
"""What the shell makes of the token: as it is, with a letter more, with one less."""


def authorization_mask(scheme: str = "Token", variable: str = "$TOKEN", *, coded: int = 0) -> str:
    """Return what stands in records for an Authorization header: the shell makes it of the token.

    Args:
        scheme: The scheme of the header.
        variable: ``$TOKEN``, ``${TOKEN}x`` or ``${TOKEN%?}``.
        coded: How often it is Base64-encoded.
    """
    return (
        f'{scheme} $(printf %s "{variable}"{_BASE64 * coded})' if coded else f"{scheme} {variable}"
    )


MASKED = authorization_mask()
"""Stands in records for the Authorization header with the token of the target as it is."""
MASKED_BASE64 = authorization_mask(coded=1)
"""Stands in records for the Authorization header with that token, Base64-encoded."""
_FORMS = {
    authorization_mask(scheme, variable, coded=coded): (scheme, variable, coded)
    for scheme in ("Token", "Bearer")
    for variable in _VARIABLES
    for coded in range(_MOST_CODED + 1)
}


def unmasked_authorization(mask: str, token: str) -> str:
    """Return the header that a mask stands for."""
    scheme, variable, coded = _FORMS[mask]
    value = _VARIABLES[variable](token).encode()
    for _ in range(coded):
        value = base64.b64encode(value)
    return f"{scheme} {value.decode()}"


_SHOWN_BYTES = 20_000
_GLOBBED = frozenset("[]{}")
# What HTTP libraries add by themselves and a reader of a finding does not need.
_NOISE = frozenset({
    "accept", "accept-encoding", "connection", "content-length", "host", "user-agent",
    "x-schemathesis-testcaseid",
})  # fmt: skip


def mask_of(name: str) -> str:
    """Return what is in records for the secret in a header: a variable of the shell."""
    return MASKED if name == "authorization" else f"${name.upper().replace('-', '_')}"


def is_mask(name: str, value: str) -> bool:
    """Return whether the value of a header stands for a secret."""
    return value in _FORMS if name == "authorization" else value == mask_of(name)


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request.

    Attributes:
        method: In upper case.
        url: Absolute, as it was sent.
        headers: Names in lower case; the token and extra headers are masked.
        body: None where nothing was sent.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    @property
    def size(self) -> int:
        """How much a reader has to look at: the smaller of two findings is kept."""
        return len(self.url) + len(self.body or b"")

    def curl(self) -> str:
        """Return a shell command that repeats the request.

        ``$TOKEN`` in it is the credentials token as it was agreed on; the line encodes it where
        the header has it Base64-encoded. Extra headers of the target have variables with their
        names.
        """
        parts = ["curl", "-i", "-X", self.method]
        for name, value in self.headers.items():
            if is_mask(name, value):
                parts += ["-H", f'"{name}: {value}"']
            elif not value:  # curl leaves out a header without value, unless it is written so
                parts += ["-H", shlex.quote(f"{name};")]
            elif name not in _NOISE:
                parts += ["-H", shlex.quote(f"{name}: {value}")]
        if _GLOBBED & set(self.url):  # curl takes them for a range or a choice
            parts.append("--globoff")
        if self.body is not None:
            parts += ["--data-binary", _shell(_masked(self.body))]
        return " ".join([*parts, shlex.quote(self.url)])


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        status: The HTTP status.
        headers: Names in lower case; of a repeated header all values, joined by commas.
        body: The whole body.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class RecordedExchange:
    """A request and its answer.

    Attributes:
        sent: The request, at the URL that answered.
        answer: The answer.
        redirect: What led there, if the request was redirected.
        token_mark: The same for requests with the same token; empty where that is not known.
        started: When the request was sent, in seconds; None where that is not known.
        ended: When the answer had come, likewise.
    """

    sent: SentRequest
    answer: Answer
    redirect: "RecordedExchange | None" = None
    token_mark: str = ""
    started: float | None = None
    ended: float | None = None


def shown(message: SentRequest | Answer) -> dict[str, Any]:
    """Return a message as data for reports: no token in it, and bounded."""
    body = _masked(message.body or b"")
    headers = {name: value for name, value in message.headers.items() if name not in _NOISE}
    head: dict[str, Any]
    if isinstance(message, SentRequest):
        head = {"method": message.method, "url": message.url}
    else:
        head = {"status": message.status}
    return {**head, "headers": headers, "body": _bounded(body)}


def _masked(body: bytes) -> bytes:
    """Mask the credentials token in a body of credentials; tokens of drivers are no secrets."""
    return mask_tokens(body) if b'"token"' in body and b'"url"' in body else body


def _bounded(body: bytes) -> str:
    text = body[:_SHOWN_BYTES].decode("utf-8", errors="backslashreplace")
    left = len(body) - _SHOWN_BYTES
    return f"{text}… ({left} bytes more)" if left > 0 else text


def _shell(body: bytes) -> str:
    """Quote a body for bash; what is no printable text is written in ``$'...'``."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and text.isprintable():
        return shlex.quote(text)
    return "$'" + "".join(_escaped(octet) for octet in body) + "'"


def _escaped(octet: int) -> str:
    char = chr(octet)
    if char in "'\\":
        return f"\\{char}"
    return char if char.isascii() and char.isprintable() else f"\\x{octet:02x}"
