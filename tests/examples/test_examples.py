"""The programs in examples/, run in one process."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from examples import commands, cpo_fastapi, cpo_tables, emsp_pull, push_session, registration
from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_1_1 import models as models_2_1_1
from ocpi_bindings.v2_1_1 import stubs as stubs_2_1_1
from ocpi_bindings.v2_2_1 import models, stubs
from ocpi_bindings.v2_3_0 import models as models_2_3_0
from ocpi_bindings.v2_3_0 import stubs as stubs_2_3_0
from ocpi_runtime.client import Peer, connect
from ocpi_runtime.errors import GenericServerError, InvalidParameters, NotFound
from ocpi_runtime.server import Outcome
from ocpi_runtime.testing import (
    TOKEN,
    Factory,
    answering,
    application,
    connected,
    http_client,
    running,
)
from ocpi_runtime.types import PartyId
from ocpi_runtime.urls import UrlPolicy

EXAMPLES = Path(__file__).parents[2] / "examples"
LOCAL = UrlPolicy(allow_private=True, allow_http=True)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda each: each.stem)
def test_examples_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 120


async def test_a_cpo_serves_its_tables_in_fastapi(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE", f"sqlite+aiosqlite:///{tmp_path}/cpo.sqlite")
    now = datetime(2026, 1, 5)  # noqa: DTZ001 - as the example keeps it
    async with running(cpo_fastapi.app), http_client(cpo_fastapi.app) as http:
        async with cpo_fastapi.new_session.begin() as session:
            for number in range(130):
                session.add(
                    cpo_tables.Site(
                        id=f"S{number}", street="Dam 1", city="Amsterdam", latitude="52.373056",
                        longitude="4.892222", updated=now,
                    )
                )  # fmt: skip
            session.add(cpo_tables.Price(id="P1", cents=39, updated=now))
        url = "http://127.0.0.1:8000/ocpi/versions"
        async with connect(
            url, "a-secret-token", bindings=[v2_2_1.binding], http=http, policy=LOCAL
        ) as peer:
            listed = {each.id async for each in peer.locations.get_locations(limit=50)}
            assert len(listed) == 130
            later = datetime(2026, 2, 1, tzinfo=UTC)
            assert [each async for each in peer.locations.get_locations(date_from=later)] == []
            assert (await peer.locations.get_location("S7")).city == "Amsterdam"
            with pytest.raises(NotFound):
                await peer.locations.get_location("S999")
            (tariff,) = [each async for each in peer.tariffs.get_tariffs()]
            assert tariff.elements[0].price_components[0].price == Decimal("0.39")
        answer = await http.get("http://127.0.0.1:8000/sites")
        assert set(answer.json()) == listed


def location(kind: Any, connector: Any, evse: Any, number: str) -> Any:
    factory = Factory()
    plugs = [factory.make(connector, id="1", standard="IEC_62196_T2")]
    evses = [factory.make(evse, uid=f"E{number}", connectors=plugs)]
    return factory.make(kind, id=f"L{number}", evses=evses)


def apps() -> dict[str, Any]:
    old = location(models_2_1_1.Location, models_2_1_1.Connector, models_2_1_1.EVSE, "1")
    middle = location(models.Location, models.Connector, models.EVSE, "2")
    new = location(models_2_3_0.Location, models_2_3_0.Connector, models_2_3_0.EVSE, "3")
    served = {
        "https://one.example": answering(stubs_2_1_1.LocationsSenderStub, get_locations=[old]),
        "https://two.example": answering(stubs.LocationsSenderStub, get_locations=[middle]),
        "https://three.example": answering(stubs_2_3_0.LocationsSenderStub, get_locations=[new]),
        "https://four.example": answering(
            stubs.LocationsSenderStub, get_locations=GenericServerError("The database is away.")
        ),
    }
    return {name: application([handler], base_url=name) for name, handler in served.items()}


async def test_an_emsp_pulls_from_cpos_of_different_versions() -> None:
    partners = [
        emsp_pull.Partner("one", "https://one.example/cpo/versions", TOKEN),
        emsp_pull.Partner("two", "https://two.example/versions", TOKEN),
        emsp_pull.Partner("three", "https://three.example/versions", TOKEN),
        emsp_pull.Partner("four", "https://four.example/versions", TOKEN),
    ]
    database = sqlite3.connect(":memory:")
    async with http_client(apps()) as http:
        for _ in range(2):
            failed = await emsp_pull.pull_all(partners, database, http)
            assert [*failed] == ["four"]
            assert "The database is away." in failed["four"]
    rows = database.execute("select cpo, location, evse, connector from connectors order by 2")
    assert [*rows] == [
        ("one", "L1", "E1", "1"),
        ("two", "L2", "E2", "1"),
        ("three", "L3", "E3", "1"),
    ]
    assert [*database.execute("select count(*) from connectors where watt > 0")] == [(3,)]
    database.close()


@pytest.mark.parametrize(("starts", "expected"), [(True, "ACCEPTED"), (False, "FAILED")])
async def test_a_command_ends_with_its_result(*, starts: bool, expected: str) -> None:
    hosts: dict[str, Any] = {}
    peers: dict[str, Any] = {}

    async def start(location_id: str) -> bool:
        return starts

    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(http_client(hosts))

        async def peer(name: str, handler: Any) -> Any:
            base_url = f"https://{name}.example"
            hosts[base_url] = application([handler], base_url=base_url)
            session = connect(f"{base_url}/versions", TOKEN, bindings=[v2_2_1.binding], http=http)
            return await stack.enter_async_context(session)

        points = commands.ChargePoints(lambda: peers["emsp"], start)
        results = commands.Results(await peer("cpo", points), "https://emsp.example")
        peers["emsp"] = await peer("emsp", results)
        token = Factory().make(models.Token)
        assert await results.start_session(token, "L1") == expected
        with pytest.raises(NotFound):
            await peers["emsp"].commands.post_command_result(
                "https://emsp.example/2.2.1/receiver/nothing",
                models.CommandResult(result=models.CommandResultType.ACCEPTED),
            )


@pytest.fixture
async def registrars(tmp_path: Path) -> AsyncIterator[Any]:
    hosts: dict[str, Any] = {}
    engines = [create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/{name}") for name in "ab"]
    async with http_client(hosts) as http:
        made = []
        for name, engine in zip(("a", "b"), engines, strict=True):
            await registration.create_tables(engine)
            registrar = registration.cpo(engine, f"https://{name}.example")
            registrar.http = http
            hosts[f"https://{name}.example"] = registration.platform(registrar)
            made.append(registrar)
        yield made
    for engine in engines:
        await engine.dispose()


async def test_platforms_register_with_tokens_in_a_table(registrars: Any) -> None:
    here, there = registrars
    token_a = await here.invite("b", parties=[PartyId("NL", "EXA")])
    done = await there.register("a", "https://a.example/versions", token_a)
    assert await there.store.load("a") == done
    assert not await there.store.replace(None, done)
    for registrar, partner in ((there, "a"), (here, "b")):
        peer: Any = await registrar.peer(partner)
        assert (await peer.credentials.get_credentials()).roles[0].party_id == "EXA"
    assert await here.authenticate([token_a]) is None
    await there.update("a")
    assert not await there.store.replace(done, None)
    await there.unregister("a")
    assert [
        await registrar.store.load(name) for registrar, name in ((there, "a"), (here, "b"))
    ] == [
        None,
        None,
    ]


async def test_a_session_and_a_cdr_are_pushed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asyncio.sleep", _at_once)
    factory, failures = Factory(), [GenericServerError("Not now.")]

    def put_session(*arguments: Any) -> Outcome:
        if failures:
            raise failures.pop()
        return Outcome.CREATED

    sessions = answering(
        stubs.SessionsReceiverStub, patch_session=NotFound("Unknown."), put_session=put_session
    )
    cdrs = answering(stubs.CdrsReceiverStub, post_cdr=InvalidParameters("The tariff is unknown."))
    session, cdr = factory.make(models.Session), factory.make(models.CDR)
    peer: Peer
    async with connected([sessions, cdrs], bindings=[v2_2_1.binding]) as peer:
        done = await push_session.push_progress(peer, session, Decimal("3.5"))
        assert done is push_session.Next.DONE
        ended = await push_session.push_end(peer, session, cdr)
        assert ended == (push_session.Next.DONE, push_session.Next.NEVER)
    names = [each.operation for each in sessions.calls]
    assert names == ["patch_session", "put_session", "put_session", "put_session"]
    assert sessions.calls[-1].arguments[3].value.status == "COMPLETED"


async def _at_once(seconds: float) -> None:
    return None
