"""A database that is away: every door answers in its own way, and works again afterwards."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from ocpi_server import ConsoleRules, OpenDataRules, OperatorRules
from tests.server_impl.pair import CPO, served

OPERATOR = {"Authorization": "Bearer ocpi-key-0-x"}
ENVELOPES: list[tuple[str, str, dict[str, str]]] = [
    ("GET", "/ocpi/versions", {"Authorization": "Token x"}),
    ("GET", "/ocpi/2.2.1/sender/locations", {"Authorization": "Token x"}),
    ("GET", "/operator/v1/partners", OPERATOR),
    ("GET", "/operator/v1/events", {**OPERATOR, "Accept": "text/event-stream"}),
    ("POST", "/operator/v1/partners/invitations", {**OPERATOR, "Idempotency-Key": "1"}),
    ("GET", "/ocpi/open/2.2.1/sender/locations", {}),
    ("GET", "/ocpi/open/2.2.1/locations.json.gz", {}),
]
PAGES = ("/console/", "/console/objects", "/console/none", "/console/login")


async def test_every_door_answers_while_the_database_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = {"operator": OperatorRules(enabled=True), "console": ConsoleRules(enabled=True)}
    async with (
        served(tmp_path, CPO, open_data=OpenDataRules(enabled=True), **rules) as host,
        httpx2.AsyncClient(base_url=host.base_url.removesuffix("/ocpi"), timeout=60) as http,
    ):
        database = host.platform.parts.store.database

        async def fail(*_: Any) -> Any:
            raise ConnectionRefusedError("canary")

        with monkeypatch.context() as away:
            for name in ("read", "read_aside", "rows", "write"):
                away.setattr(type(database), name, fail)
            for method, path, headers in ENVELOPES:
                answer = await http.request(method, path, headers=headers)
                assert (answer.status_code, answer.json()["status_code"]) == (500, 3000), path
                assert "canary" not in answer.text
            for path in PAGES:
                answer = await http.get(path, headers={"Cookie": "ocpi_console=x"})
                assert answer.status_code == 500, path
                assert "The log of the platform has the reason." in answer.text
                assert "content-security-policy" in answer.headers
        answer = await http.get("/operator/v1/partners", headers=OPERATOR)
        assert answer.status_code == 401
