"""Lists that end early, and Links that cannot be followed."""

from typing import Any

import httpx2
import pytest

from ocpi_bindings import v2_2_1
from ocpi_runtime.client import SyncPeer
from ocpi_runtime.errors import NotFound
from tests.runtime.client.paging.test_pages import PATH, numbered, page, peer_of
from tests.runtime.client.peers import BASE, ENDPOINTS, TOKEN, Scripted


def offsets(total: int, size: int, link: str | None, count: str | None = None) -> Scripted:
    """Make a peer whose pages are right and whose Link is always the same."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        offset = int(request.url.params.get("offset", 0))
        given = page(numbered(offset, min(offset + size, total)))
        if link is not None and offset + size < total:
            given.headers["Link"] = link
        if count is not None:
            given.headers["X-Total-Count"] = count
        return given

    return Scripted({PATH: answer})


async def crawled(script: Scripted, **query: Any) -> tuple[list[str], bool, list[str]]:
    listed = peer_of(script).locations.get_locations(**query)
    found = [each.id async for each in listed]
    return found, listed.complete, [each.message for each in listed.problems]


ALL = [f"LOC{number}" for number in range(5)]


async def test_a_list_that_ends_early_is_reported() -> None:
    found, complete, messages = await crawled(offsets(2, 2, None, "7"))
    assert (found, complete) == (ALL[:2], False)
    assert messages == [
        "The list ends early: X-Total-Count is 7, but 2 objects came and no Link leads on."
    ]


@pytest.mark.parametrize(
    "link", [f'{BASE}{PATH}?offset=2; rel="next"', f'<{BASE}{PATH}?offset=2; rel="next"', "next"]
)
async def test_behind_a_link_that_cannot_be_read_the_offset_counts(link: str) -> None:
    found, complete, messages = await crawled(offsets(5, 2, link, "5"), limit=2)
    assert (found, complete) == (ALL, True)
    assert messages[0].startswith("The Link cannot be read: ")
    found, complete, messages = await crawled(offsets(5, 2, link))
    assert (found, complete) == (ALL[:2], False)
    assert messages[0].endswith("What is behind it is missing.")


@pytest.mark.parametrize("target", [f"{BASE}{PATH}", f"{BASE}/nowhere?offset=2"])
async def test_behind_a_link_that_leads_nowhere_the_offset_counts(target: str) -> None:
    script = offsets(5, 2, f'<{target}>; rel="next"', "5")
    found, complete, messages = await crawled(script, limit=2)
    assert (found, complete) == (ALL, True)
    assert len(messages) == 1
    assert messages[0].endswith("Going on by offset.")
    assert str(script.asked[-1].url).endswith("?limit=2&offset=4")


async def test_a_link_that_leads_nowhere_is_an_error_without_a_total() -> None:
    with pytest.raises(NotFound):
        await crawled(offsets(5, 2, f'<{BASE}/nowhere>; rel="next"'))


async def test_a_peer_that_passes_over_the_offset_is_not_asked_for_ever() -> None:
    always = page(numbered(0, 2), X_Total_Count="6", Link="broken")
    script = Scripted({PATH: always})
    found, complete, messages = await crawled(script)
    assert (found, complete, len(script.asked)) == (ALL[:2], False, 2)
    assert messages[-1].startswith("The page has the objects of the page before")


def test_whether_a_list_was_complete_is_known_without_await_too() -> None:
    script = offsets(2, 2, None, "7")
    peer = SyncPeer.at(v2_2_1.binding, ENDPOINTS, TOKEN, http=script.sync_http())
    listed = peer.locations.get_locations()
    assert not listed.complete
    assert [each.id for each in listed] == ALL[:2]
    assert not listed.complete
    listed = SyncPeer.at(
        v2_2_1.binding, ENDPOINTS, TOKEN, http=offsets(2, 2, None, "2").sync_http()
    ).locations.get_locations()
    assert len(list(listed)) == 2
    assert listed.complete
