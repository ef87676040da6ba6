"""Receivers that do not answer, or not in OCPI: 4002, 4003 and 4000, and nobody else suffers."""

import asyncio

import pytest
from uvicorn.protocols.http import httptools_impl

from tests.server_impl.hub.conftest import OTHER, World
from tests.server_impl.pair import CPO, EMSP, location

PUSH = "receiver/locations/NL/CPO/F1"


@pytest.mark.one_node(reason="waiting requests are bounded in each process")
async def test_a_slow_receiver_is_4002_and_harms_nobody_else(world: World) -> None:
    slow = world.members["MSP"].trouble
    slow.kind = "slow"
    waiting = [
        asyncio.create_task(world.ask("CPO", EMSP, "PUT", PUSH, location("F1"))) for _ in range(20)
    ]
    await asyncio.sleep(0.1)
    # The same sender reaches others meanwhile, and so do others.
    done = await world.ask("CPO", OTHER, "PUT", PUSH, location("F1"))
    assert done.json()["status_code"] == 1000
    read = await world.ask("OTH", CPO, "GET", "sender/locations")
    assert read.json()["status_code"] == 1000
    assert not all(each.done() for each in waiting)
    codes = sorted([(await each).json()["status_code"] for each in waiting])
    slow.end()
    assert codes == [4000] * 17 + [4002] * 3
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
