"""One tree for everything that goes wrong, on either side of the wire.

A handler raises the class that names its case and the server turns it into an HTTP status and an
envelope; a client raises the same class when a peer answered that way. Catch the class that you
can do something about, and :class:`OcpiError` for all of them:

    * OcpiError
      x StatusError
        + GenericClientError
          - InvalidParameters
          - NotEnoughInformation
          - UnknownLocation
          - UnknownToken
          - NotSupported
        + GenericServerError
          - ClientApiUnusable
          - UnsupportedVersion
          - NoMatchingEndpoints
        + GenericHubError
          - UnknownReceiver
          - HubTimeout
          - HubConnectionProblem
      x HttpError
        + MalformedRequest
        + NotAuthorized
        + NotFound
        + MethodNotAllowed
        + PayloadTooLarge
        + UnsupportedMediaType
        + TooManyRequests
      x TransportError
        + RequestTimeout
      x ProtocolError
        + LimitExceeded
        + CutOff
      x EndpointMissing
      x UnsafeUrl

Each has a ``message``, a ``hint`` for what to do and the single ``violations``, and takes them as
arguments; ``retryable`` is whether the same request may succeed later.
"""

from collections.abc import Sequence
from typing import Unpack

from ocpi_runtime.errors._base import ErrorDetails, OcpiError, Violation
from ocpi_runtime.status import Status

__all__ = [
    "ClientApiUnusable",
    "CutOff",
    "EndpointMissing",
    "ErrorDetails",
    "GenericClientError",
    "GenericHubError",
    "GenericServerError",
    "HttpError",
    "HubConnectionProblem",
    "HubTimeout",
    "InvalidParameters",
    "LimitExceeded",
    "MalformedRequest",
    "MethodNotAllowed",
    "NoMatchingEndpoints",
    "NotAuthorized",
    "NotEnoughInformation",
    "NotFound",
    "NotSupported",
    "OcpiError",
    "PayloadTooLarge",
    "ProtocolError",
    "RequestTimeout",
    "StatusError",
    "TooManyRequests",
    "TransportError",
    "UnknownLocation",
    "UnknownReceiver",
    "UnknownToken",
    "UnsafeUrl",
    "UnsupportedMediaType",
    "UnsupportedVersion",
    "Violation",
]


class StatusError(OcpiError):
    """The other side understood the request and answered with an OCPI status that is no success."""


class GenericClientError(StatusError):
    """The request cannot be processed (2000)."""


class InvalidParameters(GenericClientError):
    """Parameters or body are missing or invalid (2001)."""

    status_code = Status.INVALID_PARAMETERS
    hint = "Correct the fields that the violations point at and send the request again."


class NotEnoughInformation(GenericClientError):
    """The request leaves out what is needed to decide (2002)."""

    status_code = Status.NOT_ENOUGH_INFORMATION


class UnknownLocation(GenericClientError):
    """The location is not known here (2003)."""

    status_code = Status.UNKNOWN_LOCATION


class UnknownToken(GenericClientError):
    """The token is not known here (2004)."""

    status_code = Status.UNKNOWN_TOKEN


class NotSupported(GenericClientError):
    """This party does not offer the operation."""

    hint = "Look into the version details of the party for what it offers."


class GenericServerError(StatusError):
    """The other side failed on a request that it understood (3000)."""

    status_code = Status.SERVER_ERROR


class ClientApiUnusable(GenericServerError):
    """The server could not use the client's own API (3001)."""

    status_code = Status.CLIENT_API_UNUSABLE
    hint = "Check that the versions URL in the credentials is reachable with the token in them."


class UnsupportedVersion(GenericServerError):
    """The two parties share no OCPI version (3002)."""

    status_code = Status.UNSUPPORTED_VERSION


class NoMatchingEndpoints(GenericServerError):
    """Expected endpoints are missing at the other party (3003)."""

    status_code = Status.NO_MATCHING_ENDPOINTS


class GenericHubError(StatusError):
    """A hub could not route the message (4000)."""

    status_code = Status.HUB_ERROR


class UnknownReceiver(GenericHubError):
    """The hub does not know the receiver (4001)."""

    status_code = Status.UNKNOWN_RECEIVER


class HubTimeout(GenericHubError):
    """The receiver did not answer the hub in time (4002)."""

    status_code = Status.HUB_TIMEOUT


class HubConnectionProblem(GenericHubError):
    """The receiver is not connected to the hub (4003)."""

    status_code = Status.HUB_CONNECTION_PROBLEM


class HttpError(OcpiError):
    """A fault on the HTTP layer, before a message is understood as OCPI."""

    http_status = 400


class MalformedRequest(HttpError):
    """The body is not JSON in UTF-8 (HTTP 400)."""


class NotAuthorized(HttpError):
    """The credentials token is missing, unknown or not allowed here (HTTP 401)."""

    http_status = 401
    hint = "Send 'Authorization: Token <credentials token>' as agreed at registration."


class NotFound(HttpError):
    """The object or path does not exist, or is not for this partner to see (HTTP 404)."""

    http_status = 404


class MethodNotAllowed(HttpError):
    """The path exists without this method, or the credentials rules forbid it now (HTTP 405).

    Attributes:
        allow: The methods for the Allow header.
    """

    http_status = 405

    def __init__(
        self, message: str = "", *, allow: Sequence[str] = (), **details: Unpack[ErrorDetails]
    ) -> None:
        super().__init__(message, **details)
        self.allow = tuple(allow)


class PayloadTooLarge(HttpError):
    """The body is larger than this server takes (HTTP 413)."""

    http_status = 413


class UnsupportedMediaType(HttpError):
    """The body is not sent as application/json (HTTP 415)."""

    http_status = 415


class TooManyRequests(HttpError):
    """The partner has too many requests or connections open, or is too fast (HTTP 429).

    Attributes:
        retry_after: After how many seconds to try again.
    """

    http_status = 429
    hint = "Wait for answers before you send more, and try again after Retry-After seconds."

    def __init__(
        self, message: str = "", *, retry_after: int = 1, **details: Unpack[ErrorDetails]
    ) -> None:
        super().__init__(message, **details)
        self.retry_after = retry_after


class TransportError(OcpiError):
    """No answer came: connection refused, TLS, DNS."""

    of_peer = True
    http_status = 0
    status_code = Status.SERVER_ERROR
    retryable = True


class RequestTimeout(TransportError):
    """No answer came in time."""


class ProtocolError(OcpiError):
    """An answer came that is not OCPI: no envelope, wrong types, broken Link."""

    status_code = Status.SERVER_ERROR
    retryable = False


class LimitExceeded(ProtocolError):
    """A peer's answer is larger, deeper or longer than the limits of the session."""


class CutOff(ProtocolError):
    """An answer ends in the middle of its JSON."""

    retryable = True


class EndpointMissing(OcpiError):
    """The peer does not publish the endpoint that is needed."""

    hint = "The peer's version details do not list this module and role."


class UnsafeUrl(OcpiError):
    """A URL from outside points where this process must not go.

    Attributes:
        permitted_by: The field of ``UrlPolicy`` that permits such URLs; empty where none does.
    """

    hint = "Correct the URL."

    def __init__(
        self, message: str = "", *, permitted_by: str = "", **details: Unpack[ErrorDetails]
    ) -> None:
        super().__init__(message, **details)
        self.permitted_by = permitted_by
