"""How much a server takes from a peer before it says no."""

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one server, safe as they are.

    Attributes:
        body: The largest request body in bytes; a larger one is answered with HTTP 413.
        depth: The deepest nesting of JSON; a deeper body is answered with 2001.
        values: Maximum number of values in the JSON of one body, inner arrays and objects included;
            2001 above.
        items: Maximum number of items in one array of a body, or fields in one object; 2001 above.
        headers: Maximum number of bytes of all request headers together; HTTP 400 above.
        target: Maximum number of bytes of path and query together; HTTP 414 above.
        page: Maximum number of objects on one page (X-Limit).
        page_default: How many objects a page holds when the client names no limit.
        body_seconds: How long a body may take to arrive.
        handler_seconds: How long a handler may take before the answer is 3000.
        partner_requests: How many requests of one partner may be open at the same time, answers
            included that it does not read; HTTP 429 above.
        partner_rate: How many requests per second one partner may send; HTTP 429 with
            Retry-After above. None does not limit them.
    """

    body: int = 2 * 1024 * 1024
    depth: int = 32
    values: int = 125_000
    items: int = 10_000
    headers: int = 16 * 1024
    target: int = 8 * 1024
    page: int = 1000
    page_default: int = 50
    body_seconds: float = 20.0
    handler_seconds: float = 30.0
    partner_requests: int = 100
    partner_rate: float | None = None
