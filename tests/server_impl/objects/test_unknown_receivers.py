"""Every operation answers a request for a party that is not here in the same way."""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from ocpi_bindings import v2_3_0
from ocpi_server import HubRules, OwnParty
from tests.server_impl.pair import CPO, Caller, Served, calling, introduce, served

VERSION = "2.3.0"
ELSEWHERE = {"OCPI-to-country-code": "FR", "OCPI-to-party-id": "XXX"}
HOSTS = [
    OwnParty("LU", "ALL", role, "Of all roles") for role in ("CPO", "EMSP", "PTP", "HUB", "SCSP")
]
GUESTS = [OwnParty("NL", "CPO", role, "Of all roles") for role in ("CPO", "EMSP", "PTP", "SCSP")]
_IDS = {"country_code": CPO.country_code, "party_id": CPO.party_id, "command": "START_SESSION"}


class Call(NamedTuple):
    """One operation with made-up ids."""

    name: str
    method: str
    path: tuple[str, ...]


def calls() -> Iterator[Call]:
    for (module, name), interface in sorted(v2_3_0.binding.interfaces.items()):
        if not interface.functional or name not in {"sender", "receiver"}:
            continue
        for operation in interface.operations.values():
            parts = [each for each in operation.path.split("/") if each]
            ids = (_IDS.get(each[1:-1], "X1") if each[0] == "{" else each for each in parts)
            yield Call(operation.id, operation.method, (name, module, *ids))


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=["standard", "strict"])
async def called(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Served, Caller, bool]]:
    root = tmp_path_factory.mktemp("receivers")
    given: dict[str, Any] = {"versions": (VERSION,), "hub": HubRules(routing=False)}
    async with (
        served(root / "host", *HOSTS, dialect=request.param, **given) as host,
        served(root / "guest", *GUESTS, **given) as guest,
    ):
        pair = await introduce(host, guest)
        async with calling(host, guest, pair.at_emsp) as caller:
            yield host, caller, request.param == "strict"


async def test_reads_are_answered_and_writes_refused_at_every_operation(
    called: tuple[Served, Caller, bool], caplog: pytest.LogCaptureFixture
) -> None:
    host, caller, strict = called
    asked, found, logged = 0, {}, ""
    for call in calls():
        url = "/".join((host.base_url, VERSION, *call.path))
        allowed = (await caller(call.method, url, {})).json()
        if allowed["status_code"] == 2000 and "role" in allowed["status_message"].lower():
            continue  # no role of the guest may call it
        caplog.clear()
        with caplog.at_level(logging.WARNING, "ocpi_server.routing"):
            answer = await caller(call.method, url, {}, **ELSEWHERE)
        asked += 1
        faults = [each["pointer"] for each in answer.json().get("violations", ())]
        refused = "header:OCPI-to-party-id" in faults and answer.json()["status_code"] == 2001
        logged += caplog.text
        found[call.name, call.path[:2]] = refused, call.method == "GET"
    assert asked > 60
    wrong = {name for name, (refused, read) in found.items() if refused is (read and not strict)}
    assert wrong == set()
    # Once a minute for each partner, however many requests are answered.
    lines = logged.count("FR-XXX is not a party")
    assert lines == 0 if strict else 0 < lines < 10
