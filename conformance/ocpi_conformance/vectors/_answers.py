"""Answers of the vectors: correct ones, and the envelopes of errors."""

from typing import Any, Final

from ocpi_conformance.vectors._bodies import data_of
from ocpi_conformance.vectors._bundles import VectorOperation
from ocpi_conformance.vectors._format import Answer, Expected
from ocpi_conformance.vectors._requests import routing
from ocpi_conformance.vectors._world import (
    AT_FIRST,
    ENVELOPE_TIME,
    PEER_PARTY,
    SUBJECT,
    SUBJECT_PARTY,
)
from ocpi_runtime import headers as names

__all__ = ["answer_headers", "envelope", "error_answer", "good_answer"]

_UNAUTHORIZED: Final = 401
_MESSAGES: Final = {
    "2000": "The request cannot be read.",
    "2001": "Parameters of the request are invalid or missing.",
    "2003": "The object is unknown.",
}


def good_answer(operation: VectorOperation, expected: Expected) -> Answer:
    """Make the answer to a good request."""
    data = data_of(operation, AT_FIRST)
    headers = answer_headers(operation, routed=True)
    if operation.operation.paged:
        headers |= {names.TOTAL_COUNT: "1", names.LIMIT: "10"}
    if operation.id == "post_cdr":
        base = SUBJECT.versions_url.removesuffix("versions")
        headers["Location"] = f"{base}{operation.interface.version}/receiver/cdrs/1"
    body = envelope(1000, "Success")
    if data is not None:
        body = {"data": data, **body}
    return Answer(
        expected.http_status, headers, body, schema=_schema(operation, expected.http_status)
    )


def error_answer(operation: VectorOperation, expected: Expected) -> Answer:
    """Make the answer to a request that must be refused."""
    code = expected.status_code.replace("x", "0") or "2000"
    body = envelope(int(code), _MESSAGES.get(code, "The request is refused."))
    headers = answer_headers(operation, routed=False)
    if expected.http_status == _UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Token"
    return Answer(
        expected.http_status, headers, body, schema=_schema(operation, expected.http_status)
    )


def answer_headers(operation: VectorOperation, *, routed: bool) -> dict[str, str]:
    """Return the headers of an answer: the ids of the request, the routing headers swapped."""
    headers = {"Content-Type": "application/json"}
    interface = operation.interface
    if interface.ids:
        headers |= {names.REQUEST_ID: "request-1", names.CORRELATION_ID: "correlation-1"}
    if interface.ids and interface.functional and routed:
        headers |= routing(SUBJECT_PARTY, PEER_PARTY)
    return headers


def envelope(code: int, message: str) -> dict[str, Any]:
    """Return an envelope without data."""
    return {"status_code": code, "status_message": message, "timestamp": ENVELOPE_TIME}


def _schema(operation: VectorOperation, http_status: int) -> str:
    return f"{operation.openapi_file}{operation.schema_of_answer(http_status)}"
