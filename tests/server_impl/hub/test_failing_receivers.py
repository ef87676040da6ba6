"""Receivers that do not answer, or not in OCPI: 4002, 4003 and 4000, and nobody else suffers."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from uvicorn.protocols.http import httptools_impl

from ocpi_server import HubRules
from tests.server_impl.hub.conftest import HUB, OTHER, World, eventually, hub_world
from tests.server_impl.pair import CPO, EMSP, location

PUSH = "receiver/locations/NL/CPO/F1"
OPEN = 3
"""Requests that may wait for one platform."""
RULES = HubRules(seconds=15.0, requests_per_platform=OPEN)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Serve a hub that waits for its members for a short time alone."""
    async with hub_world(tmp_path_factory.mktemp("failing"), hub=RULES) as made:
        yield made


@pytest.mark.one_node(reason="waiting requests are bounded in each process")
async def test_a_slow_receiver_is_4002_and_harms_nobody_else(world: World) -> None:
    slow = world.members["MSP"].trouble
    slow.kind = "slow"
    waiting = [
        asyncio.create_task(world.ask("CPO", EMSP, "PUT", PUSH, location("F1"))) for _ in range(20)
    ]

    async def count() -> int:
        return slow.waiting

    await eventually(count, OPEN)
    # The same sender reaches others meanwhile, and so do others.
    done = await world.ask("CPO", OTHER, "PUT", PUSH, location("F1"))
    assert done.json()["status_code"] == 1000
    read = await world.ask("OTH", CPO, "GET", "sender/locations")
    assert read.json()["status_code"] == 1000
    assert not all(each.done() for each in waiting)
    codes = sorted([(await each).json()["status_code"] for each in waiting])
    slow.end()
    assert codes == [4000] * (20 - OPEN) + [4002] * OPEN
    again = await world.ask("CPO", EMSP, "PUT", PUSH, location("F1"))
    assert again.json()["status_code"] == 1000


@pytest.mark.parametrize(("kind", "code"), [("html", 4000), ("refusing", 4003)])
async def test_what_is_no_answer_of_the_receiver_is_an_error_of_the_hub(
    world: World, kind: str, code: int
) -> None:
    world.members["MSP"].trouble.kind = kind
    failed = await world.ask("CPO", EMSP, "PUT", PUSH, location("F1"))
    world.members["MSP"].trouble.end()
    assert (failed.status_code, failed.json()["status_code"]) == (200, code)
    assert "DE-MSP" in failed.json()["status_message"]
    assert "127.0.0.1" not in failed.text


async def test_an_http_status_that_does_not_exist_is_not_forwarded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(httptools_impl.STATUS_LINE, 666, b"HTTP/1.1 666 Odd\r\n")
    world.members["MSP"].trouble.kind = "odd"
    failed = await world.ask("CPO", EMSP, "PUT", PUSH, location("F1"))
    world.members["MSP"].trouble.end()
    assert (failed.status_code, failed.json()["status_code"]) == (200, 4000)


async def test_an_answer_with_foreign_headers_is_forwarded(world: World) -> None:
    world.members["MSP"].trouble.kind = "foreign"
    failed = await world.ask("CPO", EMSP, "PUT", PUSH, location("F1"))
    world.members["MSP"].trouble.end()
    assert (failed.status_code, failed.json()["status_code"]) == (429, 2000)


async def test_a_blocked_receiver_is_4003(world: World) -> None:
    platform = world.hub.platform
    blocked = world.members["OTH"].at_hub.id
    await platform.administration.set_blocked(blocked, blocked=True)
    refused = await world.ask("CPO", OTHER, "PUT", PUSH, location("F1"))
    await platform.administration.set_blocked(blocked, blocked=False)
    assert refused.json()["status_code"] == 4003


@pytest.mark.parametrize("kind", ["hang", "slow", "rubbish", "endless", "bomb", "redirect", "500"])
async def test_a_bad_receiver_harms_nobody(world: World, kind: str) -> None:
    await world.hub.platform.pushed()
    bad = world.members["MSP"].trouble.pushes
    bad.mode = kind
    other = world.members["OTH"]
    waiting = [
        asyncio.create_task(world.ask("CPO", EMSP, "PUT", PUSH, location("F1"))) for _ in range(6)
    ]
    path = f"receiver/locations/NL/CPO/BAD{kind}"
    other.trouble.pushes.sent.clear()
    done = await world.ask("CPO", HUB, "PUT", path, location(f"BAD{kind}"))
    assert done.json()["status_code"] == 1000, done.text
    await world.hub.platform.pushed(other.at_hub.id)
    assert [method for method, url in other.trouble.pushes.sent if url.endswith(f"BAD{kind}")]
    for sender, receiver in (("OTH", CPO), ("CPO", OTHER), ("SEC", OTHER)):
        module = "locations" if receiver is CPO else "tokens"
        read = await world.ask(sender, receiver, "GET", f"sender/{module}")
        assert read.json()["status_code"] == 1000, read.text
    answers = [(await each) for each in waiting]
    bad.mode = "open"
    # An error of the receiver in OCPI is passed on; anything else is one of the hub, such as that
    # too many requests are open.
    expected = {3000, 4000} if kind == "500" else {4000, 4002, 4003}
    assert {each.json()["status_code"] for each in answers} <= expected
    assert not any("169.254" in each.text for each in answers)
    await world.hub.platform.retry_pushes(world.members["MSP"].at_hub.id)
    await world.hub.platform.pushed(world.members["MSP"].at_hub.id)
    again = await world.ask("CPO", EMSP, "PUT", PUSH, location("F1"))
    assert again.json()["status_code"] == 1000, again.text
