"""Rules about where requests go, and about their headers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from ocpi_conformance.mock._judging._judgement import Judge, Judgement, about, each
from ocpi_conformance.mock._judging.observed import Observed, answered_well
from ocpi_conformance.mock._record import ClientRequest
from ocpi_conformance.rules.clients import requests as rules
from ocpi_runtime import headers as names
from ocpi_runtime.headers import RoutingHeaders
from ocpi_runtime.types import PartyId

__all__ = ["JUDGES"]

_DISCOVERY: Final = {"get_versions", "get_version_details"}
_ROUTING: Final = (
    names.FROM_COUNTRY_CODE.lower(), names.FROM_PARTY_ID.lower(),
    names.TO_COUNTRY_CODE.lower(), names.TO_PARTY_ID.lower(),
)  # fmt: skip


def _discovery_first(observed: Observed) -> Judgement:
    known = set(_DISCOVERY) if observed.discovered else set()
    asked, breaches = 0, []
    for one in observed.entries:
        if one.name in _DISCOVERY:
            known |= {one.name} if answered_well([one]) else set()
        elif one.endpoint is not None:
            asked += 1
            missing = sorted(_DISCOVERY - known)
            if missing:
                got = f"{' and '.join(missing)} did not come before"
                breaches.append(about(one, "versions and version details are read first", got))
    return Judgement(asked, breaches)


def _published(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        return "the path belongs to no endpoint" if entry.endpoint is None else None

    return each(observed.entries, "a URL below an endpoint of version details", fault)


def _known_method(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        return (
            f"{entry.sent.method} is not a method of the URL" if entry.operation is None else None
        )

    called = [one for one in observed.entries if one.endpoint is not None]
    return each(called, "a method that the endpoint has", fault)


def _with_ids(observed: Observed) -> Iterable[ClientRequest]:
    return (one for one in observed.entries if one.operation is not None and one.operation.ids)


def _request_id(observed: Observed) -> Judgement:
    entries = [*_with_ids(observed)]
    first: dict[str, ClientRequest] = {}
    breaches = []
    for one in entries:
        sent = one.sent.headers.get(names.REQUEST_ID.lower())
        if not sent:
            breaches.append(about(one, "an X-Request-ID", "X-Request-ID is missing"))
        elif sent in first:
            got = "X-Request-ID is that of an earlier request"
            breaches.append(about(one, "an X-Request-ID that is new", got, first[sent]))
        else:
            first[sent] = one
    return Judgement(len(entries), breaches)


def _correlation_id(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        sent = entry.sent.headers.get(names.CORRELATION_ID.lower())
        return None if sent else "X-Correlation-ID is missing"

    return each(_with_ids(observed), "an X-Correlation-ID", fault)


def _routed(observed: Observed) -> list[ClientRequest]:
    return [
        one
        for one in observed.entries
        if one.functional and one.operation is not None and one.operation.routed
    ]


def _routing(entry: ClientRequest) -> RoutingHeaders | str:
    """Return the routing headers of a request, or what is wrong with them."""
    try:
        return RoutingHeaders.read(entry.sent.headers)
    except ValueError as error:
        return str(error)


def _routing_from(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        sent = [name for name in _ROUTING[:2] if entry.sent.headers.get(name)]
        if len(sent) < len(_ROUTING[:2]):
            missing = next(name for name in _ROUTING[:2] if name not in sent)
            return f"{missing} is missing"
        read = _routing(entry)
        if isinstance(read, str):
            return read
        return _stranger(read.from_party, observed.parties, "of the credentials of the client")

    return each(_routed(observed), "OCPI-from headers with a party of the client", fault)


def _routing_to(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        read = _routing(entry)
        if isinstance(read, str):
            return read
        return _stranger(read.to_party, observed.own, "of the platform that is called")

    sent = [
        one for one in _routed(observed) if any(name in one.sent.headers for name in _ROUTING[2:])
    ]
    return each(sent, "OCPI-to headers with a party of the mock", fault)


def _stranger(party: PartyId | None, known: frozenset[PartyId], whose: str) -> str | None:
    if party is None or not known or party in known:
        return None
    listed = ", ".join(sorted(str(one) for one in known))
    return f"{party} is not a party {whose} ({listed})"


def _no_routing(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        sent = Counter(name for name in _ROUTING if name in entry.sent.headers)
        return f"{', '.join(sent)} in a request that is not routed" if sent else None

    fixed = [one for one in observed.entries if one.operation is not None and not one.functional]
    return each(fixed, "no routing headers", fault)


JUDGES: Final[Mapping[str, Judge]] = {
    rules.DISCOVERY_FIRST.id: _discovery_first,
    rules.PUBLISHED_ENDPOINTS.id: _published,
    rules.KNOWN_METHOD.id: _known_method,
    rules.REQUEST_ID.id: _request_id,
    rules.CORRELATION_ID.id: _correlation_id,
    rules.ROUTING_FROM.id: _routing_from,
    rules.ROUTING_TO.id: _routing_to,
    rules.NO_ROUTING.id: _no_routing,
}
