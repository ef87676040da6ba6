"""What a client did: its requests with their answers, and which operation each was."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ocpi_conformance.bundles.documents import bundle_of
from ocpi_conformance.bundles.operations import Operation, describe
from ocpi_conformance.bundles.reading import Reading, read, segments_below
from ocpi_conformance.exchanges.wire import RecordedExchange, SentRequest
from ocpi_conformance.mock._party.handlers import MockRole, interfaces_of
from ocpi_runtime.binding import Binding
from ocpi_runtime.operations import Interface
from ocpi_runtime.parties import EMSP, offered_by
from ocpi_runtime.server import endpoint_url

__all__ = ["ClientRequest", "MockEndpoint", "MockEndpoints"]


@dataclass(frozen=True, slots=True)
class MockEndpoint:
    """An interface of a mock at its URL.

    Attributes:
        interface: The interface.
        url: Where it is.
        operations: Its operations.
    """

    interface: Interface
    url: str
    operations: Sequence[Operation]

    @property
    def target(self) -> str:
        """The name of the bundle for people."""
        return f"{self.interface.version} {self.interface.module}.{self.interface.name}"


class MockEndpoints:
    """All endpoints of a mock, to find the operation of a request.

    Args:
        binding: The version.
        role: The role of the mock.
        base_url: Where the mock is.

    Attributes:
        with_roles: Whether the version has one versions URL for all roles.
        base64: Whether tokens are Base64-encoded in the version.
        versions_url: Where the versions are listed.
        specification: The URL of the folder of the specification.
        docs: The URL of the section about versions.
    """

    def __init__(self, binding: Binding[Any, Any], role: MockRole, base_url: str) -> None:
        self._binding = binding
        credentials = binding.interfaces["credentials", "both"]
        self.with_roles, self.base64 = credentials.roles, credentials.token_base64
        below = "" if self.with_roles else f"/{'emsp' if role == 'emsp' else 'cpo'}"
        root = f"{base_url}{below}"
        self.versions_url = f"{root}/versions"
        listed = [
            self._made("versions", "list", self.versions_url),
            self._made("versions", "details", f"{root}/{binding.version}"),
            self._made("credentials", "both", f"{root}/{binding.version}/credentials"),
        ]
        versions = describe(bundle_of(binding, "versions", "list"))
        self.specification, self.docs = versions.specification, versions.section
        listed += [
            self._made(one.module, one.name, endpoint_url(base_url, one))
            for one in interfaces_of(binding, role)
            if self.with_roles or _is_offered(one, role)
        ]
        self._listed = sorted(listed, key=lambda one: len(one.url), reverse=True)

    def _made(self, module: str, name: str, url: str) -> MockEndpoint:
        described = describe(bundle_of(self._binding, module, name))
        interface = self._binding.interfaces[module, name]
        operations = tuple(described.operations.values())
        return MockEndpoint(interface, url, operations)

    def __iter__(self) -> Iterator[MockEndpoint]:
        return iter(self._listed)

    def url_of(self, module: str, name: str) -> str:
        """Return the URL of an interface; nothing where the mock does not offer it."""
        for one in self._listed:
            if (one.interface.module, one.interface.name) == (module, name):
                return one.url
        return ""

    def find(self, method: str, url: str) -> tuple[MockEndpoint | None, Operation | None]:
        """Return the endpoint and the operation of a request; None where there is none."""
        for endpoint in self._listed:
            segments = segments_below(endpoint.url, url)
            if segments is None:
                continue
            for operation in endpoint.operations:
                if operation.method == method and _fits(operation, segments):
                    return endpoint, operation
            if any(_fits(one, segments) for one in endpoint.operations):
                return endpoint, None
        return None, None


def _is_offered(interface: Interface, role: MockRole) -> bool:
    return (offered_by(interface.module, interface.role) == EMSP) == (role == "emsp")


def _fits(operation: Operation, segments: Sequence[str]) -> bool:
    template = operation.segments
    return len(template) == len(segments) and all(
        piece.startswith("{") or piece == one for piece, one in zip(template, segments, strict=True)
    )


@dataclass(frozen=True, slots=True)
class ClientRequest:
    """One request of the client and what it got.

    Attributes:
        number: Counts the requests.
        at: When it came, in seconds of a monotonic clock.
        done: When its answer was sent, or the client went away.
        exchange: The request and the answer; the token is masked.
        endpoint: The endpoint that was called, or None.
        operation: The operation that was called, or None.
        token: The name of the token, such as ``C1``; empty where it is not known or missing.
        retired: Whether the token was valid no more when the request came.
        coding: How the token was sent: ``base64``, ``plain``, ``scheme`` for another scheme, or
            ``missing``.
        own_origin: Whether it was sent to the URL of the mock, not to another name of it.
        faults: The kinds of faults, with their mode, that changed the answer.
        complete: Whether the client took the whole answer.
        link: The URL of the Link to the next page that the client was sent.
    """

    number: int
    at: float
    done: float
    exchange: RecordedExchange
    endpoint: MockEndpoint | None
    operation: Operation | None
    token: str
    retired: bool
    coding: str
    own_origin: bool
    faults: frozenset[str] = field(default_factory=frozenset)
    complete: bool = True
    link: str = ""

    @property
    def sent(self) -> SentRequest:
        """The request."""
        return self.exchange.sent

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return self.exchange.answer.status

    @property
    def name(self) -> str:
        """The operationId; ``*`` where there is none."""
        return self.operation.id if self.operation else "*"

    @property
    def target(self) -> str:
        """The bundle, or nothing."""
        return self.endpoint.target if self.endpoint else ""

    @property
    def functional(self) -> bool:
        """Whether a functional module was called."""
        return self.endpoint is not None and self.endpoint.interface.functional

    @property
    def query(self) -> Mapping[str, str]:
        """The query parameters."""
        return dict(parse_qsl(urlsplit(self.sent.url).query, keep_blank_values=True))

    @property
    def reading(self) -> Reading | None:
        """The request as its bundle reads it; None where no operation was called."""
        if self.operation is None or self.endpoint is None:
            return None
        return read(self.operation, self.endpoint.url, self.sent)
