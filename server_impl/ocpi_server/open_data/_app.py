"""The paths of open data beside those of partners."""

import base64
import logging
from collections.abc import Callable, Mapping, Sequence
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ocpi_runtime.errors import GenericServerError, TooManyRequests
from ocpi_runtime.server import (
    Limits,
    Partner,
    RateLimit,
    Stub,
    address_group,
    create_app,
    failure_envelope,
)
from ocpi_server.modules.listed import Listed
from ocpi_server.modules.locations import versions as locations
from ocpi_server.modules.tariffs import versions as tariffs
from ocpi_server.objects.own import OwnObjects
from ocpi_server.open_data._files import RangedFile
from ocpi_server.open_data._lists import OpenLists
from ocpi_server.open_data._objects import OpenObjects
from ocpi_server.settings import OpenDataRules
from ocpi_server.versioning.contexts import before_roles

__all__ = ["OpenDataApp"]

log = logging.getLogger("ocpi_server.open_data")

_MODULES: Final[Mapping[str, Mapping[str, Callable[[Listed], Stub]]]] = {
    "locations": locations.SENDERS,
    "tariffs": tariffs.SENDERS,
}
_READER: Final = "open-"
_LIMITS: Final = Limits(body=1024, page=500, partner_requests=20)


class OpenDataApp:
    """Answers what is below ``<base_url>/open``; the application of partners all else.

    Args:
        app: The application of partners.
        base_url: The base URL of the platform.
        rules: The settings.
        lists: The lists.
        own: The own objects by module.
        versions: The versions that are served.
    """

    def __init__(
        self,
        app: ASGIApp,
        base_url: str,
        rules: OpenDataRules,
        lists: OpenLists,
        own: Mapping[str, OwnObjects],
        versions: Sequence[str],
    ) -> None:
        self._app, self._lists = app, lists
        self._prefix = urlsplit(base_url).path.rstrip("/") + "/open"
        self._rate = RateLimit(rules.requests_per_second, "This address")
        self._age = int(rules.refresh_seconds)
        offered = [version for version in versions if not before_roles(version)]
        self._files = {
            f"{self._prefix}/{version}/{module}.json.gz": (module, version)
            for version in offered
            for module in _MODULES
        }
        handlers: list[Stub] = [
            senders[version](OpenObjects(lists, own[module], module, version))
            for module, senders in _MODULES.items()
            for version in offered
        ]
        self._open = create_app(
            handlers, authenticate=self._reader, base_url=f"{base_url}/open", limits=_LIMITS
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not f"{scope['path']}/".startswith(f"{self._prefix}/"):
            await self._app(scope, receive, send)
            return
        name = self._files.get(scope["path"])
        if name is not None and scope["method"] in {"GET", "HEAD"} and self._takes(scope):
            try:
                answer = await self._file(Headers(scope=scope), *name)
            except Exception:
                log.exception("a file of open data cannot be made")
                answer = _failed()
            await answer(scope, receive, send)
            return
        await self._open(_as_reader(scope), receive, send)

    def _takes(self, scope: Scope) -> bool:
        """Return whether a file may be sent now; what is refused is answered as lists are."""
        try:
            self._rate.take(_group(scope))
        except TooManyRequests:
            return False
        return True

    async def _reader(self, candidates: Sequence[str]) -> Partner | None:
        """Return whoever asks: of one address, so many requests at a time and in a second."""
        group = next((each for each in candidates if each.startswith(_READER)), None)
        if group is None:
            return None
        self._rate.take(group)
        return Partner(group)

    async def _file(self, headers: Headers, module: str, version: str) -> Response:
        listed = await self._lists.get(module, version)
        about = {
            "etag": listed.etag,
            "last-modified": format_datetime(listed.modified, usegmt=True),
            "cache-control": f"public, max-age={self._age}",
            "x-content-type-options": "nosniff",
        }
        if _is_known(headers.get("if-none-match", ""), listed.etag):
            return Response(status_code=304, headers=about)
        return RangedFile(
            listed.file,
            headers=about,
            media_type="application/gzip",
            filename=f"{module}-{version}.json.gz",
        )


def _failed() -> Response:
    error = GenericServerError("Internal server error.", http_status=500)
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(failure_envelope(error), 500, headers, "application/json")


def _is_known(header: str, etag: str) -> bool:
    """Return whether a client has the file already (RFC 9110, If-None-Match)."""
    known = {each.strip().removeprefix("W/") for each in header.split(",")}
    return etag in known or "*" in known


def _group(scope: Scope) -> str:
    address = scope["client"][0] if scope.get("client") else ""
    return f"{_READER}{address_group(address)}"


def _as_reader(scope: Scope) -> Scope:
    """Return a request as one of a reader of open data, whatever token came with it."""
    token = base64.b64encode(_group(scope).encode())
    kept = [
        (name, value)
        for name, value in scope["headers"]
        if name != b"authorization" and not name.startswith(b"ocpi-")
    ]
    return {**scope, "headers": [*kept, (b"authorization", b"Token " + token)]}
