"""The application that mounts handlers: every answer that leaves it is an OCPI envelope."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse
from starlette.routing import Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocpi_runtime._wire import envelope
from ocpi_runtime.errors import (
    GenericServerError,
    MethodNotAllowed,
    NotAuthorized,
    OcpiError,
    TooManyRequests,
)
from ocpi_runtime.server._answers.answers import AnswerChecks
from ocpi_runtime.server._answers.results import CheckAnswers
from ocpi_runtime.server._answers.sending import send_answer
from ocpi_runtime.server._connexion import HttpProblem, mount, problem_as_error
from ocpi_runtime.server._context import AccessRules, Permit, Route
from ocpi_runtime.server._docs import docs_app
from ocpi_runtime.server._exchanges import BaseUrlCheck, OnExchange, Recorder, log_request
from ocpi_runtime.server._forwarding import Forward
from ocpi_runtime.server._limits import Limits
from ocpi_runtime.server._mounting import mounted
from ocpi_runtime.server._requests.admission import Admission
from ocpi_runtime.server._requests.current import CURRENT
from ocpi_runtime.server._requests.request import PLAIN, RequestState
from ocpi_runtime.server._requests.verification import Authenticate, Verification
from ocpi_runtime.server._stub import Stub
from ocpi_runtime.server._websocket import refuse_websocket
from ocpi_runtime.status import Status

__all__ = ["create_app"]

log = logging.getLogger("ocpi_runtime.server")

_FAILURE = "ocpi.failure"
_FAILURES = range(2000, 5000)
"""The status codes of errors."""
Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]


def create_app(  # noqa: PLR0913 - options are keyword-only
    handlers: Sequence[Stub],
    *,
    authenticate: Authenticate,
    base_url: str,
    limits: Limits | None = None,
    permit: Permit | None = None,
    route: Route | None = None,
    forward: Forward | None = None,
    lifespan: Lifespan | None = None,
    docs: bool = False,
    check_answers: CheckAnswers = "log",
    on_exchange: OnExchange | None = None,
    versions: bool = True,
) -> ASGIApp:
    """Mount handlers of any versions, modules and interfaces as one ASGI application.

    Each interface is below ``base_url`` at ``/<version>/<interface>/<module>``, credentials at
    ``/<version>/credentials``. ``/versions`` and ``/<version>`` are derived from what is mounted.
    Versions without interface roles (2.1.1, 2.0) are below ``/cpo`` and ``/emsp``, each with a
    ``versions`` of its own that lists the other versions too: ``/cpo/versions``,
    ``/cpo/2.1.1/locations``.

    Args:
        handlers: Instances of generated stubs, at most one for each interface.
        authenticate: Finds the partner of a credentials token among the readings of the header
            (Base64-decoded and plain); returns None for an unknown one.
        base_url: The absolute URL under which partners reach this application.
        limits: The bounds of the server; safe ones if left out.
        permit: Decides, before a body is read and a handler is called, whether the partner may
            call the operation of the interface. It returns the partner as the handler shall see
            it, or raises; everybody who is registered may call everything if it is left out.
        route: Decides about a request that has routing headers: who asks, and which party it is
            for; they are handed to the handler as they are if it is left out.
        forward: Makes a hub of the application: decides, for each request of a functional module
            from 2.2 on that the partner may make, whether another party answers it. Nothing is
            forwarded if it is left out.
        lifespan: What is to be opened and closed with the application.
        docs: Whether to serve Swagger UI over all that is mounted at ``<base_url>/docs/``, to
            anybody who asks (extra ``docs``).
        check_answers: What happens when a handler returns what breaks the bundle. ``log`` writes
            a warning to the log ``ocpi_runtime.server``, with the handler's class and method, a
            JSON pointer and what is wrong; the answer leaves if it can be written. The kind of
            result, the length of pages and locations are checked in every answer; the content in
            at most 64 KiB of answers in a second, in pages beginning with another item each time.
            ``fail`` checks all of every answer and replaces a wrong one with HTTP 500 and 3000;
            what the handler has done stays done. It is meant for tests. ``off`` checks nothing.
        on_exchange: Called with each HTTP exchange after its answer, tokens masked, as
            ``on_exchange`` of the client. It must return quickly: it runs in the event loop. An
            error that it raises is logged. An object with a method ``wants(http_status,
            status_code)`` is asked first, and gets what it wants: no record is made of others.
        versions: Whether versions and version details are derived, and interfaces are mounted below
            their version. Without, each one is at ``<base_url>/<module>``: for documents that
            are no version of OCPI.

    Raises:
        ValueError: ``base_url`` is not absolute, an interface has two handlers, or
            ``check_answers`` is none of the three.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"base_url must be absolute, without query: {base_url!r}")
    limits = limits or Limits()
    origin = f"{parts.scheme}://{parts.netloc}"
    table = mounted(handlers, base_url.rstrip("/"), versions=versions)
    app = mount(
        table,
        verify=Verification(authenticate, Admission(limits)).verify,
        origin=origin,
        limits=limits,
        checks=AnswerChecks(check_answers),
        rules=AccessRules(permit, route, forward),
    )
    if docs:
        pages = docs_app(table, origin=origin, prefix=parts.path.rstrip("/"))
        app = _DocumentationPages(app, f"{parts.path.rstrip('/')}/docs/", pages)
    check = BaseUrlCheck(base_url, parts.path.rstrip("/"))
    reports = None if on_exchange is None else _Reports(on_exchange, origin)
    return _Application(app, limits, lifespan, check, reports)


class _DocumentationPages:
    """Pages below one path, open to anybody; the application for everything else."""

    def __init__(self, app: ASGIApp, path: str, pages: ASGIApp) -> None:
        self._app, self._path, self._pages = app, path, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        bare = f"{scope['path']}/" == self._path  # whose relative links would lead elsewhere
        if not bare and not scope["path"].startswith(self._path):
            await self._app(scope, receive, send)
            return

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *PLAIN[1:]]
            await send(message)

        pages = RedirectResponse("docs/", 308) if bare else self._pages
        await pages(scope, receive, hardened)


class _Application:
    """The outermost layer: ids, errors as envelopes, lifespan."""

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits,
        lifespan: Lifespan | None,
        base_url: BaseUrlCheck,
        reports: "_Reports | None",
    ) -> None:
        self._app = app
        self._first: BaseUrlCheck | None = base_url
        self._reports = reports
        self._limits = limits
        self._lifespan = Router(lifespan=lifespan)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        elif scope["type"] == "websocket":
            await refuse_websocket(scope, send)
        else:
            if self._first is not None:
                self._first.check(scope)
                self._first = None
            if self._reports is None:
                await self._http(scope, receive, send)
            else:
                await self._reports.serve(self._http, scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = None
        try:
            exchange = scope[RequestState.KEY] = RequestState(scope, self._limits)
            CURRENT.set(exchange)
            await self._app(scope, receive, send)
            log_request(scope, exchange, exchange.status, None)
        except Exception as error:
            if exchange is not None and exchange.answered:
                raise
            if not isinstance(error, OcpiError | HttpProblem):
                scope[_FAILURE] = error
            await _send_error(scope, exchange, send, error)
        finally:
            if exchange is not None and exchange.admitted is not None:
                exchange.admitted.leave()


class _Reports:
    """Reports exchanges to a function of the application."""

    def __init__(self, on_exchange: OnExchange, origin: str) -> None:
        self._on_exchange, self._origin = on_exchange, origin
        self._select: Callable[[int, int | None], bool] | None
        self._select = getattr(on_exchange, "wants", None)

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and report it."""
        recorder = Recorder(scope, receive, send, self._origin)
        try:
            await app(scope, recorder.receive, recorder.send)
        finally:
            try:
                if self._select is None or self._select(*recorder.statuses()):
                    state, failure = scope.get(RequestState.KEY), scope.get(_FAILURE)
                    self._on_exchange(recorder.exchange(state, failure))
            except Exception:
                log.exception("on_exchange failed")


def _as_ocpi(error: Exception) -> OcpiError:
    """Translate what may be raised below into one of our errors; hide what is inside of others."""
    if isinstance(error, OcpiError):
        return _of_this_side(error) if error.of_peer else error
    if isinstance(error, HttpProblem):
        return problem_as_error(error)
    return GenericServerError("Internal server error.", http_status=500)


def _of_this_side(error: OcpiError) -> OcpiError:
    """Return what somebody else answered, or did not, without the HTTP status of that exchange."""
    failed = error.status_code in _FAILURES
    return GenericServerError(
        error.message,
        violations=error.violations,
        hint=error.hint,
        status_code=error.status_code if failed else Status.SERVER_ERROR,
    )


async def _send_error(
    scope: Scope, exchange: RequestState | None, send: Send, error: Exception
) -> None:
    reported = _as_ocpi(error)
    headers = exchange.answer_headers() if exchange else [*PLAIN]
    log_request(scope, exchange, reported.http_status, error)
    if isinstance(reported, MethodNotAllowed):
        headers.append((b"allow", ", ".join(reported.allow).encode("ascii")))
    elif isinstance(reported, NotAuthorized):
        headers.append((b"www-authenticate", b"Token"))
    elif isinstance(reported, TooManyRequests):
        headers.append((b"retry-after", b"%d" % reported.retry_after))
    await send_answer(send, exchange, reported.http_status, headers, [envelope.failure(reported)])
