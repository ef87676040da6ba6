"""A line in the log for each request that this platform sends to a partner."""

import logging
from urllib.parse import urlsplit

from ocpi_runtime.client import Exchange
from ocpi_server.message_log import Direction

__all__ = ["log_sent"]

log = logging.getLogger("ocpi_server.requests")


def log_sent(exchange: Exchange, direction: Direction, partner: str | None) -> None:
    """Log a request to a partner, with the fields that requests of partners are logged with."""
    if direction != "out" or not log.isEnabledFor(logging.DEBUG):
        return
    fields = {
        "method": exchange.method,
        "path": urlsplit(exchange.url).path,
        "operation": exchange.operation or "-",
        "partner": partner or "-",
        "status": exchange.http_status,
        "duration": round(exchange.duration, 6),
        "request_id": exchange.request_id or "-",
    }
    more = {
        "correlation_id": exchange.correlation_id or "-",
        "ocpi_module": exchange.module or "-",
        "ocpi_status": exchange.status_code,
        "direction": direction,
        "host": urlsplit(exchange.url).netloc,
    }
    log.debug(
        "%s %s %s partner=%s status=%d duration=%.3fs request=%s",
        *fields.values(),
        extra={**fields, **more},
    )
