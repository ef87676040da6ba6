"""Which operation of which interface a recorded request called."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from ocpi_conformance.bundles.documents import bundle_of
from ocpi_conformance.bundles.operations import InterfaceDescription, Operation, describe
from ocpi_conformance.bundles.reading import segments_below
from ocpi_conformance.exchanges.target import Target
from ocpi_conformance.exchanges.wire import RecordedExchange, SentRequest
from ocpi_runtime.binding import Binding

__all__ = ["CalledOperation", "KnownEndpoints"]

_CPO_SENDS: Final = frozenset({"locations", "sessions", "cdrs", "tariffs", "payments"})
_ROLES: Final = ("sender", "receiver", "both")
_CONFIGURATION: Final = ("list", "details")


@dataclass(frozen=True, slots=True)
class CalledOperation:
    """An operation at the endpoint of a party.

    Attributes:
        version: Of OCPI.
        module: The module identifier.
        interface: ``sender``, ``receiver``, ``both``, ``list`` or ``details``.
        url: The endpoint URL.
        description: All operations of the interface.
        operation: What was called; where the path has no such method, one of that path.
        known: Whether the path has the method.
        certain: Whether the party is known to offer this interface; versions without roles, and
            URLs that name none, leave it open.
    """

    version: str
    module: str
    interface: str
    url: str
    description: InterfaceDescription
    operation: Operation
    known: bool = True
    certain: bool = True

    @property
    def name(self) -> str:
        """The display name of the bundle, such as ``2.2.1 locations.sender``."""
        return f"{self.version} {self.module}.{self.interface}"


@dataclass(frozen=True, slots=True)
class _Endpoint:
    version: str
    module: str
    interfaces: tuple[str, ...]
    url: str


class KnownEndpoints:
    """Finds the endpoints of a log: those of version details in it, else by their URLs.

    Args:
        bindings: The versions that are known.
        version: Of the requests whose URL names none.
    """

    def __init__(self, bindings: Sequence[Binding[Any, Any]], version: str | None = None) -> None:
        self._bindings = {one.version: one for one in bindings}
        self._version = version
        self._endpoints: list[_Endpoint] = []
        self._descriptions: dict[tuple[str, str, str], InterfaceDescription | None] = {}

    def learn(self, exchanges: Iterable[RecordedExchange]) -> None:
        """Read the lists of versions and the version details in a log."""
        for one in exchanges:
            if one.sent.method == "GET" and b'"version' in one.answer.body:
                self._endpoints += self._published(one.sent.url, _data(one.answer.body))
        # The longest URL wins where one lies below another.
        self._endpoints.sort(key=lambda one: -len(one.url))

    def _published(self, url: str, data: Any) -> Iterator[_Endpoint]:
        if isinstance(data, list) and data and all(_is_version(one) for one in data):
            named = {str(one["version"]) for one in data} & self._bindings.keys()
            yield _Endpoint(max(named or self._bindings), "versions", ("list",), url)
        if isinstance(data, dict) and data.get("version") in self._bindings:
            version = str(data["version"])
            yield _Endpoint(version, "versions", ("details",), url)
            found = data.get("endpoints")
            for one in found if isinstance(found, list) else ():
                if isinstance(one, dict) and {"identifier", "url"} <= one.keys():
                    role = str(one.get("role", "")).lower()
                    roles = (role, "both") if role else _ROLES
                    yield _Endpoint(version, str(one["identifier"]).lower(), roles, str(one["url"]))

    def add(self, targets: Iterable[Target]) -> None:
        """Add the interfaces of a party that is known."""
        self._endpoints += [
            _Endpoint(one.version, one.module, (one.interface,), one.url) for one in targets
        ]
        self._endpoints.sort(key=lambda one: -len(one.url))

    def find(self, sent: SentRequest) -> CalledOperation | None:
        """Return what a request called; None where that is not known."""
        places = [
            place
            for endpoint in self._candidates(sent.url)
            for interface in endpoint.interfaces
            if (place := self._place(endpoint, interface, sent)) is not None
        ]
        return next((one for one in places if one.known), places[0] if places else None)

    def _candidates(self, url: str) -> Iterator[_Endpoint]:
        below = [one for one in self._endpoints if segments_below(one.url, url) is not None]
        yield from (one for one in below if urlsplit(one.url).netloc == urlsplit(url).netloc)
        yield from self._guessed(url)

    def _guessed(self, url: str) -> Iterator[_Endpoint]:
        """Guess an endpoint by its URL: a version, perhaps a role, a module."""
        pieces = [piece.lower() for piece in urlsplit(url).path.split("/")]
        version = next((one for one in pieces if one in self._bindings), self._version)
        if version is None:
            return
        modules = {module.lower(): module for module, _ in self._bindings[version].interfaces}
        for at in reversed(range(len(pieces))):
            if pieces[at] in modules and pieces[at] != "versions":
                module = modules[pieces[at]]
                yield _Endpoint(version, module, _roles(pieces[:at], module), _until(url, at))

    def _place(
        self, endpoint: _Endpoint, interface: str, sent: SentRequest
    ) -> CalledOperation | None:
        description = self._described(endpoint.version, endpoint.module, interface)
        segments = segments_below(endpoint.url, sent.url)
        if description is None or segments is None:
            return None
        if interface in _CONFIGURATION and segments:
            return None
        fitting = [one for one in description.operations.values() if _fits(one, segments)]
        fitting.sort(key=lambda one: sum(piece[0] == "{" for piece in one.segments))
        if not fitting:
            return None
        called = next((one for one in fitting if one.method == sent.method), None)
        return CalledOperation(
            endpoint.version,
            endpoint.module,
            interface,
            endpoint.url,
            description,
            called or fitting[0],
            known=called is not None,
            certain=endpoint.interfaces != _ROLES,
        )

    def _described(self, version: str, module: str, interface: str) -> InterfaceDescription | None:
        key = (version, module, interface)
        if key not in self._descriptions:
            try:
                bundle = bundle_of(self._bindings[version], module, interface)
            except KeyError:
                self._descriptions[key] = None
            else:
                self._descriptions[key] = describe(bundle)
        return self._descriptions[key]


def _fits(operation: Operation, segments: Sequence[str]) -> bool:
    return len(operation.segments) == len(segments) and all(
        piece[0] == "{" or piece == segment
        for piece, segment in zip(operation.segments, segments, strict=True)
    )


def _roles(before: Sequence[str], module: str) -> tuple[str, ...]:
    """Return the interfaces that the parts of a URL before the module indicate."""
    for piece in reversed(before):
        if piece in {"sender", "receiver"}:
            return (piece, "both")
        if piece in {"cpo", "emsp"}:
            sends = (piece == "cpo") == (module in _CPO_SENDS)
            return ("sender" if sends else "receiver", "both")
    return _ROLES


def _until(url: str, at: int) -> str:
    parts = urlsplit(url)
    path = "/".join(parts.path.split("/")[: at + 1])
    return f"{parts.scheme}://{parts.netloc}{path}"


def _is_version(value: Any) -> bool:
    return isinstance(value, dict) and {"version", "url"} <= value.keys()


def _data(body: bytes) -> Any:
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return envelope.get("data") if isinstance(envelope, Mapping) else None
