"""The other side of partners: it answers registrations and remembers what was posted to it."""

import threading
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.acceptance.support.bundles import ROLELESS

__all__ = ["PartnerServer"]

_STAMP = "2026-01-01T00:00:00Z"


@dataclass
class PartnerServer:
    """A server that plays the platforms of all partners, each below its name.

    Attributes:
        base_url: Where it is served.
        version: The OCPI version that all partners speak.
        posted: Path and body of everything that came, oldest first.
    """

    base_url: str
    version: str
    posted: list[tuple[str, Any]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def versions_url(self, name: str) -> str:
        return f"{self.base_url}/{name}/versions"

    def response_url(self, name: str, tail: str) -> str:
        return f"{self.base_url}/{name}/results/{tail}"

    def of(self, url: str) -> list[Any]:
        """Return the bodies that were posted to a URL."""
        with self._lock:
            return [body for path, body in self.posted if self.base_url + path == url]

    def app(self) -> Starlette:
        routes = [
            Route("/{name}/versions", self._versions),
            Route("/{name}/details", self._details),
            Route("/{name}/results/{tail:path}", self._result, methods=["POST"]),
        ]
        return Starlette(routes=routes)

    async def _versions(self, request: Request) -> JSONResponse:
        name = request.path_params["name"]
        version = {"version": self.version, "url": f"{self.base_url}/{name}/details"}
        return _enveloped([version])

    async def _details(self, request: Request) -> JSONResponse:
        # Nothing but credentials: what the platform would push is not asked for here.
        url = f"{self.base_url}/{request.path_params['name']}/credentials"
        role = {} if self.version in ROLELESS else {"role": "SENDER"}
        endpoint = {"identifier": "credentials", "url": url, **role}
        return _enveloped({"version": self.version, "endpoints": [endpoint]})

    async def _result(self, request: Request) -> JSONResponse:
        body = await request.json()
        with self._lock:
            self.posted.append((request.url.path, body))
        return _enveloped(None)


def _enveloped(data: Any) -> JSONResponse:
    return JSONResponse({"data": data, "status_code": 1000, "timestamp": _STAMP})
