"""Importing objects from files: in a stream, broken ones reported."""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ocpi_bindings.v2_2_1 import models
from ocpi_conformance.validation import validate_stream
from ocpi_runtime.json_objects import Element
from ocpi_server.cli import app
from ocpi_server.store import Listing
from tests.server_impl.pair import CPO, EMSP, database_of, introduce, location, served, token
from tests.support.commands import run_command

UNREPAIRED = {"others": 0, "repaired": 0, "repairs": {}}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "ocpi.toml"
    path.write_text(
        f"""
        base_url = "http://127.0.0.1:9/ocpi"
        database = "{database_of(tmp_path / "data")}"
        key_file = "{tmp_path}/data/ocpi.key"
        [[parties]]
        country_code = "NL"
        party_id = "CPO"
        role = "CPO"
        name = "Example Charging"
        """
    )
    return path


def run(config: Path, *arguments: str) -> tuple[int, Any]:
    """Run a command; returns its exit code and its JSON."""
    code, stdout, _ = run_command(app, [*arguments, "--config", str(config), "--json"])
    return code, json.loads(stdout) if stdout.strip() else None


@pytest.mark.parametrize("name", ["locations.json", "locations.json.gz"])
def test_valid_objects_are_kept_and_broken_ones_reported(config: Path, name: str) -> None:
    file, report = config.parent / name, config.parent / "report.jsonl"
    good = [location(f"L{number}") for number in range(1200)]
    broken = [{**location(), "city": None}, location(evses=[{"uid": "E"}]), 5]
    foreign = {**location("L"), "party_id": "XXXX"}
    content = json.dumps([*good[:700], *broken, foreign, *good[700:]]).encode()
    file.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    code, done = run(config, "import", "locations", str(file), "--report", str(report))
    assert (code, done) == (
        1,
        {"created": 1200, "updated": 0, "stale": 0, "broken": 4, **UNREPAIRED},
    )
    reported = [json.loads(line) for line in report.read_text().splitlines()]
    assert [each["index"] for each in reported] == [700, 701, 702, 703]
    assert reported[0]["violations"][0]["pointer"] == "/city"
    assert reported[1]["violations"][0]["pointer"].startswith("/evses/0")
    assert reported[3]["violations"][0]["pointer"] == "/party_id"
    again = json.dumps(good).encode()
    file.write_bytes(gzip.compress(again) if name.endswith("gz") else again)
    assert run(config, "import", "locations", str(file)) == (
        0,
        {"created": 0, "updated": 1200, "stale": 0, "broken": 0, **UNREPAIRED},
    )


def test_a_feed_of_several_parties_is_kept_and_counted(config: Path) -> None:
    file = config.parent / "locations.json.gz"
    owners = ["ENE", "SGM", "CPO"]
    feed = [{**location(f"L{party}"), "party_id": party} for party in owners]
    file.write_text(json.dumps(feed))
    code, done = run(config, "import", "locations", str(file))
    assert (code, done["created"], done["others"]) == (0, 3, 2)
    file.write_text(json.dumps([{**token("T1"), "party_id": "ENE"}]))
    code, done = run(config, "import", "tokens", str(file))
    assert (code, done["broken"]) == (1, 1)


def test_a_compressed_file_that_is_cut_off_is_reported(config: Path) -> None:
    file = config.parent / "locations.json"
    file.write_bytes(gzip.compress(json.dumps([location("L1"), location("L2")]).encode())[:-20])
    code, _, stderr = run_command(app, ["import", "locations", str(file), "--config", str(config)])
    assert (code, "damaged or cut off" in stderr) == (1, True)


def test_what_comes_before_the_break_is_kept(config: Path) -> None:
    file = config.parent / "locations.json"
    file.write_text(json.dumps([location("L1"), location("L2")])[:-1] + ",")
    assert run(config, "import", "locations", str(file)) == (1, None)
    file.write_text(json.dumps([location("L1"), location("L3")]))
    code, done = run(config, "import", "locations", str(file))
    assert (code, done["created"], done["updated"]) == (0, 1, 1)


def test_wrong_usage_ends_with_2(config: Path) -> None:
    assert run(config, "import", "locations", str(config.parent / "missing.json"))[0] == 2
    assert run(config.parent / "none.toml", "partners", "list")[0] == 2


def test_partners_are_invited_and_listed(config: Path) -> None:
    code, made = run(config, "partners", "invite", "Fun Drive")
    assert code == 0
    # Of a platform in one role: the list that holds 2.1.1 and 2.0 too.
    assert made["versions_url"] == "http://127.0.0.1:9/ocpi/cpo/versions"
    _, known = run(config, "partners", "list")
    assert [(each["partner"], each["status"]) for each in known] == [(made["partner"], "invited")]
    shown = CliRunner().invoke(app, ["partners", "list", "--config", str(config)])
    assert "Fun Drive" in shown.stdout
    assert made["token"] not in shown.stdout


def test_a_partner_is_invited_to_a_role(config: Path) -> None:
    _, made = run(config, "partners", "invite", "Old Current", "--role", "EMSP")
    assert made["versions_url"] == "http://127.0.0.1:9/ocpi/emsp/versions"


def test_a_partner_is_invited_beside_another(config: Path) -> None:
    _, first = run(config, "partners", "invite", "Old Current", "--role", "EMSP")
    more = ("--role", "CPO", "--same-company-as")
    code, made = run(config, "partners", "invite", "Old Current", *more, first["partner"])
    assert (code, made["versions_url"]) == (0, "http://127.0.0.1:9/ocpi/cpo/versions")
    assert made["partner"] != first["partner"]
    assert run(config, "partners", "invite", "Nobody", *more, "unknown")[0] == 2


def test_losses_are_listed(config: Path) -> None:
    assert run(config, "losses") == (0, [])
    shown = CliRunner().invoke(app, ["losses", "--config", str(config)])
    assert (shown.exit_code, "why" in shown.stdout) == (0, True)


def test_db_upgrade_may_be_run_again(config: Path) -> None:
    for _ in range(2):
        assert CliRunner().invoke(app, ["db", "upgrade", "--config", str(config)]).exit_code == 0


def test_objects_are_repaired_unless_the_level_is_strict(
    config: Path,
) -> None:
    file = config.parent / "locations.json"
    sent = location(last_updated="2026-01-01T12:00:00+02:00", facilities=["HOTEL", None])
    file.write_text(json.dumps([sent]))

    code, done = run(config, "import", "locations", str(file))
    assert (code, done["created"], done["repaired"]) == (0, 1, 1)
    assert done["repairs"] == {"timestamp-offset": 1, "null-in-list": 1}

    config.write_text('dialect = "strict"\n' + config.read_text())
    code, done = run(config, "import", "locations", str(file))
    assert (code, done["broken"], done["repaired"]) == (1, 1, 0)


def test_repairs_of_what_is_refused_are_not_counted(config: Path) -> None:
    file = config.parent / "tokens.json"
    foreign = {**token(), "country_code": "FR", "last_updated": "2026-01-01T12:00:00+02:00"}
    file.write_text(json.dumps([foreign]))
    code, done = run(config, "import", "tokens", str(file))
    assert (code, done["broken"], done["repaired"], done["repairs"]) == (1, 1, 0, {})


def test_a_file_with_nan_is_read_at_the_level_lenient(config: Path) -> None:
    file = config.parent / "locations.json"
    file.write_text(json.dumps([location("L1", postal_code=float("nan")), location("L2")]))
    assert run(config, "import", "locations", str(file)) == (1, None)

    config.write_text('dialect = "lenient"\n' + config.read_text())
    code, done = run(config, "import", "locations", str(file))
    assert (code, done["created"], done["repairs"]) == (0, 2, {"no-number": 1})


FORMS: dict[str, Callable[[list[Any]], Any]] = {
    "an array": lambda objects: objects,
    "one object": lambda objects: objects[0],
    "an envelope": lambda objects: {"data": objects, "status_code": 1000},
    "an envelope in Pascal case": lambda objects: {"StatusCode": 1000, "Data": objects},
    "JSON as text": json.dumps,
    "GeoJSON": lambda objects: {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": each} for each in objects],
    },
    "nodes of GraphQL": lambda objects: {
        "data": {"locations": {"edges": [{"node": each} for each in objects]}}
    },
    "documents of a database": lambda objects: [{"id": "a", "data": each} for each in objects],
    "one name each": lambda objects: [{"location": each} for each in objects],
    "below operators": lambda objects: {"cpos": [{"id": "a", "locations": objects}]},
    "pages": lambda objects: [
        {"data": objects[:1], "status_code": 1000},
        {"data": objects[1:], "status_code": 1000},
    ],
    "values in lists and objects": lambda objects: [
        {**each, "coordinates": [each.get("coordinates")], "last_updated": {"$date": WHEN}}
        for each in objects
    ],
}
WHEN = "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read_as_validation_reads_it(config: Path, form: str) -> None:
    file, report = config.parent / "locations.json", config.parent / "report.jsonl"
    feed = FORMS[form]([location("L1"), location("L2"), {**location("L3"), "coordinates": None}])
    file.write_text(json.dumps(feed))
    judged: list[Any] = []
    validate_stream(
        io.BytesIO(file.read_bytes()),
        version="2.2.1",
        name="Location",
        on_object=lambda each: judged.append(each.data),
    )
    config.write_text('dialect = "lenient"\n' + config.read_text())
    code, done = run(config, "import", "locations", str(file), "--report", str(report))
    broken = [each for each in judged if each["verdict"] not in {"valid", "repairable"}]
    assert (done["created"], done["broken"]) == (len(judged) - len(broken), len(broken))
    assert (done["created"], code) == ((1, 0) if form == "one object" else (2, 1))
    reported = [json.loads(line) for line in report.read_text().splitlines()]
    assert [(each["index"], each["pointer"]) for each in reported] == [
        (each["object"], each["pointer"]) for each in broken
    ]
    assert all(each["violations"] for each in reported)


async def test_partners_are_pushed_own_objects_if_that_is_wanted(tmp_path: Path) -> None:
    async with served(tmp_path / "cpo", CPO) as cpo, served(tmp_path / "emsp", EMSP) as emsp:
        pair = await introduce(cpo, emsp)
        parts = cpo.platform.parts
        feed = [location("L1"), {**location("L2"), "party_id": "ENE"}, location("L3")]

        async def imported(*objects: Any, push: bool) -> list[str]:
            elements = [Element(json.dumps(each).encode(), "") for each in objects]
            await parts.importer.run(
                elements, "locations", models.Location, on_broken=print, push=push
            )
            await cpo.platform.settled()
            source = Listing(module="locations", source=pair.at_emsp.id)
            page = await emsp.platform.parts.store.page(source)
            return [json.loads(each)["id"] for each in page.items]

        assert await imported(location("L0"), push=False) == []
        assert sorted(await imported(*feed, push=True)) == ["L1", "L3"]
        older = location("L4", last_updated="2001-01-01T00:00:00Z")
        assert "L4" in await imported(location("L4"), older, push=True)
        assert await parts.pushes.outbox.pending(pair.at_cpo.id, 10) == []


def test_objects_of_others_are_not_pushed(config: Path) -> None:
    file = config.parent / "locations.json"
    file.write_text("[]")
    words = ["import", "locations", str(file), "--push", "--as-received", "Open data"]
    code, _, stderr = run_command(app, [*words, "--config", str(config)])
    assert (code, "--push belongs to own objects" in stderr) == (2, True)
