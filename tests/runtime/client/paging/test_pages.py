"""Lists over several pages, from peers that mean well and from others."""

from itertools import pairwise
from typing import Any

import httpx2
import pytest

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1.clients import Clients
from ocpi_runtime.client import Limits, Peer, Problem, ReceivedPage, SyncPeer
from ocpi_runtime.errors import LimitExceeded, NotFound, OcpiError, ProtocolError, UnsafeUrl
from tests.runtime.client.peers import BASE, ENDPOINTS, TOKEN, Scripted, location_json, ok

PATH = "/2.2.1/locations"


def numbered(first: int, last: int) -> list[dict[str, Any]]:
    return [location_json(f"LOC{number}") for number in range(first, last)]


def page(items: list[Any], next_url: str | None = None, **headers: str) -> httpx2.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if next_url is not None:
        given["Link"] = f'<{next_url}>; rel="next"'
    return ok(items, headers=given)


def listing(total: int, size: int) -> Scripted:
    """Make a peer with ``total`` locations that gives ``size`` of them at a time."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        offset = int(request.url.params.get("offset", 0))
        last = min(offset + size, total)
        link = f"{BASE}{PATH}?offset={last}&limit={size}&keep=%2F+x" if last < total else None
        counts = {"X_Total_Count": str(total), "X_Limit": str(size)}
        return page(numbered(offset, last), link, **counts)

    return Scripted({PATH: answer})


def peer_of(script: Scripted, **options: Any) -> Clients:
    return Peer.at(v2_2_1.binding, ENDPOINTS, TOKEN, http=script.http(), **options)


async def ids(peer: Clients) -> list[str]:
    return [each.id async for each in peer.locations.get_locations()]


async def collect(peer: Clients, got: list[str]) -> None:
    async for each in peer.locations.get_locations():
        got.append(each.id)  # noqa: PERF401 - what comes before an error counts


async def crawl(peer: Clients, kind: type[OcpiError]) -> tuple[list[str], OcpiError]:
    """Iterate until it fails; return what came before."""
    got: list[str] = []
    with pytest.raises(kind) as caught:
        await collect(peer, got)
    assert caught.value.message.startswith("GET https://")
    return got, caught.value


async def test_all_items_of_all_pages_come_in_order() -> None:
    script = listing(25, 10)
    assert await ids(peer_of(script)) == [f"LOC{number}" for number in range(25)]
    urls = [str(each.url).removeprefix(BASE + PATH) for each in script.asked]
    assert urls == ["", "?offset=10&limit=10&keep=%2F+x", "?offset=20&limit=10&keep=%2F+x"]
    assert len({each.headers["x-correlation-id"] for each in script.asked}) == 1
    assert len({each.headers["x-request-id"] for each in script.asked}) == 3


async def test_nothing_is_asked_before_the_iteration_and_each_one_starts_over() -> None:
    script = listing(2, 10)
    pages = peer_of(script).locations.get_locations()
    assert script.asked == []
    assert [each.id async for each in pages] == [each.id async for each in pages]
    assert len(script.asked) == 2


async def test_pages_know_their_headers_and_raw_items() -> None:
    pages = peer_of(listing(3, 2)).locations.get_locations()
    first, second = [each async for each in pages.pages()]
    assert isinstance(first, ReceivedPage)
    assert (first.total, first.limit, len(first.items)) == (3, 2, 2)
    assert first.next_url == second.url
    assert second.next_url is None
    assert first.raw_items[0].startswith(b'{"country_code": "NL"')


def test_sync_pages() -> None:
    script = listing(5, 2)
    peer = SyncPeer.at(v2_2_1.binding, ENDPOINTS, TOKEN, http=script.sync_http())
    pages = peer.locations.get_locations()
    assert [each.id for each in pages] == [f"LOC{number}" for number in range(5)]
    assert [len(each.items) for each in pages.pages()] == [2, 2, 1]
    assert pages.problems == []


async def test_a_broken_item_is_reported_and_the_others_come() -> None:
    problems: list[Problem] = []
    items = [*numbered(0, 2), {"id": "X"}, "rubbish", *numbered(4, 5)]
    peer = peer_of(Scripted({PATH: page(items)}), on_problem=problems.append)
    pages = peer.locations.get_locations()
    assert [each.id async for each in pages] == ["LOC0", "LOC1", "LOC4"]
    assert pages.problems == problems
    assert [each.pointer for each in problems] == ["/2", "/3"]
    assert problems[0].raw == b'{"id": "X"}'
    assert "/city" in {each.pointer for each in problems[0].violations}
    assert problems[0].operation == "get_locations"


async def test_a_relative_link_is_joined() -> None:
    script = Scripted({PATH: [page(numbered(0, 1), "?offset=1"), page(numbered(1, 2))]})
    assert await ids(peer_of(script)) == ["LOC0", "LOC1"]
    assert str(script.asked[1].url) == f"{BASE}{PATH}?offset=1"


async def test_other_links_and_wrong_counts_do_no_harm() -> None:
    headers = {"Link": f'<{BASE}/x>; rel="prev"', "X-Total-Count": "many", "X-Limit": "-1"}
    peer = peer_of(Scripted({PATH: ok(numbered(0, 2), headers=headers)}))
    pages = peer.locations.get_locations()
    (only,) = [each async for each in pages.pages()]
    assert (only.total, only.limit, len(only.items)) == (None, None, 2)
    assert len(pages.problems) == 2


async def test_a_missing_list_is_an_empty_one_that_is_reported() -> None:
    peer = peer_of(Scripted({PATH: ok()}))
    pages = peer.locations.get_locations()
    assert [each async for each in pages] == []
    assert "data is missing" in pages.problems[0].message
    assert not pages.complete


async def test_a_missing_list_that_is_counted_as_empty_is_complete() -> None:
    peer = peer_of(Scripted({PATH: ok(headers={"X-Total-Count": "0"})}))
    pages = peer.locations.get_locations()
    assert [each async for each in pages] == []
    assert pages.complete


async def test_data_that_is_no_list() -> None:
    got, error = await crawl(peer_of(Scripted({PATH: ok({"a": 1})})), ProtocolError)
    assert got == []
    assert error.violations


async def test_a_link_back_ends_the_crawl_after_the_page() -> None:
    there = page(numbered(0, 1), f"{BASE}{PATH}?offset=1")
    back = page(numbered(1, 2), f"{BASE}{PATH}")
    script = Scripted({PATH: [there, back]})
    got, error = await crawl(peer_of(script), ProtocolError)
    assert got == ["LOC0", "LOC1"]
    assert "leads back" in error.message
    assert len(script.asked) == 2


async def test_a_link_to_the_page_itself() -> None:
    script = Scripted({PATH: page(numbered(0, 1), f"{BASE}{PATH}")})
    got, _ = await crawl(peer_of(script), ProtocolError)
    assert got == ["LOC0"]


def endless(items: int, **headers: str) -> Scripted:
    """Make a peer that always links on."""
    asked = iter(range(1, 10_000))

    def answer(_: httpx2.Request) -> httpx2.Response:
        return page(numbered(0, items), f"{BASE}{PATH}?offset={next(asked)}", **headers)

    return Scripted({PATH: answer})


async def test_a_list_without_end_ends_at_the_most_pages() -> None:
    script = endless(1)
    got, error = await crawl(peer_of(script, limits=Limits(pages=5)), LimitExceeded)
    assert len(got) == len(script.asked) == 5
    assert error.hint


async def test_a_list_without_end_ends_at_the_most_items() -> None:
    script = endless(4)
    got, _ = await crawl(peer_of(script, limits=Limits(items=10)), LimitExceeded)
    assert len(got) == 12


async def test_empty_pages_that_link_on_end_the_crawl() -> None:
    script = endless(0)
    got, error = await crawl(peer_of(script, limits=Limits(empty_pages=3)), ProtocolError)
    assert got == []
    assert "no items" in error.message
    assert len(script.asked) == 4


async def test_an_empty_page_in_between_is_passed() -> None:
    answers = [
        page(numbered(0, 1), f"{BASE}{PATH}?offset=1"),
        page([], f"{BASE}{PATH}?offset=2"),
        page(numbered(2, 3)),
    ]
    assert await ids(peer_of(Scripted({PATH: answers}))) == ["LOC0", "LOC2"]


async def test_a_link_past_the_end_is_reported_and_not_followed() -> None:
    answers = [
        page(numbered(0, 2), f"{BASE}{PATH}?offset=2", X_Total_Count="2"),
        page([], f"{BASE}{PATH}?offset=4", X_Total_Count="2"),
    ]
    script = Scripted({PATH: answers})
    pages = peer_of(script).locations.get_locations()
    assert len([each async for each in pages]) == 2
    assert len(script.asked) == 2
    assert "not followed" in pages.problems[0].message


FOREIGN = [
    "https://evil.example/2.2.1/locations?offset=1",
    f"{BASE}:8443{PATH}?offset=1",
    f"http://peer.example:8080{PATH}?offset=1",
    "https://peer.example@evil.example/",
    "https://[broken/",
    "//evil.example/x",
]


@pytest.mark.parametrize("link", FOREIGN)
async def test_the_token_is_not_sent_to_another_origin(link: str) -> None:
    script = Scripted({PATH: page(numbered(0, 1), link)})
    got, error = await crawl(peer_of(script), UnsafeUrl)
    assert got == ["LOC0"]
    assert error.hint
    assert len(script.asked) == 1


async def test_the_same_origin_may_be_written_otherwise() -> None:
    script = Scripted(
        {PATH: [page(numbered(0, 1), f"HTTPS://PEER.example:443{PATH}?offset=1"), page([])]}
    )
    assert await ids(peer_of(script)) == ["LOC0"]


async def test_another_origin_can_be_allowed() -> None:
    script = Scripted(
        {
            PATH: page(numbered(0, 1), "https://pages.example/2"),
            "/2": page(numbered(1, 2), "https://127.0.0.1/3"),
        }
    )
    peer = peer_of(script, foreign_links=True)
    got, error = await crawl(peer, UnsafeUrl)
    assert "private" in error.message
    assert got == ["LOC0", "LOC1"]
    assert script.asked[1].headers["authorization"] == script.asked[0].headers["authorization"]


async def test_an_error_on_the_way_is_raised_after_the_pages_before() -> None:
    script = Scripted({PATH: page(numbered(0, 1), f"{BASE}/gone")})
    got, _ = await crawl(peer_of(script), NotFound)
    assert got == ["LOC0"]


async def test_updates_on_the_way_do_not_repeat_or_lose_items() -> None:
    got = await ids(peer_of(listing(100, 7)))
    assert len(set(got)) == 100
    assert all(int(a[3:]) < int(b[3:]) for a, b in pairwise(got))
