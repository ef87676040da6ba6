"""What generated operations hand to a session, and what they get back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.types import Raw

__all__ = ["Answer", "Request"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """One call, not yet sent. ``T`` is the type of ``data`` in the answer (``operation.result``).

    A paged operation is a ``Request[list[X]]``: ``send`` gives one page of it, ``pages`` all.

    Attributes:
        interface: The interface that the operation belongs to; it decides which endpoint is called.
        operation: Which method and path, and the types of body and answer.
        path: The values of the path parameters, by name.
        query: The values of the query parameters, by name; None and UNSET are left out.
        body: A model, which is checked before it is sent, or ``Raw`` JSON, which is sent as it is.
        url: The absolute URL to call instead of a path below the endpoint, for operations with
            ``result_url`` (asynchronous results). It is used unchanged, query and all.
    """

    interface: Interface
    operation: Operation
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A successful answer: HTTP 2xx and an OCPI status of 1xxx.

    Attributes:
        data: The decoded ``data``; None where the specification defines no data.
        raw: ``data`` as the JSON text that came; None where there was none.
        http_status: 200 or 201.
        status_code: The OCPI status, 1000 or another of 1xxx.
        status_message: What the peer said about it, if it did.
        headers: The headers of the response, such as ``Location`` of a created CDR.
        request_id: The X-Request-ID that was sent; empty in versions without ids.
        correlation_id: The X-Correlation-ID that was sent, likewise.
        url: The URL that was called.
    """

    data: T
    raw: Raw | None
    http_status: int
    status_code: int
    status_message: str | None
    headers: Mapping[str, str]
    request_id: str
    correlation_id: str
    url: str

    @property
    def location(self) -> str | None:
        """The URL of the object that was created, or None where the peer does not say it."""
        found: str | None = self.headers.get("Location")
        return found
