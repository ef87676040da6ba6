"""Bookings: requests, decisions by calendars, terms and what is booked, and how they end."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.errors import (
    GenericClientError,
    InvalidParameters,
    NotFound,
    ProtocolError,
    UnknownLocation,
)
from ocpi_server import OwnParty
from ocpi_server.modules.bookings._agendas import Agendas, Entry, Site
from ocpi_server.modules.bookings._json_text import BookingUpdate
from tests.server_impl.booked import Booked, booked, bookings, states, text
from tests.server_impl.pair import CPO, calling, introduce, served, token
from tests.server_impl.samples import calendar, place, slot, terms, wish

RESERVED = ("RESERVED", ["ACCEPTED"])
REJECTED = ("REJECTED", ["DECLINED"])
WITH_POWER = slot("2030-05-01T08:00:00Z", "2030-05-01T18:00:00Z", max_power=11000)
CANCELED = {"cancellation_reason": "TRAFFIC", "who_canceled": "EMSP"}


@pytest_asyncio.fixture(loop_scope="session")
async def desk(tmp_path: Path) -> AsyncIterator[Booked]:
    async with booked(tmp_path) as made:
        yield made


async def test_a_booking_is_pending_first_and_reserved_then(desk: Booked) -> None:
    await desk.put("E1")
    made = await desk.at_cpo.post_booking_request(text(wish()))
    assert (made.reservation_status, made.booking_requests[0].request_status) == (
        "PENDING",
        "PENDING",
    )
    known = await desk.stored(made.id)
    assert (known.reservation_status, known.booking_option.evse_uid) == ("RESERVED", "E1")
    assert known.booking_requests[0].request_status == "ACCEPTED"
    (listed,) = [each async for each in desk.at_cpo.get_bookings()]
    assert listed == known
    assert known.booking_terms.change_until_minutes == 30


async def test_a_request_keeps_what_the_emsp_wrote(desk: Booked) -> None:
    await desk.put("E1", tariff_ids=["T1"])
    tokens = [{key: token()[key] for key in ("country_code", "party_id", "uid", "type")}]
    tokens[0]["contract_id"] = "DE-MSP-C00000001-1"
    way = [{"method": "TOKEN"}]
    booking = await desk.book(wish(tokens=tokens, access_information=way, x_note="kept"))
    assert states(booking) == RESERVED
    assert (booking["booking_tokens"], booking["access_information"]) == (tokens, way)
    assert booking["booking_requests"][0]["booking_request"]["x_note"] == "kept"
    assert booking["tariff_ids"] == ["T1"]


async def test_an_evse_is_booked_once_at_a_time(desk: Booked) -> None:
    await desk.put("E1", "E2")
    first = await desk.book(wish("A"))
    second = await desk.book(wish("B", "09:30", "10:30"))
    assert {each["booking_option"]["evse_uid"] for each in (first, second)} == {"E1", "E2"}
    assert states(await desk.book(wish("C", "09:59", "11:00"))) == REJECTED
    assert states(await desk.book(wish("D", "10:00", "10:30"))) == RESERVED  # at the first one
    wanted: dict[str, Any] = {"booking_option": {"evse_uid": "E2"}}
    assert states(await desk.book(wish("E", "10:00", "10:31", **wanted))) == REJECTED
    third = await desk.book(wish("F", "10:30", "11:00", **wanted))
    assert third["booking_option"]["evse_uid"] == "E2"


async def test_many_at_once_get_each_evse_once(desk: Booked) -> None:
    await desk.put("E1", "E2", "E3")
    for number in range(9):
        await desk.at_cpo.post_booking_request(text(wish(f"R{number}")))
    await desk.cpo.settled()
    listed = [each async for each in desk.at_cpo.get_bookings()]
    kept = [str(each.booking_option.evse_uid) for each in listed if each.booking_option]
    assert sorted(kept) == ["E1", "E2", "E3"]
    assert [str(each.reservation_status) for each in listed].count("REJECTED") == 6


@pytest.mark.parametrize(
    ("changes", "granted"),
    [
        ({}, True),
        ({"period": ("11:00", "13:30")}, False),  # over the break
        ({"period": ("17:30", "18:30")}, False),
        ({"period": ("10:00", "10:00")}, False),
        ({"period": ("10:00", "09:00")}, False),
        ({"power_required": 22}, False),
        ({"power_required": 11}, True),
        ({"access_information": [{"method": "INTERCOM"}]}, False),
        ({"booking_option": {"connector_types": ["CHADEMO"]}}, False),
        ({"booking_option": {"connector_types": ["IEC_62196_T2"], "evse_uid": "#NA"}}, True),
        ({"booking_option": {"evse_uid": "E9"}}, False),
        ({"booking_option": {"evse_uid": "e1", "connector_id": "2"}}, True),
    ],
    ids=str,
)
async def test_calendars_and_options_decide(
    desk: Booked, changes: dict[str, Any], *, granted: bool
) -> None:
    slots = [
        slot("2030-05-01T08:00:00Z", "2030-05-01T09:30:00Z", max_power=11000),
        slot("2030-05-01T09:30:00Z", "2030-05-01T12:00:00Z", max_power=11000),
        slot("2030-05-01T13:00:00Z", "2030-05-01T18:00:00Z"),
    ]
    await desk.put("E1", calendars=[calendar(available_timeslots=slots)])
    start, end = changes.pop("period", ("09:00", "10:00"))
    booking = await desk.book(wish("A", start, end, **changes))
    assert states(booking) == (RESERVED if granted else REJECTED)


async def test_terms_decide(desk: Booked) -> None:
    given = terms(min_booking_duration=30, max_booking_duration=120)
    await desk.put("E1", booking_terms=given, calendars=[calendar(timeslot_increment=15)])
    assert states(await desk.book(wish("A", "09:00", "09:15"))) == REJECTED
    assert states(await desk.book(wish("B", "09:00", "11:15"))) == REJECTED
    assert states(await desk.book(wish("C", "09:05", "09:50"))) == REJECTED
    assert states(await desk.book(wish("D", "09:15", "10:15"))) == RESERVED
    desk.clock.at("14:00")
    assert states(await desk.book(wish("E", "13:30", "15:00"))) == REJECTED


async def test_a_token_may_be_bound_to_one_booking_at_a_time(desk: Booked) -> None:
    await desk.put("E1", "E2", booking_terms=terms(overlapping_bookings_allowed=False))
    names = ("country_code", "party_id", "uid", "type", "contract_id")
    card: dict[str, Any] = {"tokens": [{name: token()[name] for name in names}]}
    assert states(await desk.book(wish("A", **card))) == RESERVED
    assert states(await desk.book(wish("B", **card))) == REJECTED
    assert states(await desk.book(wish("C", "10:00", "11:00", **card))) == RESERVED
    assert states(await desk.book(wish("D"))) == RESERVED


async def test_a_booking_is_changed_and_canceled(desk: Booked) -> None:
    await desk.put("E1")
    first = await desk.book(wish())
    other = await desk.book(wish("OTHER", "11:00", "12:00"))
    later = await desk.book(wish(start="09:30", end="10:30"))
    assert (later["id"], states(later)) == (first["id"], ("RESERVED", ["ACCEPTED", "ACCEPTED"]))
    assert later["period"]["start_date_time"] == "2030-05-01T09:30:00Z"
    # What is taken by another one stays so, and the booking as it was.
    refused = await desk.book(wish(start="10:30", end="11:30"))
    assert states(refused) == ("RESERVED", ["ACCEPTED", "ACCEPTED", "DECLINED"])
    assert refused["period"] == later["period"]
    assert states(await desk.book(wish("REQ2", "09:00", "09:30"))) == RESERVED
    ended = await desk.book(wish(canceled=CANCELED))
    assert (ended["reservation_status"], ended["canceled"]) == ("CANCELED", CANCELED)
    assert states(await desk.book(wish("REQ3", "09:30", "10:30"))) == RESERVED
    with pytest.raises(GenericClientError):
        await desk.book(wish())
    assert states(other) == RESERVED


async def test_changes_and_cancellations_come_in_time(desk: Booked) -> None:
    await desk.put("E1", "E2")
    await desk.book(wish())
    desk.clock.at("08:10")
    booking = await desk.book(wish(canceled=CANCELED))
    assert states(booking) == ("RESERVED", ["ACCEPTED", "DECLINED"])
    booking = await desk.book(wish(start="09:15", end="10:15"))
    assert booking["reservation_status"] == "RESERVED"
    assert booking["booking_requests"][-1]["request_status"] == "ACCEPTED"
    desk.clock.at("08:50")
    booking = await desk.book(wish(start="11:00", end="12:00"))
    assert booking["booking_requests"][-1]["request_status"] == "DECLINED"
    await desk.cpo.bookings.publisher.place(
        text(
            place(booking_terms=terms(change_not_allowed=True), last_updated="2030-01-01T00:00:00Z")
        )
    )
    await desk.book(wish("FIXED", "13:00", "14:00"))
    booking = await desk.book(wish("FIXED", "15:00", "16:00"))
    assert states(booking) == ("RESERVED", ["ACCEPTED", "DECLINED"])


async def test_a_cancellation_of_nothing_is_rejected(desk: Booked) -> None:
    await desk.put("E1")
    assert states(await desk.book(wish(canceled=CANCELED))) == REJECTED


async def test_places_must_be_there(desk: Booked) -> None:
    await desk.put("E1")
    for name in ("booking_location_id", "location_id"):
        wrong: dict[str, Any] = {name: "NONE"}
        with pytest.raises(UnknownLocation):
            await desk.book(wish(**wrong))
    stolen: dict[str, Any]
    for stolen in (
        {"party_id": "XXX"},
        {"tokens": [{**token(), "party_id": "XXX"}]},
    ):
        with pytest.raises(InvalidParameters) as refused:
            await desk.book(wish(**stolen))
        at = "/tokens/0" if "tokens" in stolen else ""
        pointers = [fault.pointer for fault in refused.value.violations]
        assert pointers == [f"{at}/country_code", f"{at}/party_id"]
    assert [each async for each in desk.at_cpo.get_bookings()] == []


async def test_a_rival_sees_no_bookings_but_finds_nothing_free(
    desk: Booked, tmp_path: Path
) -> None:
    await desk.put("E1")
    mine = await desk.book(wish())
    rival = OwnParty("BE", "RIV", "EMSP", "Another provider")
    async with served(tmp_path / "rival", rival, versions=("2.3.0",)) as other:
        both = await introduce(desk.pair.cpo, other)
        peer = bookings(other, both.at_emsp)
        made = await peer.post_booking_request(text(wish(emsp=rival)))  # of the same request id
        assert made.id != mine["id"]
        await desk.cpo.settled()
        (seen,) = [each async for each in peer.get_bookings()]
        assert (seen.id, seen.reservation_status) == (made.id, "REJECTED")
        with pytest.raises(InvalidParameters):
            await peer.post_booking_request(text(wish(canceled=CANCELED)))
    assert (await desk.stored(mine["id"])).reservation_status == "RESERVED"


async def test_a_session_fulfils_a_booking(desk: Booked) -> None:
    await desk.put("E1", booking_terms=terms(early_start_allowed=True, early_start_time=10))
    made = await desk.book(wish())
    desk.clock.at("08:30")
    card = text(token())
    await desk.emsp.put_own("tokens", card)
    more = {"evse_uid": "E1", "connector_id": "1"}
    asked = (desk.pair.at_emsp, card, "LOC1")
    await desk.emsp.start_session(*asked, authorization_reference="ELSE", **more)
    assert (await desk.stored(made["id"])).reservation_status == "RESERVED"
    for session in await sessions(desk):
        await desk.cpo.end_session(session)
    desk.clock.at("08:50")
    await desk.emsp.start_session(*asked, authorization_reference="ref-req1", **more)
    assert (await desk.stored(made["id"])).reservation_status == "FULFILLED"
    desk.clock.at("09:40")
    assert states(await desk.book(wish("B", "09:45", "09:50"))) == REJECTED  # still charging
    assert states(await desk.book(wish("C", "10:00", "10:30"))) == RESERVED


async def test_an_evse_is_kept_for_who_booked_it(desk: Booked) -> None:
    await desk.put("E1", "E2")
    made = await desk.book(wish(booking_option={"evse_uid": "E1"}))
    desk.clock.at("09:05")
    card = text(token())
    await desk.emsp.put_own("tokens", card)
    start = desk.emsp.start_session
    asked = (desk.pair.at_emsp, card, "LOC1")
    assert (await start(*asked, evse_uid="E1", connector_id="1")).outcome == "EVSE_OCCUPIED"
    assert (await start(*asked)).outcome == "ACCEPTED"  # at the other one
    assert (await start(*asked)).outcome == "EVSE_OCCUPIED"
    reserve = {
        "token": card,
        "location_id": "LOC1",
        "evse_uid": "E1",
        "reservation_id": "RES1",
        "expiry_date": "2030-05-01T09:30:00Z",
    }
    command = desk.emsp.requests.command
    found = await command(desk.pair.at_emsp, "RESERVE_NOW", reserve)
    assert found.outcome == "EVSE_OCCUPIED"
    done = await start(*asked, authorization_reference=made["authorization_reference"])
    assert done.outcome == "ACCEPTED"
    assert (await desk.stored(made["id"])).reservation_status == "FULFILLED"


async def sessions(desk: Booked) -> list[str]:
    peer = desk.emsp.clients.peer(desk.pair.at_emsp)
    since = datetime(2020, 1, 1, tzinfo=UTC)
    return [each.id async for each in peer.sessions.get_sessions(date_from=since)]


async def test_a_driver_who_does_not_come_is_a_no_show(desk: Booked) -> None:
    await desk.put("E1", booking_terms=terms(noshow_timeout=15))
    made = await desk.book(wish())
    desk.clock.at("09:15")
    assert await desk.cpo.bookings.lifecycle.lapse() == 0
    desk.clock.at("09:16")
    assert states(await desk.book(wish("B", "09:30", "10:00"))) == RESERVED
    await desk.cpo.bookings.lifecycle.lapse()
    assert (await desk.stored(made["id"])).reservation_status == "NO_SHOW"
    assert await desk.cpo.bookings.lifecycle.lapse() == 0


async def test_a_cpo_cancels_a_booking(desk: Booked) -> None:
    await desk.put("E1")
    made = await desk.book(wish())
    await desk.cpo.bookings.lifecycle.cancel(CPO.id, made["id"], "BROKEN_CHARGER")
    known = await desk.stored(made["id"])
    assert (known.reservation_status, known.canceled.who_canceled) == ("CANCELED", "CPO")
    with pytest.raises(GenericClientError):
        await desk.cpo.bookings.lifecycle.cancel(CPO.id, made["id"], "FULL")
    with pytest.raises(NotFound):
        await desk.cpo.bookings.lifecycle.cancel(CPO.id, "NONE", "FULL")
    assert states(await desk.book(wish("B"))) == RESERVED


@pytest.mark.parametrize("before", [True, False])
async def test_what_is_canceled_while_it_is_decided_stays_canceled(
    desk: Booked, monkeypatch: pytest.MonkeyPatch, *, before: bool
) -> None:
    await desk.put("E1")
    book = Agendas.book

    async def interrupted(self: Agendas, site: Site, wish: Entry, *rest: Any, **more: Any) -> Any:
        kept = None if before else await book(self, site, wish, *rest, **more)
        await desk.cpo.bookings.lifecycle.cancel(CPO.id, wish.booking, "FULL")
        return await book(self, site, wish, *rest, **more) if before else kept

    with monkeypatch.context() as patch:
        patch.setattr(Agendas, "book", interrupted)
        booking = await desk.book(wish())
    known = await desk.stored(booking["id"])
    assert known.reservation_status == "CANCELED"
    assert [each.request_status for each in known.booking_requests] == ["DECLINED"]
    assert states(await desk.book(wish("B"))) == RESERVED


async def test_a_request_is_decided_once(desk: Booked, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.put("E1")
    book, kept = Agendas.book, desk.cpo.bookings.requests._book  # noqa: SLF001 - as another process

    async def overtaken(self: Agendas, site: Site, wish: Entry, *rest: Any, **more: Any) -> Any:
        news = BookingUpdate(status="REJECTED", decided=(0, "DECLINED"))
        await kept.put(kept.key(CPO.id, wish.booking), news)
        return await book(self, site, wish, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Agendas, "book", overtaken)
        assert states(await desk.book(wish())) == REJECTED
    await desk.cpo.settled()
    assert states(await desk.book(wish("B"))) == RESERVED


async def test_a_booking_of_somebody_else_is_no_answer(
    desk: Booked, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.put("E1")
    post = desk.cpo.bookings.requests.post

    async def foreign(*request: Any) -> Any:
        return text({**msgspec.json.decode(await post(*request)), "party_id": "XXX"})

    monkeypatch.setattr(desk.cpo.bookings.requests, "post", foreign)
    with pytest.raises(ProtocolError, match="NL-XXX"):
        await desk.book(wish())


async def test_what_fails_is_told(desk: Booked, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.put("E1")

    def broken(*_: Any) -> str:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("ocpi_server.modules.bookings._rules.hindrance", broken)
        assert states(await desk.book(wish())) == ("FAILED", ["FAILED"])
    await desk.book(wish("B"))
    with monkeypatch.context() as patch:
        patch.setattr("ocpi_server.modules.bookings._rules.hindrance", broken)
        booking = await desk.book(wish("B", "10:00", "11:00"))
    assert states(booking) == ("RESERVED", ["ACCEPTED", "FAILED"])


async def test_what_was_left_undecided_is_decided_after_a_restart(
    desk: Booked, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.put("E1")

    async def killed(*_: Any) -> None:
        pass

    with monkeypatch.context() as patch:
        patch.setattr(desk.cpo.bookings.requests, "decide", killed)
        made = await desk.at_cpo.post_booking_request(text(wish()))
    await desk.cpo.bookings.requests.resume()
    assert (await desk.stored(made.id)).reservation_status == "RESERVED"


async def test_numbers_of_any_length_do_no_harm(desk: Booked) -> None:
    await desk.put("E1", calendars=[calendar(available_timeslots=[WITH_POWER])])
    odd = b'"x_note":' + b"9" * 500
    option = b',"booking_option":{"evse_uid":"E1",' + odd + b"}"
    ended = b',"canceled":{"cancellation_reason":"TRAFFIC","who_canceled":"EMSP",' + odd + b"}"
    plain = text(wish())[:-1] + option
    assert await sent(desk, plain + b"}") == "RESERVED"
    assert await sent(desk, plain + ended + b"}") == "CANCELED"
    strong = text(wish("STRONG"))[:-1] + b',"power_required":' + b"9" * 500 + b"," + odd + b"}"
    assert await sent(desk, strong) == "REJECTED"


async def sent(desk: Booked, raw: bytes) -> str:
    """Send a request as it is, and give the state of the booking that was changed last."""
    pair = desk.pair
    async with calling(pair.cpo, pair.emsp, pair.at_emsp) as caller, httpx2.AsyncClient() as http:
        headers = {**caller.headers, "Content-Type": "application/json"}
        url = f"{pair.cpo.base_url}/2.3.0/sender/bookings"
        answer = await http.post(url, content=raw, headers=headers)
        assert (answer.status_code, b"9" * 500 in answer.content) == (200, True), answer.text
        await desk.cpo.settled()
        listed = (await http.get(url, headers=headers)).content
    return str(msgspec.json.decode(listed, type=_Listed).data[-1].reservation_status)


class _One(msgspec.Struct):
    reservation_status: str


class _Listed(msgspec.Struct):
    data: list[_One]


async def test_a_booking_has_not_more_requests_than_a_driver_makes(desk: Booked) -> None:
    await desk.put("E1")
    for number in range(50):
        await desk.at_cpo.post_booking_request(text(wish(x_note=number)))
    with pytest.raises(GenericClientError):
        await desk.at_cpo.post_booking_request(text(wish()))
    await desk.cpo.settled()
    (listed,) = [each async for each in desk.at_cpo.get_bookings()]
    assert len(listed.booking_requests) == 50


async def test_a_pulled_booking_is_kept(desk: Booked) -> None:
    await desk.put("E1")
    await desk.book(wish())
    assert await desk.emsp.bookings.user.pull(desk.pair.at_emsp) == 2
