"""Many own objects in one request: one transaction, and a result for each of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from ocpi_server import OwnParty, PushRules
from ocpi_server.store import Key
from ocpi_server.store.database.outbox_tables import notes
from ocpi_server.store.database.tables import objects
from tests.server_impl.operator_api.back_end import BackEnd, back_ends
from tests.server_impl.operator_api.test_operator_api import eventually, register
from tests.server_impl.pair import EMSP, introduce, location, served
from tests.server_impl.samples import session, tariff


async def count(back_end: BackEnd, table: Any) -> int:
    store = back_end.host.platform.parts.store
    statement = select(func.count()).select_from(table)
    return await store.database.read(lambda link: int(link.execute(statement).scalar_one()))


@pytest.mark.one_node(reason="watches the store of one process")
async def test_a_request_is_one_transaction_and_each_object_has_a_result(tmp_path: Path) -> None:
    async with back_ends(tmp_path) as (cpo, emsp):
        at_cpo, at_emsp = await register(cpo, emsp)
        sent = [
            location("A"),
            location("B", address={}),
            location("C", owner=EMSP),
            location("D", country="Netherlands"),
            location("A", name="New name"),
            location("A", name="Old name", last_updated="2001-01-01T00:00:00Z"),
        ]
        recorded: list[Sequence[Key]] = []
        store = cpo.host.platform.parts.store
        recorder = store.recorder
        assert recorder is not None

        def record(link: Connection, what: str, keys: Sequence[Key]) -> None:
            recorded.append(keys)
            recorder(link, what, keys)

        store.recorder = record
        done = await cpo.data("POST", "own/2.2.1/locations", {"objects": sent})
        assert [[key.uid for key in keys] for keys in recorded] == [["a", "d", "a"]]
        assert [(each["stored"], each.get("uid"), each.get("recipients")) for each in done] == [
            ("CREATED", "A", [at_cpo]),
            ("REFUSED", None, None),
            ("REFUSED", None, None),
            ("CREATED", "D", [at_cpo]),
            ("UPDATED", "A", [at_cpo]),
            ("UNCHANGED", "A", []),
        ]
        assert [one["pointer"] for one in done[1]["faults"]] == ["/address"]
        assert "DE-MSP is not a party of this platform" in done[2]["message"]
        assert [one["pointer"] for one in done[3]["repairs"]] == ["/country"]
        await cpo.host.platform.settled()
        there = await eventually(emsp, f"received/2.2.1/locations/{at_emsp}")
        # Both are sent at once, and listed as they arrive.
        assert {each["id"]: each["name"] for each in there} == {
            "A": "New name",
            "D": "Station square",
        }


async def test_objects_for_single_parties_are_sent_to_these(tmp_path: Path) -> None:
    async with back_ends(tmp_path) as (cpo, emsp):
        at_cpo, at_emsp = await register(cpo, emsp)
        stranger = session("S2")
        stranger["cdr_token"] = {**stranger["cdr_token"], "party_id": "XXX"}
        body = {"objects": [session("S1"), stranger]}
        done = await cpo.data("POST", "own/2.2.1/sessions", body)
        assert [each["recipients"] for each in done] == [[at_cpo], []]
        await cpo.host.platform.settled()
        (there,) = await eventually(emsp, f"received/2.2.1/sessions/{at_emsp}")
        assert there["id"] == "S1"


@pytest.mark.one_node(reason="watches the store of one process")
async def test_a_request_that_cannot_be_stored_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with back_ends(tmp_path) as (cpo, emsp):
        await register(cpo, emsp)

        def fail(*_: Any) -> None:
            raise RuntimeError("the disk is gone")

        monkeypatch.setattr(cpo.host.platform.parts.store, "recorder", fail)
        body = {"objects": [location("A"), location("B")]}
        answer = await cpo.send("POST", "own/2.2.1/locations", body)
        assert answer.status_code == 500
        assert (await count(cpo, objects), await count(cpo, notes)) == (0, 0)


async def test_a_module_or_version_that_is_not_written_is_refused_as_a_whole(
    tmp_path: Path,
) -> None:
    async with back_ends(tmp_path) as (cpo, _):
        for path in ("own/9.9/locations", "own/2.2.1/nothing"):
            answer = await cpo.send("POST", path, {"objects": [location()]})
            assert answer.json()["status_code"] == 2001, path


@pytest.mark.one_node(reason="watches the store of one process")
async def test_a_partner_that_registers_meanwhile_is_sent_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    push, other = PushRules(full_after_registration=True), OwnParty("FR", "OTH", "EMSP", "Other")
    async with (
        back_ends(tmp_path, push=push) as (cpo, emsp),
        served(tmp_path / "other", other) as second,
    ):
        await introduce(cpo.host, second)  # with it, 500 objects are one transaction
        store = cpo.host.platform.parts.store
        put_all = store.put_all
        registered: list[str] = []

        async def put_and_register(*arguments: Any) -> Any:
            done = await put_all(*arguments)
            if not registered:
                registered.extend(await register(cpo, emsp))
                await cpo.host.platform.pushed()
            return done

        monkeypatch.setattr(store, "put_all", put_and_register)
        sent = [tariff(f"T{number}") for number in range(600)]
        await cpo.data("POST", "own/2.2.1/tariffs", {"objects": sent})
        await cpo.host.platform.pushed()
        found = await emsp.host.platform.parts.store.get_oldest(
            "tariffs", registered[1], 2**60, 2000
        )
        assert len(found) == len(sent)
