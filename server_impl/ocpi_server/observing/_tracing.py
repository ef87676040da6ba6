"""Spans of OpenTelemetry: of requests in both directions, of the database, of work beside them.

Imported where spans are wanted only: it needs the extra ``tracing``.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import entry_points
from typing import Any, Final, TypeVar

from opentelemetry import propagate, trace
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer, TracerProvider
from sqlalchemy import Connection
from starlette.types import ASGIApp, Receive, Scope, Send

from ocpi_runtime.client import Exchange
from ocpi_runtime.server import request_fields
from ocpi_server.message_log import Direction
from ocpi_server.store import Database
from ocpi_server.store.database.prepared import Prepared

__all__ = ["TracedApp", "TracedDatabase", "Tracing", "provider_of_environment"]

T = TypeVar("T")

_NAME: Final = "ocpi_server"
_NANOS: Final = 1_000_000_000
_SERVER_ERROR: Final = 500
_EXPORTERS: Final = "opentelemetry_traces_exporter"


class Tracing:
    """Makes the spans of a platform.

    Args:
        provider: Takes them.
    """

    def __init__(self, provider: TracerProvider) -> None:
        self.tracer: Tracer = provider.get_tracer(_NAME)

    def observe(self, exchange: Exchange, direction: Direction, partner: str | None) -> None:
        """Make the span of a request to a partner, which has ended just now."""
        if direction != "out":
            return
        began = int(exchange.started.timestamp() * _NANOS)
        attributes: dict[str, str | int] = {
            "http.request.method": exchange.method,
            "url.full": exchange.url.partition("?")[0],
            "ocpi.module": exchange.module,
            "ocpi.operation": exchange.operation,
            "ocpi.request_id": exchange.request_id,
            "ocpi.correlation_id": exchange.correlation_id,
            "ocpi.partner": partner or "",
            "http.response.status_code": exchange.http_status,
            "ocpi.status_code": exchange.status_code or 0,
        }
        span = self.tracer.start_span(
            exchange.operation, kind=SpanKind.CLIENT, attributes=attributes, start_time=began
        )
        if exchange.error is not None:
            span.set_status(Status(StatusCode.ERROR, exchange.error))
        span.end(began + int(exchange.duration * _NANOS))

    @contextmanager
    def working(self, work: str, fields: Mapping[str, str]) -> Iterator[None]:
        """Make the span of a block of work."""
        attributes = {f"ocpi.{name}": value for name, value in fields.items()}
        with self.tracer.start_as_current_span(work, attributes=attributes):
            yield


class TracedApp:
    """An application with a span for each request.

    Args:
        app: The application.
        tracing: Makes the spans.
    """

    def __init__(self, app: ASGIApp, tracing: Tracing) -> None:
        self._app, self._tracer = app, tracing.tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        attributes = {"http.request.method": scope["method"], "url.path": scope["path"]}
        with self._tracer.start_as_current_span(
            scope["method"],
            context=propagate.extract(headers),
            kind=SpanKind.SERVER,
            attributes=attributes,
        ) as span:

            async def observed(message: Any) -> None:
                if message["type"] == "http.response.start":
                    _describe(span, message["status"])
                await send(message)

            await self._app(scope, receive, observed)


def _describe(span: trace.Span, status: int) -> None:
    """Add to the span of a request what is known when its answer leaves."""
    fields = request_fields()
    span.set_attribute("http.response.status_code", status)
    for name, value in fields.items():
        span.set_attribute(f"ocpi.{name}", value)
    if "operation" in fields:
        span.update_name(fields["operation"])
    if status >= _SERVER_ERROR:
        span.set_status(Status(StatusCode.ERROR))


class TracedDatabase:
    """A database with a span for each operation.

    Args:
        database: The database.
        tracing: Makes the spans.
    """

    def __init__(self, database: Database, tracing: Tracing) -> None:
        self._database, self._tracer = database, tracing.tracer
        self.takes_arrays = database.takes_arrays

    def mark(self) -> int | None:
        """Return a number that stays the same until something is committed but by ``submit``."""
        return self._database.mark()

    async def rows(self, statement: Prepared, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return the rows of one statement."""
        with self._span("database rows"):
            return await self._database.rows(statement, values)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run work that only reads."""
        with self._span("database read"):
            return await self._database.read(work)

    async def read_aside(self, work: Callable[[Connection], T]) -> T:
        """Run work that reads many rows."""
        with self._span("database read aside"):
            return await self._database.read_aside(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run work in a transaction."""
        with self._span("database write"):
            return await self._database.write(work)

    def submit(
        self, work: Callable[[Connection], T], done: Callable[[T | None, Exception | None], None]
    ) -> None:
        """Run work in a transaction, and call ``done`` at its end."""
        span = self._tracer.start_span("database write", kind=SpanKind.CLIENT)

        def ended(result: T | None, error: Exception | None) -> None:
            span.end()
            done(result, error)

        self._database.submit(work, ended)

    async def close(self) -> None:
        """Close the database."""
        await self._database.close()

    def _span(self, name: str) -> Any:
        return self._tracer.start_as_current_span(
            name, kind=SpanKind.CLIENT, record_exception=False, set_status_on_exception=False
        )


def provider_of_environment() -> TracerProvider:
    """Return the provider of the process; where none was set, one as the environment asks for.

    ``OTEL_TRACES_EXPORTER`` names the exporter, ``otlp`` by default; the other variables
    ``OTEL_...`` are those of OpenTelemetry.

    Raises:
        ModuleNotFoundError: The exporter is not installed.
    """
    from opentelemetry.sdk.trace import TracerProvider as SdkProvider  # noqa: PLC0415 - not for others
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - likewise

    known = trace.get_tracer_provider()
    if not isinstance(known, trace.ProxyTracerProvider):
        return known
    provider = SdkProvider()
    name = os.environ.get("OTEL_TRACES_EXPORTER", "otlp")
    if name != "none":
        provider.add_span_processor(BatchSpanProcessor(_exporter(name)))
    trace.set_tracer_provider(provider)
    return provider


def _exporter(name: str) -> Any:
    found = ", ".join(each.name for each in entry_points(group=_EXPORTERS))
    for each in entry_points(group=_EXPORTERS, name=name):
        return each.load()()
    raise ModuleNotFoundError(
        f"the exporter {name!r} of OTEL_TRACES_EXPORTER is not installed; there are: {found}. "
        "Install 'ocpi-server[tracing]' for otlp."
    )
