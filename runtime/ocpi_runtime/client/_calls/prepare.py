"""From a request to what is sent: URL, headers and a body that was checked."""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ocpi_runtime import codec, headers, urls
from ocpi_runtime._codec.decode import errors_of_text
from ocpi_runtime._wire.exchange import MASK
from ocpi_runtime.client._calls.request import Request
from ocpi_runtime.client._calls.wire import Outgoing
from ocpi_runtime.client._discovery.endpoints import Endpoints
from ocpi_runtime.client._options import Settings
from ocpi_runtime.dialect import Learner, NotInEdition, Repair, with_nulls
from ocpi_runtime.errors import InvalidParameters, UnsafeUrl, Violation
from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.token import header_value
from ocpi_runtime.types import Model, Raw

__all__ = ["Connection", "prepare", "refused"]

_AGENT = "ocpi-runtime"
_SHORTEST_SECRET = 8
_LONGEST_SHOWN = 300
_USER = re.compile("//[^/]*@")


@dataclass(slots=True)
class Habits:
    """What a session finds out about its peer.

    Attributes:
        faults: Pointers and codes of faults of its envelopes that were reported.
        nulls: Optional fields that it wants written as null where they are absent.
    """

    faults: set[tuple[str, str]] = field(default_factory=set)
    nulls: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Connection:
    """How a peer is reached, in one version.

    Attributes:
        settings: Limits, policy, routing and hooks.
        version: The OCPI version that is spoken; empty during discovery.
        endpoints: The endpoints of the peer.
        token: The credentials token that the peer issued to us.
        base64: Whether the token is Base64-encoded in the header.
        correlation_id: The X-Correlation-ID of all calls; None makes a new one for each call.
        repairs: How many objects of the peer needed each rule of its dialect.
        habits: What was found out about the peer.
        learner: Collects what the peer sends, to propose a dialect.
        fixed: The headers that requests to functional modules, or to others, have in common, with a
            body or without.
    """

    settings: Settings
    version: str
    endpoints: Endpoints
    token: str = field(repr=False)
    base64: bool
    correlation_id: str | None = None
    repairs: Counter[str] = field(default_factory=Counter, compare=False)
    habits: Habits = field(default_factory=Habits, compare=False)
    learner: Learner = field(default_factory=Learner, compare=False)
    fixed: dict[tuple[bool, bool], dict[str, str]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def masked(self, text: str) -> str:
        """Hide the token, plain and in Base64, and extra headers in a text of the peer."""
        for secret in self._secrets():
            text = text.replace(secret, MASK)
        return text

    def masked_bytes(self, body: bytes) -> bytes:
        """Hide them in a body; one without them is not copied."""
        for secret in self._secrets():
            body = body.replace(secret.encode(), MASK.encode())
        return body

    def _secrets(self) -> tuple[str, ...]:
        extra = self.settings.transport.headers
        named = [value for value in extra.values() if len(value) >= _SHORTEST_SECRET]
        if len(self.token) < _SHORTEST_SECRET:
            return tuple(named)
        return self.token, b64encode(self.token.encode()).decode(), *named


def prepare(
    connection: Connection, request: Request[Any], url: str, correlation_id: str
) -> Outgoing:
    """Build what is sent to a URL, which may have come from outside.

    Raises:
        UnsafeUrl: The policy does not allow the URL.
        InvalidParameters: The body, or the value of a header, may not be sent.
    """
    _check_url(connection, request.operation, url)
    interface = request.interface
    content = _body(request)
    content, changes = _adapted(connection, operation := request.operation, content)
    request_id = headers.new_id() if interface.ids else ""
    correlation_id = correlation_id if interface.ids else ""
    named = _headers(connection, interface, content).copy()
    if interface.ids:
        named[headers.REQUEST_ID] = request_id
        named[headers.CORRELATION_ID] = correlation_id
        _check_header(headers.CORRELATION_ID, correlation_id)
    return Outgoing(
        interface,
        operation,
        operation.method,
        url,
        named,
        content,
        request_id,
        correlation_id,
        changes,
    )


def _adapted(
    connection: Connection, operation: Operation, content: bytes | None
) -> tuple[bytes | None, tuple[Repair, ...]]:
    """Adapt a body to what the peer takes.

    Raises:
        InvalidParameters: The peer is on an edition that does not take it, or that is not known.
    """
    kind = operation.body
    if not content or not (isinstance(kind, type) and issubclass(kind, Model)):
        return content, ()
    if connection.habits.nulls:
        content = with_nulls(content, kind, connection.habits.nulls)
    try:
        return connection.settings.dialect.adapt(content, kind)
    except ValueError as fault:
        at = fault.pointer if isinstance(fault, NotInEdition) else ""
        message = f"{operation.id} was not sent: {fault}"
        violation = Violation(at, "edition", str(fault))
        raise InvalidParameters(message, violations=[violation]) from fault


def _check_url(connection: Connection, operation: Operation, url: str) -> None:
    try:
        urls.check_url(url, connection.settings.policy)
    except UnsafeUrl as fault:
        shown = _USER.sub("//", url[:_LONGEST_SHOWN].encode("ascii", "replace").decode())
        name = shown if shown.isprintable() else repr(shown)
        fault.args = (f"{operation.method} {name}: {fault.message}",)
        raise


def _headers(connection: Connection, interface: Interface, content: bytes | None) -> dict[str, str]:
    """Return what all requests of a kind have, made and checked once."""
    routed = interface.functional and interface.ids
    key = routed, content is not None
    found = connection.fixed.get(key)
    if found is None:
        found = _made(connection, routed=routed, with_body=content is not None)
        for name, value in found.items():
            _check_header(name, value)
        connection.fixed[key] = found
    return found


def _made(connection: Connection, *, routed: bool, with_body: bool) -> dict[str, str]:
    named = {
        "Authorization": _authorization(connection),
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "User-Agent": _AGENT,
    }
    if with_body:
        named["Content-Type"] = "application/json"
    settings = connection.settings
    if routed:
        named |= headers.RoutingHeaders(settings.from_party, settings.to_party).as_headers()
    _add_headers(named, settings.transport.headers)
    return named


def _add_headers(named: dict[str, str], extra: Mapping[str, str]) -> None:
    """Add the headers that a peer demands beside OCPI; User-Agent is one that may be replaced."""
    if extra:
        known = {name.lower(): name for name in named}
        named.update({known.get(name.lower(), name): value for name, value in extra.items()})


def _authorization(connection: Connection) -> str:
    try:
        return header_value(connection.token, base64=connection.base64)
    except ValueError as fault:
        violation = Violation("header:Authorization", "token", str(fault))
        raise InvalidParameters(str(fault), violations=[violation]) from None


def _body(request: Request[Any]) -> bytes | None:
    """Write the body and validate it by the rules of its class; Raw is sent as it is."""
    body, kind = request.body, request.operation.body
    if body is None and not request.operation.body_required:
        return None
    if kind is None:
        return None
    if isinstance(body, Raw):
        return body
    try:
        content = codec.encode(body)
    except ValueError as fault:
        raise refused(request, [Violation("", "value", str(fault))]) from fault
    if faults := errors_of_text(content, kind):
        raise refused(request, faults)
    return content


def refused(request: Request[Any], faults: list[Violation]) -> InvalidParameters:
    """Return the error of a request that breaks the rules of its version and is not sent."""
    first = faults[0]
    return InvalidParameters(
        f"{request.operation.id} was not sent, it breaks OCPI {request.interface.version}: "
        f"{first.pointer or 'the body'} {first.message}",
        violations=faults,
    )


def _check_header(name: str, value: str) -> None:
    """Refuse a value that would end the header, or that HTTP does not carry; never quote it."""
    if not value or not value.isascii() or not value.isprintable() or value != value.strip():
        fault = Violation(f"header:{name}", "header", "is not printable ASCII text")
        raise InvalidParameters(f"The header {name} cannot be sent.", violations=[fault])
