"""Open Routing Requests find the party that the location, session or reservation is of."""

from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from sqlalchemy import func, select

from ocpi_server import OwnParty
from ocpi_server._clock import utc_now
from ocpi_server.hub import _known_parties
from ocpi_server.hub._known_parties import KnownParties
from ocpi_server.store.database.hub_tables import hub_parties
from tests.server_impl.hub.conftest import (
    HUB,
    OTHER,
    SECOND,
    World,
    member,
    nobody_was_asked,
    routing,
)
from tests.server_impl.pair import CPO, EMSP, location, served
from tests.server_impl.pair import token as made_token
from tests.server_impl.reading import put
from tests.server_impl.samples import booking, cdr, confirmation, place, record, session, terminal

TERMINALS = OwnParty("DE", "PTP", "PTP", "Terminals")
URL = "https://127.0.0.1/result"


async def succeeded(
    world: World, sender: str, receiver: Any, method: str, path: str, body: Any = None
) -> dict[str, Any]:
    done = await world.ask(sender, receiver, method, path, body)
    assert done.json()["status_code"] == 1000, done.text
    return done.json()  # type: ignore[no-any-return]


async def is_found(
    world: World, sender: str, receiver: str, method: str, path: str, body: Any = None
) -> None:
    """Check that a request without a receiver reaches one party, and nobody else."""
    for each in world.members.values():
        each.took.clear()
    done = await world.ask(sender, None, method, path, body)
    assert done.json()["status_code"] not in {4000, 4001, 4002, 4003}, done.text
    assert done.headers["ocpi-from-party-id"] == receiver
    ending = path.split("/", 2)[2].split("?", maxsplit=1)[0]
    taken = await world.members[receiver].asked(ending, method)
    assert taken.request_headers["ocpi-from-party-id"] == sender
    assert taken.request_headers["ocpi-to-party-id"] == receiver
    asked = [
        name
        for name, each in world.members.items()
        if any(urlsplit(e.url).path.endswith(f"/{ending}") for e in each.took)
    ]
    assert asked == [receiver]


async def is_unknown(world: World, sender: str, method: str, path: str, body: Any = None) -> None:
    refused = await world.ask(sender, None, method, path, body)
    assert refused.json()["status_code"] == 4001, refused.text


def command(**more: str) -> dict[str, Any]:
    return {"response_url": URL, **more}


async def test_what_a_session_is_about_goes_to_its_other_side(world: World) -> None:
    await succeeded(
        world, "CPO", EMSP, "PUT", "receiver/sessions/NL/CPO/SESS1", session("SESS1", provider=EMSP)
    )
    stop = command(session_id="sess1")  # ids are compared without case
    path = "receiver/commands/STOP_SESSION"
    await is_found(world, "MSP", "CPO", "POST", path, stop)
    profile = {"charging_profile": {"charging_rate_unit": "W"}, "response_url": URL}
    await is_found(world, "MSP", "CPO", "PUT", "receiver/chargingprofiles/SESS1", profile)
    preferences = {"profile_type": "GREEN"}
    await is_found(
        world, "MSP", "CPO", "PUT", "sender/sessions/SESS1/charging_preferences", preferences
    )
    await is_found(world, "CPO", "MSP", "GET", "receiver/sessions/NL/CPO/SESS1")
    news = {"kwh": 1.5, "last_updated": "2026-02-01T10:00:00Z"}
    await is_found(world, "CPO", "MSP", "PATCH", "receiver/sessions/NL/CPO/SESS1", news)
    active = {
        "start_date_time": "2026-02-01T10:00:00Z",
        "charging_profile": {"charging_rate_unit": "W"},
    }
    await is_found(world, "CPO", "MSP", "PUT", "sender/chargingprofiles/SESS1", active)
    # It is nobody else's.
    for body in (stop, command(session_id="NEVER")):
        await is_unknown(world, "OTH", "POST", path, body)


async def test_a_reservation_is_cancelled_where_it_was_made(world: World) -> None:
    await put(world.members["SEC"].served, "locations", location("RES1", SECOND))
    reserve = command(reservation_id="R1", location_id="RES1", expiry_date="2099-01-01T00:00:00Z")
    done = await succeeded(
        world, "MSP", SECOND, "POST", "receiver/commands/RESERVE_NOW",
        {**reserve, "token": made_token("T1")},
    )  # fmt: skip
    assert done["data"]["result"] == "ACCEPTED"
    path = "receiver/commands/CANCEL_RESERVATION"
    await is_found(world, "MSP", "SEC", "POST", path, command(reservation_id="R1"))
    await is_unknown(world, "OTH", "POST", path, command(reservation_id="R1"))


async def test_a_location_that_was_listed_or_pushed_is_known(world: World) -> None:
    await put(world.members["SEC"].served, "locations", location("SEEN1", SECOND))
    await put(world.members["CPO"].served, "locations", location("SEEN2"))
    await succeeded(world, "MSP", HUB, "GET", "sender/locations?limit=50")
    await succeeded(
        world, "SEC", EMSP, "PUT", "receiver/locations/BE/SEC/SEEN3", location("SEEN3", SECOND)
    )
    unlock = "receiver/commands/UNLOCK_CONNECTOR"
    for uid, owner in (("SEEN1", "SEC"), ("SEEN2", "CPO"), ("SEEN3", "SEC")):
        body = command(location_id=uid, evse_uid="E1", connector_id="1")
        await is_found(world, "MSP", owner, "POST", unlock, body)
        # Whoever may reach the owner finds it too.
        start = command(location_id=uid)
        await is_found(
            world, "OTH", owner, "POST", "receiver/commands/START_SESSION",
            {**start, "token": made_token("T1")},
        )  # fmt: skip
    await is_found(world, "MSP", "SEC", "GET", "sender/locations/SEEN1/E1")
    await is_unknown(world, "MSP", "GET", "sender/locations/UNSEEN")


async def test_what_two_parties_have_is_sent_to_neither(world: World) -> None:
    for name, owner in (("CPO", CPO), ("SEC", SECOND)):
        await put(world.members[name].served, "locations", location("TWIN", owner))
    await succeeded(world, "MSP", HUB, "GET", "sender/locations?limit=50")
    for each in world.members.values():
        each.took.clear()
    await is_unknown(world, "MSP", "GET", "sender/locations/TWIN")
    assert await nobody_was_asked(world, "TWIN")
    # One that has dealt with one of them alone means that one.
    await succeeded(world, "OTH", SECOND, "GET", "sender/locations/TWIN")
    await is_found(world, "OTH", "SEC", "GET", "sender/locations/TWIN")


async def test_the_owner_of_a_cdr_finds_it_again(world: World) -> None:
    posted = await world.ask("CPO", EMSP, "POST", "receiver/cdrs", cdr("BILL1", provider=EMSP))
    path = posted.headers["location"].partition("/2.2.1/")[2]
    await is_found(world, "CPO", "MSP", "GET", path)
    await is_unknown(world, "SEC", "GET", path)
    await is_unknown(world, "CPO", "GET", "receiver/cdrs/UNHEARD")


async def test_one_who_is_offline_is_not_replaced_by_another(world: World) -> None:
    await put(world.members["SEC"].served, "locations", location("GONE1", SECOND))
    await succeeded(world, "MSP", SECOND, "GET", "sender/locations/GONE1")
    trouble = world.members["SEC"].trouble
    trouble.kind = "refusing"
    for _ in range(2):
        failed = await world.ask("MSP", None, "GET", "sender/locations/GONE1")
        assert failed.json()["status_code"] == 4003, failed.text
    trouble.end()
    await world.ask("SEC", EMSP, "GET", "sender/tokens")


async def test_other_processes_know_it_too(world: World, tmp_path: Path) -> None:
    await succeeded(
        world, "CPO", EMSP, "PUT", "receiver/sessions/NL/CPO/SHARE1",
        session("SHARE1", provider=EMSP),
    )  # fmt: skip
    settings = world.hub.platform.settings
    shared: dict[str, Any] = {"database": settings.database, "key_file": settings.key_path}
    async with served(tmp_path, HUB, **shared) as other:
        behind_other = World(other, world.members)
        stop = command(session_id="SHARE1")
        await is_found(behind_other, "MSP", "CPO", "POST", "receiver/commands/STOP_SESSION", stop)


async def test_what_is_noted_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    database = world.hub.platform.parts.store.database
    for number in range(8):
        body = location(f"MANY{number}")
        path = f"receiver/locations/NL/CPO/MANY{number}"
        await succeeded(world, "CPO", EMSP, "PUT", path, body)

    async def count() -> int:
        statement = select(func.count()).where(
            hub_parties.c.partner == world.members["CPO"].at_hub.id
        )
        return await database.read(lambda link: link.execute(statement).scalar_one())

    assert await count() >= 16
    monkeypatch.setattr(_known_parties, "_MOST_OF_ONE", 6)
    monkeypatch.setattr(_known_parties, "_EVERY", 1)
    await succeeded(world, "CPO", EMSP, "PUT", "receiver/locations/NL/CPO/L9", location("L9"))
    assert 0 < await count() <= 6
    await KnownParties(database, lambda: utc_now() + timedelta(days=91)).purge()
    assert await count() == 0


async def test_modules_of_2_3_0_find_the_other_side_of_the_message_before(tmp_path: Path) -> None:
    newest: dict[str, Any] = {"versions": ("2.3.0",), "check_answers": "log"}
    async with (
        served(tmp_path / "hub", HUB, **newest) as hub,
        httpx2.AsyncClient(timeout=30) as http,
        AsyncExitStack() as stack,
    ):
        world = World(hub)
        for party in (CPO, SECOND, EMSP, OTHER, TERMINALS):
            folder = tmp_path / party.party_id
            await stack.enter_async_context(member(world, folder, party, http, **newest))

        async def ask(sender: str, receiver: Any, method: str, path: str, body: Any = None) -> Any:
            at = world.members[sender]
            headers = routing("from", at.party) | (routing("to", receiver) if receiver else {})
            return await at.call(method, f"{hub.base_url}/2.3.0/{path}", body, **headers)

        confirmations = "receiver/payments/financial-advice-confirmations"
        invoice = "receiver/invoicereconciliation/NL/CPO/R1"
        booked, places = "receiver/bookings/NL/CPO/B1", "receiver/bookings/NL/CPO/booking_locations"
        for sender, receiver, method, path, body in (
            ("CPO", EMSP, "PUT", invoice, record()),
            ("CPO", EMSP, "PUT", f"{places}/BL1", place()),
            ("CPO", EMSP, "PUT", booked, booking()),
            ("PTP", CPO, "POST", "receiver/payments/terminals", terminal()),
            ("PTP", CPO, "POST", confirmations, confirmation()),
        ):
            done = await ask(sender, receiver, method, path, body)
            assert done.json()["status_code"] == 1000, (path, done.text)
        for sender, found, path in (
            ("CPO", "MSP", invoice),
            ("CPO", "MSP", booked),
            ("MSP", "CPO", "sender/bookings/booking_locations/BL1"),
            ("PTP", "CPO", "receiver/payments/terminals/T1"),
            ("PTP", "CPO", f"{confirmations}/F1"),
        ):
            done = await ask(sender, None, "GET", path)
            assert done.headers.get("ocpi-from-party-id") == found, (path, done.text)
        # What was never between the two is not found.
        for sender, path in (
            ("SEC", invoice.replace("NL/CPO", "BE/SEC")),
            ("OTH", "sender/bookings/booking_locations/NO"),
        ):
            done = await ask(sender, None, "GET", path)
            assert done.json()["status_code"] == 4001, (path, done.text)
