"""What tests of the client share."""

import pytest

from ocpi_runtime.client import http_client
from ocpi_runtime.client._http import drivers
from ocpi_runtime.client.fast import fast_http_client


@pytest.fixture(params=[http_client, fast_http_client], ids=["httpx2", "aiohttp"])
def each_client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with sessions on a client of each kind."""
    monkeypatch.setattr(drivers, "http_client", request.param)
    if hasattr(request.module, "http_client"):
        monkeypatch.setattr(request.module, "http_client", request.param)
