"""Broadcasts wait for those that are away: the latest state of each object, once."""

import time
from functools import partial

import msgspec
import pytest

from ocpi_server import OwnParty
from ocpi_server.store.outbox import LaneState
from tests.server_impl.hub.conftest import HUB, Member, World, eventually, nobody_was_asked
from tests.server_impl.pair import CPO, location
from tests.server_impl.pair import token as made_token
from tests.server_impl.reading import received
from tests.server_impl.samples import tariff

STRANGER = OwnParty("IT", "STR", "CPO", "Nobody's")


async def broadcast(world: World, sender: str, method: str, path: str, body: object = None) -> None:
    done = await world.ask(sender, HUB, method, path, body)
    assert done.json()["status_code"] == 1000, done.text


async def known(world: World, *names: str) -> None:
    """Wait until members know who is behind the hub: they take no objects of others."""
    for name in names:
        at = world.members[name]
        infos = partial(received, at.served, "hubclientinfo", at.hub.id)
        await eventually(infos, lambda found: len(found) >= 2)


def pushes(at: Member, uid: str) -> list[str]:
    """Return the methods of the pushes of an object that a member got."""
    return [method for method, path in at.trouble.pushes.sent if f"/{uid}" in path]


async def waiting(world: World, name: str) -> list[str]:
    """Return the ids of the locations that a member has not been sent."""
    pending = await world.hub.platform.pending_pushes(world.members[name].at_hub.id)
    return [each.key.uid for each in pending if each.key.module == "locations"]


async def back(world: World, name: str, uid: str, method: str) -> None:
    """Have a member answer again, and wait until it was sent an object once."""
    at = world.members[name]
    await world.hub.platform.pushed(at.at_hub.id)
    at.trouble.pushes.sent.clear()
    at.trouble.pushes.mode = "open"
    await world.hub.platform.retry_pushes(at.at_hub.id)
    await world.hub.platform.pushed()
    assert pushes(at, uid) == [method]


async def test_one_who_was_away_is_sent_the_latest_state_once(world: World) -> None:
    await known(world, "MSP", "OTH")
    path, away = "receiver/locations/NL/CPO/AWAY", world.members["OTH"]
    await broadcast(world, "CPO", "PUT", path, location("AWAY"))
    away.trouble.pushes.mode = "500"
    for number in range(1, 6):
        change = {"name": f"New {number}", "last_updated": f"2026-02-0{number}T10:00:00Z"}
        await broadcast(world, "CPO", "PATCH", path, change)
    await world.hub.platform.pushed(away.at_hub.id)
    (status,) = await world.hub.platform.push_status(away.at_hub.id)
    assert (status.pending >= 1, status.error is not None) == (True, True)
    assert await waiting(world, "OTH") == ["away"]
    await back(world, "OTH", "AWAY", "PUT")
    for name in ("OTH", "MSP"):
        at = world.members[name]
        found = await received(at.served, "locations", at.hub.id)
        assert [each["name"] for each in found if each["id"] == "AWAY"] == ["New 5"]


async def test_one_who_can_be_reached_again_waits_no_longer(world: World) -> None:
    await known(world, "MSP", "OTH")
    away, outbox = world.members["OTH"], world.hub.platform.parts.pushes.outbox
    away.trouble.kind = "refusing"
    await broadcast(world, "CPO", "PUT", "receiver/locations/NL/CPO/LATER", location("LATER"))
    await world.hub.platform.pushed(away.at_hub.id)
    later = time.time_ns() // 1000 + 3_600_000_000
    await outbox.settle(away.at_hub.id, (), LaneState(9, later, "It failed.", 0))

    async def status() -> list[str]:
        infos = await received(
            world.members["CPO"].served, "hubclientinfo", world.members["CPO"].hub.id
        )
        return [each["status"] for each in infos if each["party_id"] == "OTH"]

    await eventually(status, ["OFFLINE"])
    away.trouble.end()
    assert pushes(away, "LATER") == []
    await world.ask("OTH", CPO, "GET", "sender/locations")
    await away.asked("/LATER", "PUT")


async def test_a_part_is_sent_as_it_came_to_those_that_have_the_rest(world: World) -> None:
    await known(world, "MSP", "OTH")
    path = "receiver/locations/NL/CPO/PART"
    whole = {**location("PART"), "unknown_field": [1.50, "kept"]}
    await broadcast(world, "CPO", "PUT", path, whole)
    at = world.members["MSP"]
    taken = await at.asked("/PART", "PUT")
    assert msgspec.json.decode(taken.request_body) == whole
    await world.hub.platform.pushed(at.at_hub.id)
    change = {"status": "CHARGING", "last_updated": "2026-03-01T10:00:00Z", "more": [2.50]}
    await broadcast(world, "CPO", "PATCH", f"{path}/E1", change)
    taken = await at.asked("/PART/E1", "PATCH")
    assert msgspec.json.decode(taken.request_body) == change
    assert taken.request_headers["x-correlation-id"] == "c-1"
    assert taken.request_headers["x-request-id"] not in {"", "r-1"}
    assert taken.request_headers["ocpi-from-party-id"] == "HUB"


async def test_one_who_lacks_an_object_is_sent_it_with_the_part(world: World) -> None:
    await known(world, "CPO", "SEC")
    path = "receiver/tokens/DE/MSP/LACK"
    lacking = world.members["CPO"]
    lacking.trouble.pushes.refused.add("LACK")
    await broadcast(world, "MSP", "PUT", path, made_token("LACK"))
    await world.hub.platform.pushed(lacking.at_hub.id)
    lacking.trouble.pushes.refused.clear()
    change = {"valid": False, "last_updated": "2026-03-01T10:00:00Z"}
    await broadcast(world, "MSP", "PATCH", path, change)
    await world.hub.platform.pushed(lacking.at_hub.id)
    assert pushes(lacking, "LACK")[-1] == "PUT"
    tokens = await received(lacking.served, "tokens", lacking.hub.id)
    assert [each["valid"] for each in tokens if each["uid"] == "LACK"] == [False]


async def test_what_was_removed_while_one_was_away_is_removed_there(world: World) -> None:
    await known(world, "MSP", "OTH")
    away, path = world.members["OTH"], "receiver/tariffs/NL/CPO/GONE"
    await broadcast(world, "CPO", "PUT", path, tariff("GONE"))
    await world.hub.platform.pushed()
    away.trouble.pushes.mode = "500"
    later = tariff("GONE", last_updated="2026-04-01T10:00:00Z")
    await broadcast(world, "CPO", "PUT", path, later)
    await broadcast(world, "CPO", "DELETE", path)
    await back(world, "OTH", "GONE", "DELETE")
    for name in ("OTH", "MSP"):
        at = world.members[name]
        found = await received(at.served, "tariffs", at.hub.id)
        assert "GONE" not in {each["id"] for each in found}


async def test_removals_that_wait_for_one_who_is_away_have_a_bound(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocpi_server.store.outbox._pending_removals._MOST", 3)
    monkeypatch.setattr("ocpi_server.store.outbox._pending_removals._COUNTED_SECONDS", 0.0)
    await known(world, "MSP", "OTH")
    away, path = world.members["OTH"], "receiver/tariffs/NL/CPO/SPARE"
    away.trouble.pushes.mode = "500"
    for number in range(3):
        await broadcast(world, "CPO", "PUT", f"{path}{number}", tariff(f"SPARE{number}"))
        await broadcast(world, "CPO", "DELETE", f"{path}{number}")
        await world.hub.platform.pushed()
    await broadcast(world, "CPO", "PUT", f"{path}3", tariff("SPARE3"))
    refused = await world.ask("CPO", HUB, "DELETE", f"{path}3")
    assert refused.json()["status_code"] == 2000
    assert "3 removals of your objects are pending" in refused.json()["status_message"]
    away.trouble.pushes.mode = "open"
    await world.hub.platform.retry_pushes(away.at_hub.id)
    await world.hub.platform.pushed()
    await broadcast(world, "CPO", "DELETE", f"{path}3")


async def test_what_the_hub_does_not_store_reaches_nobody(world: World) -> None:
    await known(world, "MSP", "OTH")
    for path, body in (
        ("receiver/locations/NL/CPO/BROKEN", {"id": "BROKEN"}),
        ("receiver/locations/IT/STR/BROKEN", location("BROKEN", STRANGER)),
        ("receiver/locations/BE/SEC/BROKEN", location("BROKEN", STRANGER)),
        ("receiver/locations/NL/CPO/OTHER", location("BROKEN")),
    ):
        refused = await world.ask("CPO", HUB, "PUT", path, body)
        assert refused.json()["status_code"] == 2001, refused.text
    assert await nobody_was_asked(world, "BROKEN")
    await world.hub.platform.pushed()
    for name in world.members:
        assert await waiting(world, name) == []
