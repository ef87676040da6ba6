"""Open data of many parties, imported as if it had been received: forms, repairs, report."""

import asyncio
import base64
import gzip
import io
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typer.testing import CliRunner, Result

from ocpi_runtime.errors import TransportError
from ocpi_runtime.urls import UrlPolicy
from ocpi_server import OpenDataRules, OwnParty, Platform, load_settings
from ocpi_server.cli import app
from ocpi_server.command_line.importing._received import Wanted
from ocpi_server.command_line.importing._received import run as import_file
from ocpi_server.store import Key, Listing
from ocpi_server.sync.downloads import download
from tests.server_impl.pair import CPO, EMSP, introduce, location, served
from tests.server_impl.partners.test_partner_commands import SETTINGS
from tests.support.serving import serving

FUN = OwnParty("DE", "FUN", "CPO", "Fun Drive")
EAST = OwnParty("FR", "EST", "CPO", "Est")
OURS = OwnParty("NL", "EXA", "CPO", "Example Charging")
FEED = [location("L1", FUN), location("L2", FUN), location("L1", EAST)]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "ocpi.toml"
    file.write_text(SETTINGS.format(folder=tmp_path))
    return file


def run(config: Path, file: Path | str, *words: str) -> Result:
    fixed = ("import", "locations", str(file), "--as-received", "Open data", "--json")
    return CliRunner().invoke(app, [*fixed, *words, "--config", str(config)])


def imported(config: Path, tmp_path: Path, feed: Any, *words: str) -> dict[str, Any]:
    file = tmp_path / "feed.json"
    file.write_text(json.dumps(feed))
    result = run(config, file, *words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def at(config: Path, work: Callable[[Platform], Awaitable[Any]]) -> Any:
    async def opened() -> Any:
        async with Platform(load_settings(config)) as platform:
            return await work(platform)

    return asyncio.run(opened())


async def stored(platform: Platform) -> list[str]:
    source = await platform.administration.find("Open data")
    page = await platform.parts.store.page(Listing(module="locations", source=source.id))
    found = [json.loads(each) for each in page.items]
    return [f"{each['country_code']}-{each['party_id']} {each['id']}" for each in found]


ALL = ["DE-FUN L1", "DE-FUN L2", "FR-EST L1"]
FORMS = {
    "array": FEED,
    "envelope": {"data": FEED, "status_code": 1000, "timestamp": "2026-01-01T00:00:00Z"},
    "object of lists": {"meta": {"count": 3}, "locations": FEED},
    "GeoJSON": {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": {"type": "Point"}, "properties": each}
            for each in FEED
        ],
    },
    "GraphQL": {"data": {"locations": {"edges": [{"cursor": "x", "node": each} for each in FEED]}}},
    "pages": [{"data": FEED[:2], "status_code": 1000}, {"data": FEED[2:], "status_code": 1000}],
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read(config: Path, tmp_path: Path, form: str) -> None:
    done = imported(config, tmp_path, FORMS[form])
    assert (done["created"], done["broken"]) == (3, 0)
    assert sorted(at(config, stored)) == ALL


def test_an_object_that_cannot_be_parsed_costs_no_other(config: Path, tmp_path: Path) -> None:
    feed = json.dumps({"data": [*FEED, {**FEED[0], "id": "L9", "distance": "?"}]})
    for number in ("1e999", "9" * 5000):
        file = tmp_path / "feed.json"
        file.write_text(feed.replace('"?"', number))
        done = json.loads(run(config, file).stdout)
        assert (done["created"] + done["updated"], done["broken"]) == (3, 1)


@pytest.mark.parametrize("levels", [40, 900, 20_000])
@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("form", ["[%s]", '{"status_code": 1000, "data": [%s]}', "%s"])
def test_an_object_that_is_nested_too_deeply_costs_no_other(
    config: Path, tmp_path: Path, form: str, levels: int, *, own: bool
) -> None:
    deep = json.dumps({**FEED[0], "id": "L9", "x": "?"}).replace('"?"', "[" * levels + "]" * levels)
    file = tmp_path / "feed.json"
    file.write_text(form % ", ".join([json.dumps(FEED[0]), deep, *map(json.dumps, FEED[1:])]))
    words = ("import", "locations", str(file), "--json", "--config", str(config))
    done = CliRunner().invoke(app, words) if own else run(config, file)
    counts = json.loads(done.stdout)
    assert (counts["created"], counts["broken"], done.exit_code) == (3, 1, 1)
    assert f'"pointer": "{POINTERS[form]}"' in done.stderr
    assert "nested too deeply" in done.stderr


POINTERS = {"[%s]": "/1", '{"status_code": 1000, "data": [%s]}': "/data/1", "%s": ""}


def test_a_second_import_replaces_and_removes_when_it_is_whole(
    config: Path, tmp_path: Path
) -> None:
    imported(config, tmp_path, FEED)
    done = imported(config, tmp_path, FEED[1:])
    assert (done["updated"], done["dropped"]) == (2, 0)
    done = imported(config, tmp_path, FEED[1:], "--full")
    assert (done["updated"], done["dropped"]) == (2, 1)
    assert sorted(at(config, stored)) == ALL[1:]


def test_broken_and_own_objects_are_reported_and_what_can_be_read_is_kept(
    config: Path, tmp_path: Path
) -> None:
    imported(config, tmp_path, FEED[1:])
    report = tmp_path / "report.jsonl"
    broken = {**FEED[0], "evses": [{"uid": "E1", "status": "UNHEARD OF"}]}
    feed = {"locations": [broken, location("L9", OURS), FEED[1], {"name": "without an id"}]}
    done = imported(config, tmp_path, feed, "--full", "--report", str(report))
    assert (done["broken"], done["updated"], done["dropped"]) == (3, 1, 0)
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    assert [each["pointer"] for each in lines] == ["/locations/0", "/locations/1", "/locations/3"]
    assert lines[0]["violations"]
    assert "NL-EXA is a party of this platform" in lines[1]["message"]

    async def partials(platform: Platform) -> list[str]:
        source = await platform.administration.find("Open data")
        return [each.key.uid for each in await platform.partial_objects(source)]

    assert "l1" in at(config, partials)


def test_partial_objects_are_listed_as_they_were_sent_and_in_full(
    config: Path, tmp_path: Path
) -> None:
    name = "[red]:zap:" + "N" * 26
    sent = {**FEED[0], "id": name, "coordinates": {"latitude": "1"}}
    imported(config, tmp_path, [sent])
    listed = CliRunner().invoke(app, ["partners", "partial", "Open data", "--config", str(config)])
    assert f"DE*FUN*{name.lower()}" in listed.stdout
    assert "/coordinates/longitude" in listed.stdout


async def test_no_partner_and_no_reader_of_open_data_is_shown_them(tmp_path: Path) -> None:
    feed = tmp_path / "feed.json"
    await asyncio.to_thread(feed.write_text, json.dumps(FEED))
    async with (
        served(tmp_path / "cpo", CPO, open_data=OpenDataRules(enabled=True)) as cpo,
        served(tmp_path / "emsp", EMSP) as emsp,
    ):
        pair = await introduce(cpo, emsp)
        wanted = Wanted("Open data", "locations", "2.2.1", whole=False)
        done = await import_file(cpo.platform, wanted, feed, print, lambda *_: None)
        assert done.created == 3
        pulled = await emsp.platform.pull_locations(pair.at_emsp)
        token = emsp.platform.partners.open_token(pair.at_emsp)
        headers = {"Authorization": f"Token {base64.b64encode(token.encode()).decode()}"}
        async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
            answers = [
                await http.get(cpo.base_url + path)
                for path in (
                    "/2.2.1/sender/locations", "/2.2.1/sender/locations/L1",
                    "/open/2.2.1/sender/locations", "/open/2.2.1/sender/locations/L1",
                )
            ]  # fmt: skip
    assert (pulled.created, pulled.foreign) == (0, 0)
    assert [each.status_code for each in answers] == [200, 404, 200, 404]
    assert not any("FUN" in each.text for each in answers)


def test_objects_of_another_version_are_read_by_everybody(config: Path, tmp_path: Path) -> None:
    done = imported(config, tmp_path, FEED, "--version", "2.3.0")
    assert done["created"] == 3

    async def version(platform: Platform) -> str:
        source = await platform.administration.find("Open data")
        found = await platform.parts.store.get(
            Key.of("locations", FUN.id, "L1", holder=source.company)
        )
        assert found is not None
        return found.version

    assert at(config, version) == "2.3.0"


def test_a_feed_at_a_url_is_read_without_a_token(config: Path) -> None:
    asked: list[dict[str, str]] = []

    def feed(base_url: str) -> Starlette:
        async def answer(request: Request) -> Response:
            asked.append(dict(request.headers))
            packed = gzip.compress(json.dumps(FEED).encode())
            return Response(packed, media_type="application/gzip")

        return Starlette(routes=[Route("/feed.json.gz", answer)])

    with serving(feed) as url:
        result = run(config, f"{url}/feed.json.gz")
        missing = run(config, f"{url}/x")
    assert json.loads(result.stdout)["created"] == 3
    assert "authorization" not in asked[0]
    assert "answers with HTTP 404" in str(missing.exception)


def test_a_url_that_is_not_allowed_is_not_called(config: Path) -> None:
    config.write_text(config.read_text().replace("true", "false"))
    assert "cannot be read" in str(run(config, "http://127.0.0.1:9/feed.json").exception)


def test_options_of_objects_of_others_need_a_source(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "feed.json"
    file.write_text("[]")
    words = ["import", "locations", str(file), "--full", "--config", str(config)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert "--as-received" in result.output


async def test_a_feed_that_is_reset_in_the_middle_is_said_to_be_cut() -> None:
    came = asyncio.Event()

    class File(io.BytesIO):
        def write(self, data: Any, /) -> int:
            came.set()
            return super().write(data)

    async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[")
        await came.wait()
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    async with await asyncio.start_server(reset, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(TransportError, match="in the middle of the answer"):
            await download(url, UrlPolicy(allow_private=True, allow_http=True), File(), most=99)
