"""A request as the endpoints see it: headers by name, ids, parties, and a bounded body."""

import time
from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope

from ocpi_runtime.errors import (
    HttpError,
    InvalidParameters,
    MalformedRequest,
    PayloadTooLarge,
    UnsupportedMediaType,
    Violation,
)
from ocpi_runtime.headers import new_id, sent_id
from ocpi_runtime.server._limits import Limits
from ocpi_runtime.types import PartyId

if TYPE_CHECKING:
    from ocpi_runtime.server._requests.admission import Admitted

__all__ = ["FROM", "PLAIN", "TO", "RequestState", "read_body", "request_state"]

_LENGTH_DIGITS = 18
Claim = Callable[[str], bool]


class RequestState:
    """What the layers of one request share; kept in the ASGI scope under ``KEY``.

    Attributes:
        headers: Header values by lower-case name; of a repeated header the last one, of a
            repeated Authorization header none.
        request_id: X-Request-ID, sent or made here.
        correlation_id: X-Correlation-ID, likewise.
        routed: Whether routing headers were sent.
        functional: Whether the interface that answers takes part in message routing.
        operation: The id of the operation that was called; empty until it is known.
        module: The OCPI module of the operation, likewise.
        partner: The id of the partner that asks; None until it is known.
        status: The HTTP status of the answer; 0 until it leaves.
        started: When the request came, by the clock of ``time.perf_counter``.
        ids: Whether the version that answers knows the two ids.
        answered: Whether an answer has begun to leave.
        body: The body, once it was read.
        admitted: Its place among the open requests of its partner, once that is known.
        claim: Counts the connection as one of a partner, false if it has too many; None if the
            server does not count them (``CONNECTION`` in the extensions of the ASGI scope).
    """

    KEY = "ocpi"
    __slots__ = (
        "admitted",
        "answered",
        "body",
        "claim",
        "correlation_id",
        "functional",
        "headers",
        "ids",
        "module",
        "operation",
        "partner",
        "request_id",
        "routed",
        "started",
        "status",
    )

    def __init__(self, scope: Scope, limits: Limits) -> None:
        sent = scope["headers"]
        size = len(b"".join(chain.from_iterable(sent)))
        self.headers = headers = dict(sent)
        if len(headers) != len(sent) and sum(name == b"authorization" for name, _ in sent) > 1:
            del headers[b"authorization"]  # which one a proxy has checked is not known
        self.ids = True
        self.operation = self.module = ""
        self.partner: str | None = None
        self.status = 0
        self.started = time.perf_counter()
        self.functional = False
        self.routed = not _ROUTING.isdisjoint(headers)
        self.answered = False
        self.body: bytes | None = None
        self.admitted: Admitted | None = None
        extensions = scope.get("extensions")
        self.claim: Claim | None = extensions.get(CONNECTION) if extensions else None
        self.request_id = _sent(headers.get(b"x-request-id"))
        self.correlation_id = _sent(headers.get(b"x-correlation-id"))
        if size > limits.headers:
            raise HttpError(f"The headers have {size} bytes, at most {limits.headers} are allowed.")
        target = len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"])
        if target > limits.target:
            raise HttpError(
                f"The path and query have {target} bytes, at most {limits.target} are allowed.",
                http_status=414,
            )

    def party(self, names: tuple[bytes, bytes]) -> PartyId | None:
        """Read one pair of routing headers.

        Args:
            names: ``FROM`` or ``TO``.

        Raises:
            InvalidParameters: One of the pair is missing, or a value is no CiString of its length.
        """
        country_name, party_name = names
        country = self.headers.get(country_name)
        party = self.headers.get(party_name)
        if country is None and party is None:
            return None
        return PartyId(_routing(country_name, country, 2), _routing(party_name, party, 3))

    def answer_headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers that every answer carries: the ids, and the routing turned round."""
        sent = self.headers
        out = [*PLAIN]
        if self.ids:
            out += (
                (b"x-request-id", self.request_id.encode("latin-1")),
                (b"x-correlation-id", self.correlation_id.encode("latin-1")),
            )
        if self.functional and self.routed:
            for asked, answered in _TURNED:
                if asked in sent:
                    out.append((answered, sent[asked]))
        return out


CONNECTION = "ocpi.connection"
PLAIN = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)
"""The headers of an answer about whose request nothing is known."""
FROM = (b"ocpi-from-country-code", b"ocpi-from-party-id")
TO = (b"ocpi-to-country-code", b"ocpi-to-party-id")
_TURNED = (*zip(FROM, TO, strict=True), *zip(TO, FROM, strict=True))
_ROUTING = frozenset((*FROM, *TO))
_UUID_LENGTH = 36


def request_state(scope: Scope) -> RequestState:
    """Return the shared record of the request in ``scope``."""
    found: RequestState = scope[RequestState.KEY]
    return found


def _sent(value: bytes | None) -> str:
    """Keep a peer's id as it came, or make one where it sent none that can be echoed."""
    if not value:
        return new_id()
    if len(value) == _UUID_LENGTH and value.replace(b"-", b"").isalnum():
        return value.decode("ascii")  # as most are
    return sent_id(value.decode("latin-1")) or new_id()


def _routing(name: bytes, value: bytes | None, length: int) -> str:
    """Check one routing header and fold its case, as CiStrings are compared without it."""
    text = (value or b"").decode("latin-1").strip()
    if 0 < len(text) <= length and text.isascii() and text.isprintable():
        return text.upper()
    label = name.decode()
    what = f"is missing or is not a text of 1 to {length} printable ASCII characters"
    raise InvalidParameters(
        f"The routing header {label} {what}.",
        violations=[Violation(f"header:{label}", "routing", f"{label} {what}")],
    )


async def read_body(exchange: RequestState, receive: Receive, limits: Limits) -> bytes:
    """Read a JSON body whole, within the limits; once only, it is kept.

    Raises:
        UnsupportedMediaType: The body is not declared as JSON, or it is compressed.
        PayloadTooLarge: It is, or says that it is, too large.
        MalformedRequest: The peer left before the end.
    """
    if exchange.body is None:
        exchange.body = await _read_json(exchange, receive, limits)
    return exchange.body


async def _read_json(exchange: RequestState, receive: Receive, limits: Limits) -> bytes:
    headers = exchange.headers
    declared = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if declared and declared != b"application/json":
        raise UnsupportedMediaType("The body must be sent as application/json.")
    coding = headers.get(b"content-encoding", b"identity").strip().lower()
    if coding != b"identity":
        shown = coding.decode("latin-1")[:40]
        raise UnsupportedMediaType(
            f"The body is sent with Content-Encoding {shown!r}; only identity is supported.",
            hint="Send the JSON without compression.",
        )
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or len(length) > _LENGTH_DIGITS or int(length) > limits.body:
        raise _too_large(limits)
    return await _read(receive, limits)


async def _read(receive: Receive, limits: Limits) -> bytes:
    whole, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise MalformedRequest("The connection was closed before the body was complete.")
        chunk = message.get("body", b"")
        more = message.get("more_body", False)
        if len(whole) + len(chunk) > limits.body:
            raise _too_large(limits)
        if not more and not whole:
            return bytes(chunk)
        whole += chunk
    return bytes(whole)


def _too_large(limits: Limits) -> PayloadTooLarge:
    return PayloadTooLarge(f"The body is larger than {limits.body} bytes.")
