"""Requests of the vectors: good ones, and their parts."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from msgspec import UNSET

from ocpi_conformance.vectors._bodies import body_of
from ocpi_conformance.vectors._bundles import VectorOperation
from ocpi_conformance.vectors._format import Expected, Step, VectorRequest
from ocpi_conformance.vectors._world import (
    AT_FIRST,
    CHANGED,
    PEER,
    PEER_PARTY,
    SUBJECT,
    SUBJECT_PARTY,
    TOKEN_A,
    ids_for,
)
from ocpi_runtime import headers as names
from ocpi_runtime import token as tokens

__all__ = [
    "SUCCESS",
    "good_request",
    "headers_of",
    "request_of",
    "routing",
    "steps_before",
    "success_of",
]

SUCCESS: Final = "1xxx"
_ABOUT_SUBJECT: Final = frozenset({"commands", "chargingprofiles"})
"""Modules whose receivers hold the objects that requests are about."""
_BIND_CDR: Final = {
    "id": "the last part of the URL in the header Location of the answer to the step before"
}
_QUERY: Final = {
    "date_from": "2026-01-01T00:00:00Z",
    "date_to": "2027-01-01T00:00:00Z",
    "timeslot_from": "2026-01-01T00:00:00Z",
    "timeslot_to": "2099-01-01T00:00:00Z",
    "offset": "0",
    "limit": "10",
    "type": "RFID",
    "duration": "900",
    "response_url": f"{PEER.versions_url.removesuffix('versions')}results/1",
}


def headers_of(operation: VectorOperation, token: str | None = None) -> dict[str, str]:
    """Return the headers of a request: the token, ids from 2.2 on, routing in functional modules.

    Args:
        operation: What is called.
        token: The credentials token; by default that of the peer, or the token A.
    """
    interface = operation.interface
    if token is None:
        token = TOKEN_A if operation.id == "post_credentials" else SUBJECT.token
    headers = {"Authorization": tokens.header_value(token, base64=interface.token_base64)}
    if interface.ids:
        headers |= {names.REQUEST_ID: "request-1", names.CORRELATION_ID: "correlation-1"}
    if interface.ids and interface.functional:
        headers |= routing(PEER_PARTY, SUBJECT_PARTY)
    if operation.operation.body is not None:
        headers["Content-Type"] = "application/json"
    return headers


def routing(sender: tuple[str, str], receiver: tuple[str, str]) -> dict[str, str]:
    """Return the routing headers of a message between two parties."""
    return {
        names.FROM_COUNTRY_CODE: sender[0],
        names.FROM_PARTY_ID: sender[1],
        names.TO_COUNTRY_CODE: receiver[0],
        names.TO_PARTY_ID: receiver[1],
    }


def request_of(
    operation: VectorOperation,
    *,
    parameters: Mapping[str, str],
    query: Mapping[str, str],
    body: Any = UNSET,
    body_text: Any = UNSET,
    headers: Mapping[str, str] | None = None,
) -> VectorRequest:
    """Build a request."""
    return VectorRequest(
        method=operation.method,
        path=operation.path,
        parameters=dict(parameters),
        query=dict(query),
        target=_target(operation.path, parameters, query),
        headers=dict(headers_of(operation) if headers is None else headers),
        body=body,
        body_text=body_text,
    )


def _target(path: str, parameters: Mapping[str, str], query: Mapping[str, str]) -> str:
    below = path.rstrip("/")
    for name, value in parameters.items():
        below = below.replace(f"{{{name}}}", quote(value, safe=""))
    pairs = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return f"{below}?{pairs}" if pairs else below


def good_request(
    operation: VectorOperation, *, full: bool = True, stamp: str = CHANGED
) -> VectorRequest:
    """Make a request that must succeed.

    Args:
        operation: What is called.
        full: With all that is optional, or with what is required alone.
        stamp: ``last_updated`` of the objects in the body.
    """
    ids = ids_for(operation)
    body = UNSET
    if operation.operation.body is not None:
        body = body_of(operation, full=full, stamp=stamp)
    return request_of(
        operation,
        parameters={one.name: ids[one.name] for one in operation.in_path},
        query={one.name: _QUERY[one.name] for one in operation.in_query if full or one.required},
        body=body,
    )


def success_of(operation: VectorOperation, *, is_new: bool) -> list[Expected]:
    """Return the documented answers to a request that must succeed, the right one first."""
    answers = [Expected(200, SUCCESS)]
    if operation.creates:
        created = Expected(201, SUCCESS)
        answers = [created, *answers] if is_new else [*answers, created]
    return [one for one in answers if str(one.http_status) in operation.raw["responses"]]


def step_of(operation: VectorOperation, *, is_new: bool = True) -> Step:
    """Return the step that sends a good request at first."""
    module, interface = operation.key
    return Step(
        module,
        interface,
        operation.id,
        good_request(operation, stamp=AT_FIRST),
        success_of(operation, is_new=is_new),
    )


def steps_before(
    operation: VectorOperation, every: Mapping[tuple[str, str], list[VectorOperation]]
) -> tuple[list[Step], dict[str, str]]:
    """Return the steps that make what an operation of a receiver needs.

    Args:
        operation: What is called.
        every: All operations of the version, by module and interface.

    Returns:
        The steps, and the path parameters that come from their answers.
    """
    if operation.id == "put_active_charging_profile":
        put = next(one for one in every["sessions", "receiver"] if one.id == "put_session")
        return [step_of(put.marked_like(operation))], {}
    if operation.interface.name != "receiver" or operation.key[0] in _ABOUT_SUBJECT:
        return [], {}
    others = [one.marked_like(operation) for one in every[operation.key]]
    above = [one for one in others if one.method == "PUT" and _is_above(one, operation)]
    if operation.method in {"GET", "PATCH", "DELETE"}:
        same = [one for one in others if one.method == "PUT" and one.path == operation.path]
        makers = [one for one in others if one.method == "POST" and _is_above(one, operation)]
        above += same or makers[-1:]
    steps = [step_of(one) for one in above]
    return steps, _BIND_CDR if operation.key[0] == "cdrs" and operation.in_path else {}


def _is_above(one: VectorOperation, other: VectorOperation) -> bool:
    return other.path.startswith(one.path.rstrip("/") + "/") and one.path != other.path
