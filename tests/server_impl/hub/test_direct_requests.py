"""Messages from one party to another through a hub, by routing headers."""

import msgspec

from ocpi_server import OwnParty
from tests.server_impl.hub.conftest import OTHER, SECOND, World, nobody_was_asked
from tests.server_impl.pair import CPO, EMSP, location
from tests.server_impl.reading import put
from tests.server_impl.samples import cdr, session

NOBODY = OwnParty("AT", "NON", "EMSP", "Unknown")


async def test_a_push_arrives_as_it_was_sent(world: World) -> None:
    body = {**location("HUB1"), "unknown_field": [1.50, "kept"]}
    done = await world.ask("CPO", EMSP, "PUT", "receiver/locations/NL/CPO/HUB1", body)
    assert (done.status_code, done.json()["status_code"]) == (201, 1000)
    assert done.headers["x-request-id"] == "r-1"
    assert done.headers["x-correlation-id"] == "c-1"
    assert done.headers["ocpi-from-party-id"] == "MSP"
    assert done.headers["ocpi-from-country-code"] == "DE"
    assert done.headers["ocpi-to-party-id"] == "CPO"
    taken = await world.members["MSP"].asked("HUB1", "PUT")
    assert msgspec.json.decode(taken.request_body) == body
    assert taken.request_headers["x-correlation-id"] == "c-1"
    assert taken.request_headers["x-request-id"] not in {"", "r-1"}
    assert taken.request_headers["ocpi-from-party-id"] == "CPO"
    assert taken.request_headers["ocpi-to-country-code"] == "DE"
    back = await world.ask("CPO", EMSP, "GET", "receiver/locations/NL/CPO/HUB1")
    assert back.json()["data"] == body
    assert back.content == (await world.members["MSP"].asked("HUB1", "GET")).response_body


async def test_errors_of_the_receiver_arrive_unchanged(world: World) -> None:
    missing = await world.ask("MSP", CPO, "GET", "sender/locations/NOTHING")
    assert missing.status_code == 404
    assert missing.content == (await world.members["CPO"].asked("NOTHING")).response_body
    wrong = await world.ask("CPO", EMSP, "PUT", "receiver/locations/NL/CPO/HUB2", {"id": "HUB2"})
    assert (wrong.status_code, wrong.json()["status_code"]) == (200, 2001)


async def test_a_receiver_that_is_not_known_is_4001(world: World) -> None:
    for method, path, body in (
        ("GET", "sender/tokens", None),
        ("PUT", "receiver/locations/NL/CPO/HUB3", location("HUB3")),
    ):
        refused = await world.ask("CPO", NOBODY, method, path, body)
        assert (refused.status_code, refused.json()["status_code"]) == (200, 4001), refused.text
        assert "AT-NON" in refused.json()["status_message"]


async def test_a_sender_reaches_only_what_its_role_may(world: World) -> None:
    # eMSPs write no locations, and CPOs read no sessions of others.
    for sender, receiver, method, path in (
        ("MSP", OTHER, "PUT", "receiver/locations/DE/MSP/FORBIDDEN"),
        ("CPO", EMSP, "GET", "sender/sessions?date_from=2020-01-01T00:00:00Z&offset=FORBIDDEN"),
        ("MSP", CPO, "GET", "sender/tokens?offset=FORBIDDEN"),
        ("CPO", CPO, "PUT", "receiver/locations/NL/CPO/FORBIDDEN"),
    ):
        refused = await world.ask(sender, receiver, method, path, location("FORBIDDEN"))
        assert refused.json()["status_code"] in {2000, 4000}, refused.text
    assert await nobody_was_asked(world, "FORBIDDEN")


async def test_nobody_sends_in_the_name_of_others(world: World) -> None:
    cpo = world.members["CPO"]
    forged = {
        "OCPI-from-country-code": "FR",
        "OCPI-from-party-id": "OTH",
        "OCPI-to-country-code": "DE",
        "OCPI-to-party-id": "MSP",
    }
    url = world.hub.url("receiver", "locations", "NL", "CPO", "FORGED")
    refused = await cpo.call("PUT", url, location("FORGED"), **forged)
    assert refused.json()["status_code"] == 2000
    assert await nobody_was_asked(world, "FORGED")


async def test_nobody_sends_objects_of_others(world: World) -> None:
    for method, path, body in (
        ("PUT", "receiver/locations/BE/SEC/FOREIGN", location("FOREIGN", SECOND)),
        ("PUT", "receiver/locations/NL/CPO/FOREIGN", location("FOREIGN", SECOND)),
        ("GET", "receiver/locations/BE/SEC/FOREIGN", None),
        ("POST", "receiver/cdrs", cdr("FOREIGN", SECOND, provider=EMSP)),
    ):
        for receiver in (EMSP, None):
            refused = await world.ask("CPO", receiver, method, path, body)
            code = refused.json()["status_code"]
            assert code == 2001 or refused.status_code == 404, refused.text
            assert receiver is None or "BE-SEC is not a party of yours" in refused.text
    assert await nobody_was_asked(world, "FOREIGN")


async def test_each_eMSP_gets_its_own_sessions_alone(world: World) -> None:  # noqa: N802
    cpo = world.members["CPO"].served
    await put(cpo, "sessions", session("SMINE", provider=EMSP))
    await put(cpo, "sessions", session("SOTHER", provider=OTHER))
    for sender, own in (("MSP", "SMINE"),):
        listed = await world.ask(
            sender, CPO, "GET", "sender/sessions?date_from=2020-01-01T00:00:00Z"
        )
        assert [each["id"] for each in listed.json()["data"]] == [own]
