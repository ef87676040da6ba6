"""Objects of partners that are not valid, even after repairs: kept for the operator alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from ocpi_runtime.dialect import Dialect
from ocpi_runtime.types import PartyId, Raw
from ocpi_server.cli import app
from ocpi_server.store import Draft, Key, PartialObject, PartialStore
from tests.server_impl.pair import CPO, Pair, calling, location, paired
from tests.server_impl.reading import received
from tests.support.commands import run_command

OWNER = PartyId("NL", "CPO")
PARTLY: dict[str, Any] = {"coordinates": 17, "publish": 17}


async def serve(pair: Pair, uid: str, **fields: Any) -> None:
    """Store an object at the CPO as it is, so that it is listed."""
    sent = location(uid, last_updated="2026-01-01T10:00:00Z", **fields)
    raw = json.dumps(sent).encode()
    draft = Draft(Key.of("locations", OWNER, uid), raw, 1_767_261_600_000_000, "2.2.1")
    await pair.cpo.platform.parts.store.put(draft)


async def known(pair: Pair) -> list[PartialObject]:
    return await pair.emsp.platform.partial_objects(pair.at_emsp)


async def speak(pair: Pair, dialect: Dialect) -> None:
    await pair.emsp.platform.administration.set_dialect(pair.at_emsp.id, dialect)
    found = await pair.emsp.platform.partners.get(pair.at_emsp.id)
    assert found is not None
    pair.at_emsp = found


async def pull(pair: Pair) -> Any:
    return await pair.emsp.platform.pull_locations(pair.at_emsp)


async def test_a_pull_keeps_partial_objects_with_their_faults(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with paired(tmp_path, check_answers="log") as pair:
        await serve(pair, "GOOD")
        await serve(pair, "BAD", **PARTLY)
        await serve(pair, "LONG", city="C" * 50)

        done = await pull(pair)

        assert (done.created, done.partial, len(done.problems)) == (2, 2, 1)
        bad, long = await known(pair)
        assert bad.key[:4] == ("locations", "NL", "CPO", "bad")
        assert {each.pointer for each in bad.faults} == {"/coordinates", "/publish"}
        assert json.loads(bad.raw)["coordinates"] == 17
        assert [each.pointer for each in long.faults] == ["/city"]
        assert "2 objects are not valid, even after repairs" in caplog.text
        stored = await received(pair.emsp, "locations", pair.at_emsp.id)
        assert {each["id"] for each in stored} == {"GOOD", "LONG"}

        # The next whole list counts.
        await serve(pair, "BAD")
        assert (await pull(pair)).partial == 1
        assert [each.key.uid for each in await known(pair)] == ["long"]

        # What is not looked at is not kept.
        await speak(pair, Dialect.strict)
        assert (await pull(pair)).partial == 0
        assert await known(pair) == []


async def test_a_lenient_partner_that_pushes_a_partial_object_is_refused_and_it_is_kept(
    tmp_path: Path,
) -> None:
    sent = location(last_updated="2026-01-01T10:00:00Z")

    async with paired(tmp_path) as pair, calling(pair.emsp, pair.cpo, pair.at_cpo) as as_cpo:
        url = pair.emsp.url("receiver", "locations", "NL", "CPO", "LOC1")
        assert (await as_cpo("PUT", url, sent | PARTLY)).json()["status_code"] == 2001
        assert await known(pair) == []

        await speak(pair, Dialect.lenient)
        answer = await as_cpo("PUT", url, sent | PARTLY)
        assert answer.json()["status_code"] == 2001
        (found,) = await known(pair)
        assert {each.pointer for each in found.faults} == {"/coordinates", "/publish"}
        assert (await as_cpo("GET", url)).status_code == 404

        assert (await as_cpo("PUT", url, sent)).status_code == 201
        assert await known(pair) == []


async def test_parts_and_patches_that_cannot_be_repaired_are_kept_with_their_path(
    tmp_path: Path,
) -> None:
    sent = location(last_updated="2026-01-01T10:00:00Z")
    changed = {"last_updated": "2026-01-02T10:00:00Z"}
    broken = {
        ("PUT", "E1"): {"uid": "E1", "status": "AVAILABLE", **changed},
        ("PUT", "E1/1"): {"id": "1", "max_voltage": "high", **changed},
        ("PATCH", "E1/1"): {"max_voltage": "high", **changed},
        ("PATCH", ""): {"coordinates": "here", **changed},
    }

    async with paired(tmp_path) as pair, calling(pair.emsp, pair.cpo, pair.at_cpo) as as_cpo:
        await speak(pair, Dialect.lenient)
        url = pair.emsp.url("receiver", "locations", "NL", "CPO", "LOC1")
        assert (await as_cpo("PUT", url, sent)).status_code == 201
        before = await received(pair.emsp, "locations", pair.at_emsp.id)

        for (method, below), body in broken.items():
            answer = await as_cpo(method, f"{url}/{below}".rstrip("/"), body)
            assert answer.json()["status_code"] == 2001, (method, below)

        found = {each.key.variant: each for each in await known(pair)}
        assert found.keys() == {"E1", "E1/1", "E1/1/PATCH", "PATCH"}
        assert {each.key[:4] for each in found.values()} == {("locations", "NL", "CPO", "loc1")}
        assert {each.pointer for each in found["E1/1/PATCH"].faults} == {"/max_voltage"}
        assert json.loads(found["E1"].raw) == broken["PUT", "E1"]
        assert await received(pair.emsp, "locations", pair.at_emsp.id) == before


@pytest.mark.parametrize("field", ["id", "country_code"])
async def test_a_lenient_partner_that_pushes_other_text_than_utf_8_is_refused(
    field: str, tmp_path: Path
) -> None:
    async with paired(tmp_path) as pair:
        await speak(pair, Dialect(level="lenient"))
        async with calling(pair.emsp, pair.cpo, pair.at_cpo) as caller:
            sent = {**location("ODD"), **PARTLY, field: "?"}
            raw = json.dumps(sent).encode().replace(b"?", b"\xff")
            url = pair.emsp.url("receiver", "locations", "NL", "CPO", "ODD")
            answer = await caller.http.put(
                url, content=raw, headers={**caller.headers, "content-type": "application/json"}
            )
        assert answer.status_code == 400, answer.text
        (kept,) = await known(pair)
        assert (kept.key[:4], kept.raw) == (("locations", "NL", "CPO", "odd"), raw)


async def test_of_very_many_the_latest_are_kept(pair: Pair) -> None:
    store = PartialStore(pair.emsp.platform.parts.store.database)
    key = Key.of("locations", CPO.id, "X")

    def numbered(at: int) -> PartialObject:
        return PartialObject(key._replace(uid=str(at)), Raw(b"{}"), (), at, at, "2.2.1")

    await store.keep("P", [numbered(at) for at in range(1010)])

    found = await store.all_of("P", "P")
    assert (len(found), found[-1].key.uid) == (1000, "10")


def test_the_operator_lists_them(tmp_path: Path) -> None:
    config = tmp_path / "ocpi.toml"
    config.write_text(
        'base_url = "http://127.0.0.1:9/ocpi"\n[[parties]]\ncountry_code = "NL"\n'
        'party_id = "CPO"\nrole = "CPO"\nname = "Example"\n'
    )
    run_command(app, ["partners", "invite", "Guest", "--config", str(config)])

    code, out, output = run_command(
        app, ["partners", "partial", "Guest", "--json", "--config", str(config)]
    )

    assert code == 0, output
    assert json.loads(out) == []
    assert "0 objects are not valid" in output
