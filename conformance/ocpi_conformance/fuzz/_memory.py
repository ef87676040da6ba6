"""Requests that were right once, kept to be sent again or turned into wrong ones."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.bundles.reading import read
from ocpi_conformance.exchanges.wire import SentRequest
from ocpi_conformance.fuzz._align import Alignment, RequestParts, align
from ocpi_conformance.fuzz._knowledge import Knowledge
from ocpi_runtime.urls import join

__all__ = ["Memory", "renewed", "written"]

_JSON = "application/json"
_UNKNOWN = "FUZZ-NONE"


@dataclass(slots=True)
class Memory:
    """What is remembered of one target.

    Attributes:
        url: The endpoint URL.
        accepted: By operationId, the last valid request that was answered with success.
        valid: By operationId, the last valid request.
    """

    url: str
    accepted: dict[str, SentRequest] = field(default_factory=dict)
    valid: dict[str, SentRequest] = field(default_factory=dict)

    def sample(
        self, operation: Operation, knowledge: Knowledge, headers: Mapping[str, str]
    ) -> SentRequest:
        """Return a request that is as right as is known: a remembered one, or one without body."""
        known = self.accepted.get(operation.id) or self.valid.get(operation.id)
        if known is not None:
            return renewed(known, headers)
        ids = knowledge.ids(operation.id, operation.path_params, 0)
        path = {name: ids.get(name, _UNKNOWN) for name in operation.path_params}
        body: Any = None if operation.body is None else {}
        return written(operation, self.url, RequestParts(path, {}, body), headers)

    def moved(
        self,
        operation: Operation,
        knowledge: Knowledge,
        alignment: Alignment,
        headers: Mapping[str, str],
    ) -> SentRequest | None:
        """Return a request that was accepted, with another owner or with ids that differ."""
        known = self.accepted.get(operation.id)
        if known is None:
            return None
        reading = read(operation, self.url, known)
        parts = RequestParts(reading.path, dict(reading.query), reading.body)
        there = self.query_of(operation, [operation])
        aligned = align(operation, parts, knowledge, alignment, 0, there)
        return written(operation, self.url, aligned, headers)

    def again(self, operation: Operation, headers: Mapping[str, str]) -> SentRequest | None:
        """Return the last accepted request of an operation with new ids of its message."""
        known = self.accepted.get(operation.id)
        return None if known is None else renewed(known, headers)

    def query_of(self, operation: Operation, puts: Iterable[Operation]) -> dict[str, str]:
        """Return the query with which an object was put at the path of an operation."""
        for put in puts:
            sent = self.accepted.get(put.id)
            if put.method == "PUT" and put.path == operation.path and sent is not None:
                return dict(parse_qsl(urlsplit(sent.url).query))
        return {}


def written(
    operation: Operation, url: str, parts: RequestParts, headers: Mapping[str, str]
) -> SentRequest:
    """Write a request to an operation.

    Args:
        operation: What is called.
        url: The endpoint URL.
        parts: The ids, the query and the body.
        headers: What goes with it; the content type is added.
    """
    pieces = [
        parts.path[piece[1:-1]] if piece.startswith("{") else piece for piece in operation.segments
    ]
    url = join(url, *pieces)
    if parts.query:
        url += f"?{urlencode(parts.query)}"
    if parts.body is None:
        return SentRequest(operation.method, url, dict(headers))
    body = json.dumps(parts.body).encode()
    return SentRequest(operation.method, url, {**headers, "content-type": _JSON}, body)


def renewed(known: SentRequest, headers: Mapping[str, str]) -> SentRequest:
    """Return a request with other ids of its message."""
    kept = {k: v for k, v in known.headers.items() if k == "content-type"}
    return SentRequest(known.method, known.url, {**headers, **kept}, known.body)
