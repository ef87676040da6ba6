"""Login and logout."""

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ocpi_runtime.errors import TooManyRequests
from ocpi_runtime.server import RateLimit, address_group
from ocpi_server.console._sessions import SCOPE, form_token, is_form_token, new_token
from ocpi_server.console._visit import BadForm, Visit, check_site, printable, read_form

if TYPE_CHECKING:
    from ocpi_server.console._console import Console

__all__ = ["COOKIE", "Login"]

COOKIE: Final = "ocpi_console"
_FORM_COOKIE: Final = "ocpi_console_login"
_ROOT: Final = "/console"
_PER_SECOND: Final = 5.0
"""How many wrong keys one address may try; each has 256 random bits."""


class Login:
    """The page where an operator enters a key.

    Its form is bound to a cookie of its own: that of a session is not sent where a link on
    another site leads here, and must not be replaced then.

    Args:
        console: What pages work with.
    """

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._rate = RateLimit(_PER_SECOND, "This address")
        self._secure = console.platform.settings.base_url.startswith("https:")

    async def get(self, request: Request) -> Response:
        """Show the form, unless the operator is logged in."""
        if await self._console.sessions.find(request.cookies.get(COOKIE, "")) is not None:
            return RedirectResponse(f"{_ROOT}/", 303)
        return self.form(request, wanted=request.query_params.get("next", ""))

    async def post(self, request: Request) -> Response:
        """Begin a session, if the key has the scope for it."""
        try:
            check_site(request)
            form = await read_form(request)
        except (BadForm, PermissionError) as error:
            return self.form(request, str(error), 400)
        wanted = form.get("next", "")
        if not is_form_token(request.cookies.get(_FORM_COOKIE, ""), form.get("form", "")):
            return self.form(request, "The page had expired; enter the key again.", 403, wanted)
        key = await self._console.keys.find(printable(form.get("key", "")))
        if key is None or not key.allows(SCOPE):
            return self._refused(request, wanted)
        answer = RedirectResponse(_local(wanted), 303)
        self._set(answer, COOKIE, await self._console.sessions.begin(key))
        return answer

    async def logout(self, console: Any, visit: Visit) -> Response:
        """End the session."""
        await console.sessions.end(visit.session.token)
        answer = RedirectResponse(f"{_ROOT}/login", 303)
        answer.delete_cookie(
            COOKIE, path=_ROOT, secure=self._secure, httponly=True, samesite="strict"
        )
        return answer

    def _refused(self, request: Request, wanted: str) -> Response:
        """Refuse a key, and count the attempt of its address.

        A right key is never refused: all operators may come from the address of one proxy, and a
        stranger there must not be able to lock them out.
        """
        try:
            self._rate.take(address_group(request.client.host if request.client else ""))
        except TooManyRequests as error:
            return self._too_many(request, wanted, error)
        problem = f"This key is not known, has ended, or lacks the scope {SCOPE}."
        return self.form(request, problem, 403, wanted)

    def _too_many(self, request: Request, wanted: str, error: TooManyRequests) -> Response:
        text = f"Too many attempts. Try again in {error.retry_after} s."
        answer = self.form(request, text, 429, wanted)
        answer.headers["retry-after"] = str(error.retry_after)
        return answer

    def form(
        self, request: Request, problem: str = "", status: int = 200, wanted: str = ""
    ) -> Response:
        """Return the page with the form, and what went wrong."""
        cookie = request.cookies.get(_FORM_COOKIE) or new_token()
        values = {
            "form": form_token(cookie),
            "problem": problem,
            "note": _note(request, wanted),
            "wanted": wanted,
            "target": _local(wanted),
        }
        answer = HTMLResponse(self._console.renderer.render("login.html", values), status)
        self._set(answer, _FORM_COOKIE, cookie)
        return answer

    def _set(self, answer: Response, name: str, token: str) -> None:
        answer.set_cookie(
            name,
            token,
            path=_ROOT,
            secure=self._secure,
            httponly=True,
            samesite="strict",
            max_age=int(self._console.lifetime.total_seconds()),
        )


def _note(request: Request, wanted: str) -> str:
    """Return why the form is shown, where it was not asked for."""
    if COOKIE in request.cookies:
        return "Your session has ended. Log in to go on."
    return "Log in to open the page." if wanted else ""


def _local(wanted: str) -> str:
    """Return where to go after the login: a page of the console, whatever the form names."""
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return f"{_ROOT}/"
    clean = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    inside = parts.path.startswith(f"{_ROOT}/") and ".." not in parts.path
    return wanted if clean and inside and not parts.scheme and not parts.netloc else f"{_ROOT}/"
