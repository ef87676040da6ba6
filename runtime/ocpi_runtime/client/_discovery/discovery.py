"""Discovery: from a versions URL to the newest version that both know and the endpoints in it.

The version information chapter. What a peer lists is read leniently: unknown versions, modules
and fields do no harm, and a broken entry is reported and left out.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeVar

import msgspec

from ocpi_runtime import codec
from ocpi_runtime._codec.lists import list_steps
from ocpi_runtime._wire.exchange import Problem
from ocpi_runtime.binding import Binding
from ocpi_runtime.client._calls.call import call, report
from ocpi_runtime.client._calls.outcome import as_protocol_error
from ocpi_runtime.client._calls.prepare import Connection
from ocpi_runtime.client._calls.request import Answer, Request
from ocpi_runtime.client._calls.tolerance import tolerated
from ocpi_runtime.client._calls.wire import Flow, paced
from ocpi_runtime.client._discovery.endpoints import Endpoint, Endpoints
from ocpi_runtime.client._options import Settings
from ocpi_runtime.errors import (
    HttpError,
    LimitExceeded,
    MethodNotAllowed,
    OcpiError,
    StatusError,
    TooManyRequests,
    UnsupportedVersion,
)
from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.parties import role_offered
from ocpi_runtime.types import Raw

__all__ = ["Found", "base64_by_version", "discover"]

K = TypeVar("K")

_MOST_ENTRIES = 1000
_MOST_NAMED = 20
_LONGEST_NAME = 60


class _Version(msgspec.Struct):
    version: str
    url: str


class _Endpoint(msgspec.Struct):
    identifier: str
    url: str
    role: str | None = None


class _Details(msgspec.Struct):
    endpoints: msgspec.Raw
    version: str | None = None


# The types of these answers are read here, so that any version's list and details can be.
_LIST = Operation(id="get_versions", method="GET", path="/")
_ROLELESS = frozenset({"credentials", "versions"})
_DETAILS = Operation(id="get_version_details", method="GET", path="/")


@dataclass(frozen=True, slots=True)
class Found:
    """What discovery ends with.

    Attributes:
        binding: The version that will be spoken.
        connection: How the peer is reached in it.
    """

    binding: Binding[Any, Any]
    connection: Connection


def discover(
    versions_url: str, token: str, bindings: Sequence[Binding[Any, Any]], settings: Settings
) -> Flow[Found]:
    """Read the versions of a peer, choose one, and read its details.

    Raises:
        UnsupportedVersion: No version in common.
        OcpiError: As every call.
    """
    ordered = sorted(bindings, key=lambda each: _rank(each.version), reverse=True)
    if not ordered:
        raise UnsupportedVersion(
            "No binding was given. Pass the binding of at least one OCPI version."
        )
    coding = _Coding(settings.token_base64)
    listed = Endpoint("versions", "list", versions_url)
    connection = Connection(settings, "", Endpoints([listed]), token, base64_by_version(ordered[0]))
    interface = ordered[0].interfaces["versions", "list"]
    connection, answer = yield from coding.call(connection, interface, _LIST)
    offered = yield from _entries(settings, answer, answer.raw, _Version)
    binding, details_url = _choose(ordered, offered)
    detailed = Endpoint("versions", "details", details_url)
    connection = replace(
        connection, version=binding.version, endpoints=Endpoints([listed, detailed])
    )
    connection = replace(connection, base64=base64_by_version(binding))
    interface = binding.interfaces["versions", "details"]
    connection, answer = yield from coding.call(connection, interface, _DETAILS)
    published = yield from _published(settings, interface, answer)
    return Found(binding, replace(connection, endpoints=Endpoints([listed, detailed, *published])))


def base64_by_version(binding: Binding[Any, Any]) -> bool:
    """Return whether a version asks for Base64 around the token in the header."""
    return next(iter(binding.interfaces.values())).token_base64


class _Coding:
    """Finds out whether a peer wants the token in Base64 or plain.

    Each request of the discovery finds it out again, beginning with what the one before found:
    there are peers that read it in one way for the versions and in another for a version.

    Args:
        fixed: What is known about the peer; None to begin with what the version asks for, and to
            try the other when the peer refuses the request, in whatever way.
    """

    def __init__(self, fixed: bool | None) -> None:  # noqa: FBT001 - an option with three values
        self._known = fixed
        self._fixed = fixed is not None

    def call(
        self, connection: Connection, interface: Interface, operation: Operation
    ) -> Flow[tuple[Connection, Answer[None]]]:
        """Send a request in the coding that is known or that the version asks for.

        Raises:
            NotAuthorized: The peer refuses the token in either coding.
            OcpiError: As every call.
        """
        request: Request[None] = Request(interface, operation)
        if self._known is not None:
            connection = replace(connection, base64=self._known)
        try:
            return connection, (yield from call(connection, request))
        except (HttpError, StatusError) as refusal:
            if self._fixed or not _may_be_coding(refusal):
                raise
            first = refusal
        connection = replace(connection, base64=not connection.base64)
        try:
            answer = yield from call(connection, request)
        except (HttpError, StatusError):
            raise first from None
        self._known = connection.base64
        return connection, answer


def _may_be_coding(refusal: OcpiError) -> bool:
    """Return whether a peer may have refused a request because it did not know the token."""
    return not isinstance(refusal, MethodNotAllowed | TooManyRequests)


def _rank(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", version))


def _choose(
    ordered: Sequence[Binding[Any, Any]], offered: Sequence[_Version]
) -> tuple[Binding[Any, Any], str]:
    urls = {each.version: each.url for each in reversed(offered)}
    for binding in ordered:
        if binding.version in urls:
            return binding, urls[binding.version]
    theirs = ", ".join(each[:_LONGEST_NAME] for each in islice(urls, _MOST_NAMED)) or "none"
    ours = ", ".join(each.version for each in ordered)
    raise UnsupportedVersion(
        f"No OCPI version in common: the peer offers {theirs}; supported here: {ours}.",
        hint="Pass a binding of a version that the peer offers.",
    )


def _published(
    settings: Settings, interface: Interface, answer: Answer[None]
) -> Flow[list[Endpoint]]:
    """Read the endpoints out of version details."""
    try:
        data = answer.raw or b"null"
        settings.limits.of_objects().check(data, settings.limits.depth - 1)
        data, listed = tolerated(Raw(data), _Details)
        details = codec.decode(data, _Details)
    except OcpiError as fault:
        raise _unreadable(answer, fault) from fault
    if listed:
        report(settings, Problem("get_version_details", answer.url, listed))
    endpoints = []
    entries = yield from _entries(settings, answer, Raw(details.endpoints), _Endpoint)
    often = Counter(each.identifier.lower() for each in entries)
    for each in entries:
        if each.role is None and interface.roles:
            name = each.identifier[:_LONGEST_NAME]
            message = f"role is missing in the endpoint {name}; it is used for SENDER and RECEIVER."
            report(settings, Problem("get_version_details", answer.url, message))
        both = often[each.identifier.lower()] > 1
        role = _role(settings, interface, each, both=both)
        endpoints.append(Endpoint(each.identifier, role, each.url))
    return endpoints


def _role(settings: Settings, interface: Interface, listed: _Endpoint, *, both: bool) -> str:
    """Return the interface role of an endpoint, given or by the role of the peer; or empty.

    Args:
        settings: The session, which may know the role of the peer.
        interface: The version details.
        listed: The endpoint.
        both: Whether the module is listed more than once, as by a peer that has both roles.
    """
    if listed.role is not None:
        return listed.role
    if both or interface.roles or settings.peer_role is None or listed.identifier in _ROLELESS:
        return ""
    return role_offered(listed.identifier, settings.peer_role)


def _entries(
    settings: Settings, answer: Answer[None], data: Raw | None, kind: type[K]
) -> Flow[list[K]]:
    """Read a list of entries; a broken one is reported and left out."""
    limits = settings.limits
    try:
        read = yield from paced(list_steps(data or b"null", kind, limits.of_objects()))
    except OcpiError as fault:
        raise _unreadable(answer, fault) from fault
    count = len(read.good) + len(read.broken) + read.more_broken
    if count > _MOST_ENTRIES:
        raise LimitExceeded(f"{answer.url} lists {count} entries, at most {_MOST_ENTRIES}.")
    for each in read.broken:
        first = each.violations[0]
        message = f"An entry was left out: {first.pointer} {first.message}"
        problem = Problem("discovery", answer.url, message, f"/{each.index}", each.raw)
        report(settings, replace(problem, violations=each.violations))
    if read.more_broken:
        message = f"{read.more_broken} more entries were left out."
        report(settings, Problem("discovery", answer.url, message))
    return [each.value for each in read.good]


def _unreadable(answer: Answer[None], fault: OcpiError) -> OcpiError:
    error = as_protocol_error(fault)
    error.args = (f"GET {answer.url}: {error.message}",)
    return error
