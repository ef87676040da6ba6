from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from ocpi_runtime.server import Limits, create_app
from tests.runtime.server.memory import Receiver, Sender, authenticate
from tests.support.serving import serving

TOKEN = "Token Z29vZC10b2tlbg=="


@dataclass
class Served:
    """The application of memory.py on a socket, and a plain HTTP client for it."""

    base_url: str
    sender: Sender
    receiver: Receiver
    http: httpx2.Client = field(default_factory=httpx2.Client)

    def request(self, method: str, path: str, **kwargs: Any) -> httpx2.Response:
        headers = {"Authorization": TOKEN} | kwargs.pop("headers", {})
        headers = {name: value for name, value in headers.items() if value is not None}
        return self.http.request(method, self.base_url + path, headers=headers, **kwargs)

    def get(self, path: str, **kwargs: Any) -> httpx2.Response:
        return self.request("GET", path, **kwargs)

    def put(self, path: str, content: bytes, **kwargs: Any) -> httpx2.Response:
        return self.request("PUT", path, content=content, **kwargs)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    sender, receiver = Sender(), Receiver()
    limits = Limits(page=60, page_default=20, handler_seconds=0.5, body=1024 * 1024)
    with (
        serving(
            lambda base_url: create_app(
                [sender, receiver],
                authenticate=authenticate,
                base_url=f"{base_url}/ocpi",
                limits=limits,
                docs=True,
            )
        ) as base_url,
        httpx2.Client() as http,
    ):
        yield Served(base_url, sender, receiver, http)
