"""The URL that a request calls."""

from datetime import datetime
from enum import Enum
from typing import Any
from urllib.parse import urlencode

from ocpi_runtime import urls
from ocpi_runtime._codec.timestamps import format_timestamp
from ocpi_runtime.client._calls.prepare import Connection, refused
from ocpi_runtime.client._calls.request import Request
from ocpi_runtime.errors import InvalidParameters, Violation
from ocpi_runtime.operations import Operation, Parameter
from ocpi_runtime.types import UNSET

__all__ = ["address", "target"]


def target(connection: Connection, request: Request[Any]) -> str:
    """Return the URL that a request calls.

    Raises:
        EndpointMissing: The peer does not publish the endpoint.
        InvalidParameters: A path or query parameter is missing or too long.
    """
    _check_parameters(request)
    url = address(connection, request)
    query = _query(request)
    return url + (("&" if "?" in url else "?") + query if query else "")


def address(connection: Connection, request: Request[Any]) -> str:
    """Return the URL that a request calls, without its query.

    Raises:
        EndpointMissing: The peer does not publish the endpoint.
        InvalidParameters: The operation needs a URL that is not given.
    """
    operation, interface = request.operation, request.interface
    if request.url is not None:
        url = request.url
    elif operation.result_url:
        raise InvalidParameters(f"{operation.id} needs the URL to which the result goes.")
    else:
        base = connection.endpoints.url(interface.module, interface.name)
        joined = urls.join(base, *_segments(operation, request))
        url = connection.endpoints.moves.corrected(base, operation.path, joined)
    if (
        connection.settings.dialect.trailing_slash is not None
        and "?" not in url
        and request.url is None
    ):
        url = url.rstrip("/") + ("/" if connection.settings.dialect.trailing_slash else "")
    return url


def _segments(operation: Operation, request: Request[Any]) -> list[str]:
    return [
        _text(request.path[part[1:-1]]) if part.startswith("{") else part
        for part in operation.path.split("/")
        if part
    ]


def _query(request: Request[Any]) -> str:
    if not request.query:
        return ""
    given = [
        (name, _text(value))
        for name, value in request.query.items()
        if value is not None and value is not UNSET
    ]
    return urlencode(given, safe=":")


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    if isinstance(value, datetime):
        return format_timestamp(value)
    if isinstance(value, Enum):
        return str(value.value)
    return str(value)


def _check_parameters(request: Request[Any]) -> None:
    faults = []
    for parameter in request.operation.parameters:
        in_path = parameter.place == "path"
        if not in_path or request.url is None:
            given = request.path if in_path else request.query
            if (fault := _fault(parameter, given.get(parameter.name))) is not None:
                faults.append(Violation(f"{parameter.place}:{parameter.name}", *fault))
    if faults:
        raise refused(request, faults)


def _fault(parameter: Parameter, value: Any) -> tuple[str, str] | None:
    """Return code and text of what is wrong with a value."""
    if value is None or value is UNSET or value == "":
        return ("required", "is missing") if parameter.required else None
    length = parameter.max_length
    if length is not None and len(_text(value)) > length:
        return "maxLength", f"is longer than {length} characters"
    if parameter.minimum is not None and isinstance(value, int) and value < parameter.minimum:
        return "minimum", f"is less than {parameter.minimum}"
    return None
