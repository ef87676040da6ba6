"""``/livez`` and ``/readyz``: whether a process is alive, and whether it can serve."""

import logging
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from ocpi_server.serving.health import HealthPaths
from tests.server_impl.pair import CPO, Served, served


def root(at: Served) -> str:
    """Return the root of the host."""
    return at.base_url.removesuffix("/ocpi")


async def test_a_platform_is_ready_while_its_database_is_as_it_should_be(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        served(tmp_path, CPO) as cpo,
        httpx2.AsyncClient(base_url=root(cpo), timeout=60) as http,
    ):
        assert (await http.get("/livez")).json() == {"status": "ok"}
        change = text("UPDATE alembic_version SET version_num = '9999'")
        await cpo.platform.parts.store.database.write(lambda link: link.execute(change).close())
        with caplog.at_level(logging.WARNING):
            answer = await http.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
        assert "newer than this release" in caplog.text
        assert (await http.get("/livez")).status_code == 200


async def test_partners_find_no_other_path_open(tmp_path: Path) -> None:
    async with (
        served(tmp_path, CPO) as cpo,
        httpx2.AsyncClient(base_url=root(cpo), timeout=60) as http,
    ):
        assert (await http.get("/readyz")).status_code == 200
        for method, path in (("POST", "/readyz"), ("GET", "/livez/x"), ("GET", "/ocpi/livez")):
            answer = await http.request(method, path)
            assert answer.status_code in {401, 404}
            assert answer.json()["status_code"] == 2000


async def test_a_check_is_made_once_a_second_whoever_asks() -> None:
    now, results = 0.0, [OSError("no route"), None]
    made: list[float] = []

    async def check() -> None:
        made.append(now)
        result = results[len(made) - 1]
        if result is not None:
            raise result

    async def app(*_: Any) -> None:
        raise AssertionError("the application is not asked")

    paths = HealthPaths(app, check, lambda: False, lambda: now)
    transport = httpx2.ASGITransport(paths)
    async with httpx2.AsyncClient(transport=transport, base_url="http://local") as http:
        states = [(await http.get("/readyz")).status_code for _ in range(3)]
        now = 0.9
        states.append((await http.head("/readyz")).status_code)
        now = 1.0
        states.append((await http.get("/readyz")).status_code)
    assert states == [503, 503, 503, 503, 200]
    assert made == [0.0, 1.0]
