"""Broadcast Push, GET all and Open Routing Requests through a hub."""

import base64
from functools import partial
from typing import Any

import msgspec
import pytest

from ocpi_server.hub._urls import KeptUrl
from tests.server_impl.hub.conftest import HUB, SECOND, World, eventually, nobody_was_asked
from tests.server_impl.pair import CPO, EMSP, location
from tests.server_impl.pair import token as made_token
from tests.server_impl.reading import put, received
from tests.server_impl.samples import cdr, session, tariff


async def stored(world: World, name: str, module: str) -> list[str]:
    """Return the ids of objects that the hub sent to a member."""
    member = world.members[name]
    objects = await received(member.served, module, member.hub.id)
    return sorted(each.get("id") or each["uid"] for each in objects)


async def arrived(world: World, name: str, module: str, uid: str) -> None:
    """Wait until the hub has sent an object to a member."""
    await eventually(lambda: stored(world, name, module), lambda found: uid in found)


async def infos(world: World, *names: str) -> None:
    """Wait until members know who is behind the hub: they take no objects of others."""
    for name in names:
        at = world.members[name]
        known = partial(received, at.served, "hubclientinfo", at.hub.id)
        await eventually(known, lambda found: len(found) >= 2)


@pytest.mark.parametrize("receiver", [HUB, None])
async def test_a_push_to_the_hub_goes_to_all_of_the_other_role(world: World, receiver: Any) -> None:
    await infos(world, "MSP", "OTH", "CPO", "SEC")
    uid = f"ALL{'HUB' if receiver else 'OPEN'}"
    path = f"receiver/locations/NL/CPO/{uid}"
    done = await world.ask("CPO", receiver, "PUT", path, location(uid))
    assert done.json()["status_code"] == 1000, done.text
    for name in ("MSP", "OTH"):
        await arrived(world, name, "locations", uid)
    taken = await world.members["MSP"].asked(uid)
    assert taken.request_headers["ocpi-from-party-id"] == "HUB"
    assert taken.request_headers["ocpi-to-party-id"] == "MSP"
    assert taken.request_headers["x-correlation-id"] == "c-1"
    assert uid not in await stored(world, "SEC", "locations")
    back = await world.ask("CPO", receiver, "GET", path)
    assert back.json()["data"] == location(uid)
    driver = made_token(f"TOK{uid}")
    path = f"receiver/tokens/DE/MSP/TOK{uid}"
    assert (await world.ask("MSP", receiver, "PUT", path, driver)).json()["status_code"] == 1000
    for name in ("CPO", "SEC"):
        await arrived(world, name, "tokens", f"TOK{uid}")
    # What follows is sent in its order.
    path = f"receiver/locations/NL/CPO/{uid}"
    for number in range(5):
        change = {"name": f"New {number}", "last_updated": f"2026-02-0{number + 1}T10:00:00Z"}
        done = await world.ask("CPO", receiver, "PATCH", path, change)
        assert done.json()["status_code"] == 1000
    at = world.members["OTH"]
    await eventually(
        partial(received, at.served, "locations", at.hub.id),
        lambda found: {"New 4"} == {each["name"] for each in found if each["id"] == uid},
    )


async def test_a_broadcast_waits_for_nobody(world: World) -> None:
    await infos(world, "OTH")
    slow = world.members["MSP"].trouble
    slow.kind = "slow"
    path = "receiver/tariffs/NL/CPO/TSLOW"
    done = await world.ask("CPO", HUB, "PUT", path, tariff("TSLOW"))
    assert done.json()["status_code"] == 1000, done.text
    await arrived(world, "OTH", "tariffs", "TSLOW")
    slow.end()


async def test_forbidden_combinations_are_refused(world: World) -> None:
    stop = {"session_id": "NEVER", "response_url": "https://example.com/NEVER"}
    for sender, method, path, body in (
        ("CPO", "POST", "receiver/cdrs", cdr("NEVER", provider=EMSP)),
        ("CPO", "PUT", "receiver/sessions/NL/CPO/NEVER", session("NEVER", provider=EMSP)),
        ("MSP", "POST", "receiver/commands/STOP_SESSION", stop),
        ("MSP", "GET", "sender/locations/NEVER", None),
        ("CPO", "GET", "receiver/sessions/NL/CPO/NEVER", None),
    ):
        refused = await world.ask(sender, HUB, method, path, body)
        assert refused.json()["status_code"] == 2001, refused.text
        assert "LU-HUB" in refused.text
    assert await nobody_was_asked(world, "NEVER")


async def test_the_receiver_is_found_by_what_a_message_is_about(world: World) -> None:
    await infos(world, "CPO", "MSP")
    bill = await world.ask("CPO", None, "POST", "receiver/cdrs", cdr("OPEN1", provider=EMSP))
    assert bill.json()["status_code"] == 1000, bill.text
    assert bill.headers["ocpi-from-party-id"] == "MSP"
    push = await world.ask(
        "CPO", None, "PUT", "receiver/sessions/NL/CPO/OPEN2", session("OPEN2", provider=EMSP)
    )
    assert push.json()["status_code"] == 1000
    assert "OPEN2" in await stored(world, "MSP", "sessions")
    # A location and a token that were broadcast are known to the hub.
    await put(world.members["SEC"].served, "locations", location("OPEN3", SECOND))
    path = "receiver/locations/BE/SEC/OPEN3"
    await world.ask("SEC", HUB, "PUT", path, location("OPEN3", SECOND))
    read = await world.ask("MSP", None, "GET", "sender/locations/OPEN3")
    assert read.json()["data"]["party_id"] == "SEC"
    assert read.headers["ocpi-from-party-id"] == "SEC"
    await put(world.members["MSP"].served, "tokens", made_token("OPEN4"))
    await world.ask("MSP", HUB, "PUT", "receiver/tokens/DE/MSP/OPEN4", made_token("OPEN4"))
    asked = await world.ask("CPO", None, "POST", "sender/tokens/OPEN4/authorize")
    assert asked.json()["data"]["allowed"] == "ALLOWED", asked.text
    for path in ("sender/locations/NOWHERE",):
        unknown = await world.ask("MSP", None, "GET", path)
        assert unknown.json()["status_code"] == 4001, unknown.text


@pytest.mark.parametrize("receiver", [HUB, None])
@pytest.mark.parametrize("limit", [1, 2, 3, 50])
async def test_all_lists_are_read_as_one(world: World, receiver: Any, limit: int) -> None:
    for number in range(5):
        changed = f"2026-03-0{number + 1}T10:00:00Z"
        for name, owner in (("CPO", CPO), ("SEC", SECOND)):
            there = location(f"LIST{number}", owner, last_updated=changed)
            await put(world.members[name].served, "locations", there)
    dates = "date_from=2026-03-02T00:00:00Z&date_to=2026-03-05T00:00:00Z"
    path = f"sender/locations?{dates}&limit={limit}"
    found, totals = [], set()
    while path:
        page = await world.ask("MSP", receiver, "GET", path)
        body = page.json()
        assert body["status_code"] == 1000, page.text
        assert len(body["data"]) <= limit
        found += [(each["party_id"], each["id"]) for each in body["data"]]
        totals.add((page.headers["x-total-count"], page.headers["x-limit"]))
        link = page.headers.get("link", "")
        path = link.partition(";")[0].strip("<>").partition("/2.2.1/")[2]
    wanted = [(name, f"LIST{number}") for name in ("SEC", "CPO") for number in (1, 2, 3)]
    assert found == wanted
    assert totals == {("6", str(limit))}
    begun = await world.ask(
        "MSP", receiver, "GET", "sender/locations?date_from=2026-03-02T00:00:00Z&offset=4&limit=9"
    )
    assert [each["id"] for each in begun.json()["data"]] == [f"LIST{each}" for each in (1, 2, 3, 4)]


async def test_lists_without_an_answer_are_an_error_until_they_are_offline(world: World) -> None:
    second = world.members["SEC"].trouble
    second.kind = "refusing"
    failed = await world.ask("MSP", HUB, "GET", "sender/locations")
    assert failed.json()["status_code"] == 4003
    assert "BE-SEC" in failed.text
    rest = await world.ask("MSP", HUB, "GET", "sender/locations")
    assert {each["party_id"] for each in rest.json()["data"]} == {"CPO"}
    second.end()
    await world.ask("SEC", EMSP, "GET", "sender/tokens")
    again = await world.ask("MSP", HUB, "GET", "sender/locations?limit=100")
    assert {each["party_id"] for each in again.json()["data"]} == {"CPO", "SEC"}


def made_up(*place: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


async def test_nobody_reads_a_made_up_page(world: World) -> None:
    broken = made_up(1, "BE", "SEC", "limit=1 HTTP/1.1\r\nHost: example.com")
    for cursor in ("x", "W10", "WyJhIl0", broken, made_up(1, "BE", "SEC", "=x")):
        refused = await world.ask("MSP", HUB, "GET", f"sender/locations?cursor={cursor}")
        assert refused.json()["status_code"] == 2001, refused.text


async def test_the_token_of_one_platform_never_goes_to_another(world: World) -> None:
    hub, cpo = world.hub.platform.parts.hub, world.members["CPO"]
    assert hub is not None
    kept = KeptUrl(
        caller=world.members["MSP"].at_hub.id,
        platform=cpo.at_hub.id,
        sender=EMSP.id,
        receiver=CPO.id,
        url=cpo.served.url("sender", "locations") + "?TRAP",
    )
    cursor = made_up(1, "BE", "SEC", f"hub_page={await hub.kept.keep(kept)}")
    page = await world.ask("MSP", HUB, "GET", f"sender/locations?cursor={cursor}")
    assert page.json()["status_code"] == 1000, page.text
    assert await nobody_was_asked(world, "TRAP")


async def test_a_page_is_bounded_in_bytes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocpi_server.hub._lists._MOST_BYTES", 1)
    for name, owner in (("CPO", CPO), ("SEC", SECOND)):
        await put(world.members[name].served, "locations", location("BYTES", owner))
    found, path = [], "sender/locations?limit=1000"
    while path:
        page = await world.ask("MSP", HUB, "GET", path)
        assert len({each["party_id"] for each in page.json()["data"]}) == 1
        found += [each["party_id"] for each in page.json()["data"] if each["id"] == "BYTES"]
        path = page.headers.get("link", "").partition(";")[0].strip("<>").partition("/2.2.1/")[2]
    assert found == ["SEC", "CPO"]
