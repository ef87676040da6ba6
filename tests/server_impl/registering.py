"""A partner made of a few answers, which registers with any roles that a test wants."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from tests.server_impl.pair import VERSION, Caller, Served

__all__ = ["RegisteringPartner", "guest_of", "role"]

AT = "http://127.0.0.1:9/versions"


def role(name: str = "EMSP", party_id: str = "MSP", country_code: str = "DE") -> dict[str, Any]:
    """One role of credentials."""
    return {
        "role": name,
        "party_id": party_id,
        "country_code": country_code,
        "business_details": {"name": "Other"},
    }


class RegisteringPartner:
    """Sends credentials to a host, whose calls back are answered without a network."""

    def __init__(self, host: Served, http: httpx2.AsyncClient) -> None:
        self.host, self._http = host, http

    async def send(
        self, method: str, token: str, roles: Sequence[dict[str, Any]], **more: Any
    ) -> httpx2.Response:
        """POST or PUT credentials."""
        body = {"token": "token-b", "url": AT, "roles": list(roles), **more}
        return await Caller(self._http, token)(method, self.host.url("credentials"), body)

    async def status(self, token: str, *path: str) -> int:
        """Return the HTTP status of a GET."""
        url = self.host.url(*path) if path else f"{self.host.base_url}/versions"
        return (await Caller(self._http, token)("GET", url)).status_code


def _versions(request: httpx2.Request) -> httpx2.Response:
    details = "http://127.0.0.1:9/details"
    data: Any = [{"version": VERSION, "url": details}]
    if str(request.url) == details:
        credentials = {"identifier": "credentials", "role": "SENDER", "url": f"{AT}/credentials"}
        data = {"version": VERSION, "endpoints": [credentials]}
    now = "2026-01-01T00:00:00Z"
    return httpx2.Response(200, json={"status_code": 1000, "timestamp": now, "data": data})


@asynccontextmanager
async def guest_of(host: Served) -> AsyncIterator[RegisteringPartner]:
    """Serve the versions of a partner that is not there."""
    for node in host.nodes:
        await node.clients.http.aclose()
        node.clients.http = httpx2.AsyncClient(transport=httpx2.MockTransport(_versions))
    async with httpx2.AsyncClient(timeout=60) as http:
        yield RegisteringPartner(host, http)
