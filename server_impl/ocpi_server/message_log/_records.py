"""Records of the message log, and filters for them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from ocpi_server.message_log._failures import has_failed

__all__ = ["Direction", "Message", "MessageFilter", "MessageHead", "MessagePage"]

Direction: TypeAlias = Literal["in", "out"]
"""Who began an exchange: ``in`` the partner, ``out`` this platform."""

_MOST: Final = 1000
_STATUS: Final = re.compile(r"failed|[1-5][0-9]{2}|[1-5]xx|[1-9][0-9]{3}|[1-9]xxx")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHead:
    """An exchange without its headers and bodies.

    Attributes:
        id: Its number; exchanges that are written down later have higher ones.
        at: When it began (UTC).
        direction: Who began it.
        partner: The id of the partner, or None where it is not known.
        method: The HTTP method.
        url: The URL that was called.
        module: The OCPI module; empty where no operation was found.
        operation: The operation id, such as ``get_locations``, likewise.
        http_status: The HTTP status, or 0 where no answer came.
        ocpi_status: The OCPI status, or None where there was no envelope.
        duration: Seconds from the request to the end of the answer.
        request_id: X-Request-ID; empty in versions that have none.
        correlation_id: X-Correlation-ID, likewise.
        error: Why it failed, or None.
        request_bytes: How long the request body was.
        response_bytes: How long the response body was.
    """

    id: int
    at: datetime
    direction: Direction
    partner: str | None
    method: str
    url: str
    module: str
    operation: str
    http_status: int
    ocpi_status: int | None
    duration: float
    request_id: str
    correlation_id: str
    error: str | None
    request_bytes: int
    response_bytes: int

    @property
    def failed(self) -> bool:
        """Whether there was no answer, an HTTP status of failure, or an OCPI status of one."""
        return has_failed(self.http_status, self.ocpi_status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(MessageHead):
    """An exchange with its headers and bodies; secrets are masked, bodies may be cut.

    Attributes:
        request_headers: Names in lower case.
        response_headers: Likewise.
        request_body: The beginning of the request body.
        response_body: The beginning of the response body.
    """

    request_headers: Mapping[str, str]
    response_headers: Mapping[str, str]
    request_body: bytes
    response_body: bytes

    @property
    def is_whole(self) -> bool:
        """Whether neither body was cut."""
        return (
            len(self.request_body) >= self.request_bytes
            and len(self.response_body) >= self.response_bytes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """Which exchanges are listed; None stands for all.

    Args:
        partner: The id of the partner.
        module: The OCPI module.
        status: An HTTP status (``404``, ``4xx``), an OCPI status (``2001``, ``2xxx``), or
            ``failed``.
        direction: Who began it.
        since: The earliest that it began.
        until: It began before this.
        before_id: Its number is lower.
        limit: How many at most, up to 1000.

    Raises:
        ValueError: The status, direction or limit is not one of these.
    """

    partner: str | None = None
    module: str | None = None
    status: str | None = None
    direction: Direction | None = None
    since: datetime | None = None
    until: datetime | None = None
    before_id: int | None = None
    limit: int = 50

    def __post_init__(self) -> None:
        """Check the format of values."""
        if self.status is not None and not _STATUS.fullmatch(self.status):
            raise ValueError(
                f"status {self.status!r} is not supported; allowed: an HTTP status (404 or 4xx), "
                "an OCPI status (2001 or 2xxx), failed"
            )
        if self.direction not in {None, "in", "out"}:
            raise ValueError(f"direction {self.direction!r} is not supported; allowed: in, out")
        if not 1 <= self.limit <= _MOST:
            raise ValueError(f"limit {self.limit} is not between 1 and {_MOST}")


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Some exchanges, the latest first.

    Attributes:
        messages: The exchanges.
        before_id: The ``before_id`` of the next page, or None where this is the last.
    """

    messages: Sequence[MessageHead]
    before_id: int | None
