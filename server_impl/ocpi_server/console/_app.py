"""The application of the console: who may see it, its pages, and what every answer carries."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocpi_runtime.errors import NotFound, OcpiError
from ocpi_server.console._console import Console
from ocpi_server.console._login import COOKIE, Login
from ocpi_server.console._rendering import STATIC, static_file
from ocpi_server.console._sessions import is_form_token
from ocpi_server.console._visit import BadForm, Page, Visit, check_site, read_form
from ocpi_server.console.pages import NAVIGATION, PAGES
from ocpi_server.partners import ConcurrentChange, PartiesTaken, WrongState

__all__ = ["ConsoleApp"]

log = logging.getLogger("ocpi_server.console")

_ROOT: Final = "/console"
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS: Final = {
    "content-security-policy": _POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
"""What every answer carries, unless it has its own. There is no script on any page."""
_YEAR: Final = "private, max-age=31536000, immutable"

_REFUSED: Final = (OcpiError, ConcurrentChange, PartiesTaken, WrongState, ValueError)
"""What operations of the platform refuse, with a message for whoever asked."""

_Endpoint = Callable[[Request], Awaitable[Response]]


class ConsoleApp:
    """Answers what is below ``/console``; the application all else.

    Args:
        app: The application.
        console: What pages work with.
    """

    def __init__(self, app: ASGIApp, console: Console) -> None:
        self._app, self._console = app, console
        console.navigation = NAVIGATION
        self._login = Login(console)

        async def not_found(request: Request, _error: Exception) -> Response:
            return await self._safe(self._not_found)(request)

        self._pages = Starlette(
            routes=[
                Route(f"{_ROOT}/static/{{name}}", _static, methods=["GET"]),
                Route(f"{_ROOT}/login", self._safe(self._open), methods=["GET", "POST"]),
                Route(f"{_ROOT}/logout", self._serve(self._login.logout), methods=["POST"]),
                *(
                    Route(f"{_ROOT}{path}", self._serve(page), methods=[method])
                    for method, path, page in PAGES
                ),
            ],
            exception_handlers={404: not_found, 405: not_found},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not f"{scope['path']}/".startswith(f"{_ROOT}/"):
            await self._app(scope, receive, send)
            return
        if scope["path"] == _ROOT:
            await _secured(RedirectResponse(f"{_ROOT}/", 308))(scope, receive, send)
            return
        await _secured(self._pages)(scope, receive, send)

    async def _open(self, request: Request) -> Response:
        return await (self._login.post if request.method == "POST" else self._login.get)(request)

    def _serve(self, page: Page) -> _Endpoint:
        async def endpoint(request: Request) -> Response:
            session = await self._console.sessions.find(request.cookies.get(COOKIE, ""))
            if session is None:
                return _to_login(request)
            visit = Visit(request, session)
            try:
                if request.method == "POST":
                    visit = Visit(request, session, await _checked_form(request))
                return await page(self._console, visit)
            except Exception as error:  # noqa: BLE001 - each becomes a page
                return self._problem(visit, *_described(error))

        return self._safe(endpoint)

    def _safe(self, endpoint: _Endpoint) -> _Endpoint:
        """Return an endpoint that shows a page even if it is not known who asks for it."""

        async def safe(request: Request) -> Response:
            try:
                return await endpoint(request)
            except Exception as error:  # noqa: BLE001 - the database, most likely
                status, message = _described(error)
                return self._login.form(request, message, status)

        return safe

    def _problem(self, visit: Visit, status: int, message: str) -> Response:
        return self._console.page(visit, "problem.html", status=status, message=message)

    async def _not_found(self, request: Request) -> Response:
        session = await self._console.sessions.find(request.cookies.get(COOKIE, ""))
        if session is None:
            return _to_login(request)
        return self._problem(Visit(request, session), 404, "This page does not exist.")


def _described(error: Exception) -> tuple[int, str]:
    """Return the HTTP status of a failed page, and what the operator reads."""
    for kind, status in ((BadForm, 400), (NotFound, 404), (PermissionError, 403), (_REFUSED, 409)):
        if isinstance(error, kind):
            return status, str(getattr(error, "message", error))
    log.error("a page of the console failed", exc_info=error)
    return 500, "The log of the platform has the reason."


async def _checked_form(request: Request) -> dict[str, str]:
    """Read a form that a page of the console itself has sent.

    Raises:
        PermissionError: Another site sent it, or it was made for another session.
    """
    check_site(request)
    form = await read_form(request)
    if not is_form_token(request.cookies.get(COOKIE, ""), form.get("form", "")):
        raise PermissionError("The form belongs to another session; open the page again.")
    return form


def _to_login(request: Request) -> Response:
    if request.method == "POST":
        return RedirectResponse(f"{_ROOT}/login", 303)
    query = f"?{request.url.query}" if request.url.query else ""
    wanted = request.url.path + query
    ahead = "" if wanted == f"{_ROOT}/" else f"?next={quote(wanted, safe='/')}"
    return RedirectResponse(f"{_ROOT}/login{ahead}", 303)


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        return Response("Not found.", 404, media_type="text/plain")
    content, _ = static_file(name)
    return Response(content, media_type=STATIC[name], headers={"cache-control": _YEAR})


def _secured(app: ASGIApp) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await app(scope, receive, sending)

    return answer
