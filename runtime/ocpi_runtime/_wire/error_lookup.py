"""The class of the error tree that an answer of a peer belongs to."""

from ocpi_runtime.errors import (
    ClientApiUnusable,
    GenericClientError,
    GenericHubError,
    GenericServerError,
    HttpError,
    HubConnectionProblem,
    HubTimeout,
    InvalidParameters,
    MalformedRequest,
    MethodNotAllowed,
    NoMatchingEndpoints,
    NotAuthorized,
    NotEnoughInformation,
    NotFound,
    OcpiError,
    PayloadTooLarge,
    ProtocolError,
    StatusError,
    TooManyRequests,
    UnknownLocation,
    UnknownReceiver,
    UnknownToken,
    UnsupportedMediaType,
    UnsupportedVersion,
)

__all__ = ["error_for"]

_BY_STATUS: dict[int, type[StatusError]] = {
    int(cls.status_code): cls
    for cls in (
        GenericClientError,
        InvalidParameters,
        NotEnoughInformation,
        UnknownLocation,
        UnknownToken,
        GenericServerError,
        ClientApiUnusable,
        UnsupportedVersion,
        NoMatchingEndpoints,
        GenericHubError,
        UnknownReceiver,
        HubTimeout,
        HubConnectionProblem,
    )
}
_BY_RANGE: dict[int, type[StatusError]] = {
    2: GenericClientError,
    3: GenericServerError,
    4: GenericHubError,
}
_BY_HTTP: dict[int, type[HttpError]] = {
    cls.http_status: cls
    for cls in (
        MalformedRequest,
        NotAuthorized,
        NotFound,
        MethodNotAllowed,
        PayloadTooLarge,
        UnsupportedMediaType,
        TooManyRequests,
    )
}


def error_for(http_status: int, status_code: int | None, message: str) -> OcpiError:
    """Choose the class for what a peer answered.

    Args:
        http_status: The HTTP status of the answer.
        status_code: The OCPI status code, or None where the answer had no envelope.
        message: ``status_message`` of the peer, or our words.
    """
    kind: type[OcpiError]
    if http_status in _BY_HTTP:
        kind = _BY_HTTP[http_status]
    elif http_status >= 400:  # noqa: PLR2004 - where HTTP errors begin
        kind = HttpError
    elif status_code in _BY_STATUS:
        kind = _BY_STATUS[status_code]
    else:
        kind = _BY_RANGE.get((status_code or 0) // 1000, ProtocolError)
    error = kind(message)
    error.http_status = http_status
    if status_code is not None:
        error.status_code = status_code
    return error
