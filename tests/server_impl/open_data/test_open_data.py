"""Open data: what everybody reads of a CPO, page by page and as one file."""

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from ocpi_bindings import v2_2_1
from ocpi_runtime.client import connect
from ocpi_runtime.urls import UrlPolicy
from ocpi_server import OpenDataRules
from tests.server_impl.pair import CPO, Served, location, served
from tests.server_impl.reading import put

AT_ONCE = OpenDataRules(enabled=True, requests_per_second=1000, refresh_seconds=0)


@asynccontextmanager
async def opened(
    folder: Path, rules: OpenDataRules = AT_ONCE, **more: Any
) -> AsyncIterator[tuple[Served, httpx2.AsyncClient]]:
    """Serve a CPO with open data; the client has no token."""
    async with (
        served(folder, CPO, open_data=rules, **more) as cpo,
        httpx2.AsyncClient(base_url=f"{cpo.base_url}/open/2.2.1/", timeout=60) as http,
    ):
        yield cpo, http


def ids(answer: httpx2.Response) -> list[str]:
    """Return the ids of a list."""
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["data"]]


async def test_nobody_reads_without_a_token_unless_it_is_enabled(tmp_path: Path) -> None:
    async with opened(tmp_path, OpenDataRules()) as (_, http):
        for path in ("sender/locations", "locations.json.gz"):
            answer = await http.get(path)
            assert answer.status_code == 401
            assert answer.json()["status_code"] == 2000


async def test_lists_hold_what_may_be_published(tmp_path: Path) -> None:
    async with opened(tmp_path) as (cpo, http):
        await put(cpo, "locations", location("A"), location("B", publish=False), location("C"))
        answer = await http.get("sender/locations")
        assert ids(answer) == ["A", "C"]
        assert answer.headers["x-total-count"] == "2"
        assert (await http.get("sender/locations/A")).json()["data"]["id"] == "A"
        assert (await http.get("sender/locations/B")).status_code == 404
        file = json.loads(gzip.decompress((await http.get("locations.json.gz")).content))
        assert [each["id"] for each in file] == ["A", "C"]


async def test_pages_are_linked_to_the_end(tmp_path: Path) -> None:
    async with opened(tmp_path) as (cpo, http):
        names = [f"L{number}" for number in range(7)]
        await put(cpo, "locations", *(location(name) for name in names))
        found: list[str] = []
        answer = await http.get("sender/locations", params={"limit": 3, "offset": 1})
        while True:
            found += ids(answer)
            assert answer.headers["x-total-count"] == "7"
            following = answer.links.get("next")
            if following is None:
                break
            answer = await http.get(following["url"])
        assert found == names[1:]


async def test_dates_filter_lists(tmp_path: Path) -> None:
    async with opened(tmp_path) as (cpo, http):
        at = "2026-03-0{}T00:00:00Z".format
        await put(
            cpo, "locations", *(location(f"L{day}", last_updated=at(day)) for day in (1, 2, 3))
        )
        for query, wanted in (
            ({"date_from": at(2)}, ["L2", "L3"]),
            ({"date_to": at(2)}, ["L1"]),
            ({"date_from": at(2), "date_to": at(3)}, ["L2"]),
        ):
            answer = await http.get("sender/locations", params=query)
            assert (ids(answer), answer.headers["x-total-count"]) == (wanted, str(len(wanted)))


async def test_a_file_is_sent_again_only_once_it_has_changed(tmp_path: Path) -> None:
    async with opened(tmp_path) as (cpo, http):
        await put(cpo, "locations", location("A"))
        first = await http.get("locations.json.gz")
        assert first.headers["content-type"] == "application/gzip"
        known = {"If-None-Match": f'"other", W/{first.headers["etag"]}'}
        same = await http.get("locations.json.gz", headers=known)
        assert (same.status_code, same.content) == (304, b"")
        await put(cpo, "locations", location("B"))
        changed = await http.get("locations.json.gz", headers=known)
        assert changed.status_code == 200
        assert changed.headers["etag"] != first.headers["etag"]
        head = await http.head("locations.json.gz")
        assert (head.status_code, head.headers["etag"]) == (200, changed.headers["etag"])
        assert gzip.decompress((await http.get("tariffs.json.gz")).content) == b"[]\n"


@pytest.mark.parametrize(
    "text",
    ["", "bytes", "bytes=", "bytes=x-y", "bytes=5-2", "items=0-5", "bytes=0-1,x", "\xb2=0-1"],
)
async def test_a_range_that_cannot_be_read_is_passed_over(tmp_path: Path, text: str) -> None:
    async with opened(tmp_path) as (cpo, http):
        await put(cpo, "locations", location("A"))
        answer = await http.get("locations.json.gz", headers={b"Range": text.encode("latin-1")})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/gzip")
        assert [each["id"] for each in json.loads(gzip.decompress(answer.content))] == ["A"]


@pytest.mark.one_node(reason="each process makes the open lists")
async def test_a_part_of_a_file_is_sent_and_what_is_behind_its_end_is_refused(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as (cpo, http):
        await put(cpo, "locations", location("A"))
        whole = (await http.get("locations.json.gz")).content
        for text, expected in (("bytes=2-5", whole[2:6]), ("bytes=-3", whole[-3:])):
            answer = await http.get("locations.json.gz", headers={"Range": text})
            assert (answer.status_code, answer.content) == (206, expected)
        for text in (f"bytes={len(whole)}-", "bytes=-0"):
            answer = await http.get("locations.json.gz", headers={"Range": text})
            assert (answer.status_code, answer.json()["status_code"]) == (416, 2000)
            assert answer.headers["content-range"] == f"bytes */{len(whole)}"


@pytest.mark.one_node(reason="each process makes the open lists")
async def test_a_list_stays_as_it_is_for_a_while(tmp_path: Path) -> None:
    rules = OpenDataRules(enabled=True, requests_per_second=1000, refresh_seconds=3600)
    async with opened(tmp_path, rules) as (cpo, http):
        await put(cpo, "locations", location("A"), location("B"))
        assert ids(await http.get("sender/locations")) == ["A", "B"]
        newer: dict[str, Any] = {"last_updated": "2026-02-01T00:00:00Z"}
        await put(cpo, "locations", location("C"), location("B", publish=False, **newer))
        answer = await http.get("sender/locations")
        assert ids(answer) == ["A"]  # what is private now is private at once
        assert answer.headers["x-total-count"] == "2"


@pytest.mark.one_node(reason="rates are those of each process")
async def test_an_address_sends_so_many_requests(tmp_path: Path) -> None:
    rules = OpenDataRules(enabled=True, requests_per_second=2)
    async with opened(tmp_path, rules) as (_, http):
        paths = ("sender/locations", "locations.json.gz", "sender/locations", "tariffs.json.gz")
        answers = [await http.get(path) for path in paths]
        refused = [each for each in answers if each.status_code == 429]
        assert len(refused) >= 1
        assert refused[-1].headers["retry-after"] == "1"
        assert refused[-1].json()["status_code"] == 2000


@pytest.mark.one_node(reason="rates are those of each process")
async def test_addresses_behind_a_proxy_are_counted_each(tmp_path: Path) -> None:
    rules = OpenDataRules(enabled=True, requests_per_second=0.01)
    async with opened(tmp_path, rules) as (_, http):
        for address in ("192.0.2.1", "192.0.2.2"):
            headers = {"X-Forwarded-For": address}
            states = [
                (await http.get("sender/locations", headers=headers)).status_code for _ in range(2)
            ]
            assert states == [200, 429]


@pytest.mark.one_node(reason="rates are those of each process")
async def test_addresses_of_one_ipv6_network_are_counted_as_one(tmp_path: Path) -> None:
    rules = OpenDataRules(enabled=True, requests_per_second=0.01)
    async with opened(tmp_path, rules) as (_, http):
        states = []
        for address in ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"):
            headers = {"X-Forwarded-For": address}
            states.append((await http.get("sender/locations", headers=headers)).status_code)
        assert states == [200, 429, 200]


async def test_nothing_can_be_written_and_nothing_else_is_there(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, http):
        for method, path, status in (
            ("PUT", "sender/locations", 405),
            ("POST", "locations.json.gz", 404),
            ("GET", "sender/cdrs", 404),
            ("GET", "../2.1.1/locations.json.gz", 404),
            ("GET", "receiver/locations/NL/CPO/A", 404),
        ):
            answer = await http.request(method, path)
            assert answer.status_code == status, (path, answer.text)
            assert answer.json()["status_code"] >= 2000


async def test_routing_headers_and_tokens_change_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as (cpo, http):
        await put(cpo, "locations", location("A"))
        headers = {"Authorization": "Token nonsense", "OCPI-to-party-id": "XXX"}
        assert ids(await http.get("sender/locations", headers=headers)) == ["A"]


async def test_any_ocpi_client_reads_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as (cpo, _):
        await put(cpo, "locations", *(location(f"L{number}") for number in range(5)))
        policy = UrlPolicy(allow_private=True, allow_http=True)
        url = f"{cpo.base_url}/open/versions"
        async with connect(url, "any", bindings=(v2_2_1.binding,), policy=policy) as peer:
            found = [each.id async for each in peer.locations.get_locations(limit=2)]
        assert found == [f"L{number}" for number in range(5)]
