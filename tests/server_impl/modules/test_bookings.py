"""Bookings: requests, decisions by calendars, terms and what is booked, and how they end."""

from pathlib import Path
from typing import Any

import pytest

from ocpi_runtime.errors import (
    GenericClientError,
    InvalidParameters,
    UnknownLocation,
)
from ocpi_server import OwnParty
from tests.server_impl.booked import BookingPair, bookings, states, text
from tests.server_impl.pair import introduce, served, token
from tests.server_impl.samples import calendar, place, slot, terms, wish

RESERVED = ("RESERVED", ["ACCEPTED"])
REJECTED = ("REJECTED", ["DECLINED"])
WITH_POWER = slot("2030-05-01T08:00:00Z", "2030-05-01T18:00:00Z", max_power=11000)
CANCELED = {"cancellation_reason": "TRAFFIC", "who_canceled": "EMSP"}


async def test_a_booking_is_pending_first_and_reserved_then(both: BookingPair) -> None:
    await both.put("E1")
    made = await both.at_cpo.post_booking_request(text(wish()))
    assert (made.reservation_status, made.booking_requests[0].request_status) == (
        "PENDING",
        "PENDING",
    )
    known = await both.stored(made.id)
    assert (known.reservation_status, known.booking_option.evse_uid) == ("RESERVED", "E1")
    assert known.booking_requests[0].request_status == "ACCEPTED"
    (listed,) = [each async for each in both.at_cpo.get_bookings()]
    assert listed == known
    assert known.booking_terms.change_until_minutes == 30


async def test_a_request_keeps_what_the_emsp_wrote(both: BookingPair) -> None:
    await both.put("E1", tariff_ids=["T1"])
    tokens = [{key: token()[key] for key in ("country_code", "party_id", "uid", "type")}]
    tokens[0]["contract_id"] = "DE-MSP-C00000001-1"
    way = [{"method": "TOKEN"}]
    booking = await both.book(wish(tokens=tokens, access_information=way, x_note="kept"))
    assert states(booking) == RESERVED
    assert (booking["booking_tokens"], booking["access_information"]) == (tokens, way)
    assert booking["booking_requests"][0]["booking_request"]["x_note"] == "kept"
    assert booking["tariff_ids"] == ["T1"]


async def test_an_evse_is_booked_once_at_a_time(both: BookingPair) -> None:
    await both.put("E1", "E2")
    first = await both.book(wish("A"))
    second = await both.book(wish("B", "09:30", "10:30"))
    assert {each["booking_option"]["evse_uid"] for each in (first, second)} == {"E1", "E2"}
    assert states(await both.book(wish("C", "09:59", "11:00"))) == REJECTED
    assert states(await both.book(wish("D", "10:00", "10:30"))) == RESERVED  # at the first one
    wanted: dict[str, Any] = {"booking_option": {"evse_uid": "E2"}}
    assert states(await both.book(wish("E", "10:00", "10:31", **wanted))) == REJECTED
    third = await both.book(wish("F", "10:30", "11:00", **wanted))
    assert third["booking_option"]["evse_uid"] == "E2"


async def test_many_at_once_get_each_evse_once(both: BookingPair) -> None:
    await both.put("E1", "E2", "E3")
    for number in range(9):
        await both.at_cpo.post_booking_request(text(wish(f"R{number}")))
    await both.cpo.settled()
    listed = [each async for each in both.at_cpo.get_bookings()]
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
    both: BookingPair, changes: dict[str, Any], *, granted: bool
) -> None:
    slots = [
        slot("2030-05-01T08:00:00Z", "2030-05-01T09:30:00Z", max_power=11000),
        slot("2030-05-01T09:30:00Z", "2030-05-01T12:00:00Z", max_power=11000),
        slot("2030-05-01T13:00:00Z", "2030-05-01T18:00:00Z"),
    ]
    await both.put("E1", calendars=[calendar(available_timeslots=slots)])
    start, end = changes.pop("period", ("09:00", "10:00"))
    booking = await both.book(wish("A", start, end, **changes))
    assert states(booking) == (RESERVED if granted else REJECTED)


async def test_terms_decide(both: BookingPair) -> None:
    given = terms(min_booking_duration=30, max_booking_duration=120)
    await both.put("E1", booking_terms=given, calendars=[calendar(timeslot_increment=15)])
    assert states(await both.book(wish("A", "09:00", "09:15"))) == REJECTED
    assert states(await both.book(wish("B", "09:00", "11:15"))) == REJECTED
    assert states(await both.book(wish("C", "09:05", "09:50"))) == REJECTED
    assert states(await both.book(wish("D", "09:15", "10:15"))) == RESERVED
    both.clock.at("14:00")
    assert states(await both.book(wish("E", "13:30", "15:00"))) == REJECTED


async def test_a_token_may_be_bound_to_one_booking_at_a_time(both: BookingPair) -> None:
    await both.put("E1", "E2", booking_terms=terms(overlapping_bookings_allowed=False))
    names = ("country_code", "party_id", "uid", "type", "contract_id")
    card: dict[str, Any] = {"tokens": [{name: token()[name] for name in names}]}
    assert states(await both.book(wish("A", **card))) == RESERVED
    assert states(await both.book(wish("B", **card))) == REJECTED
    assert states(await both.book(wish("C", "10:00", "11:00", **card))) == RESERVED
    assert states(await both.book(wish("D"))) == RESERVED


async def test_a_booking_is_changed_and_canceled(both: BookingPair) -> None:
    await both.put("E1")
    first = await both.book(wish())
    other = await both.book(wish("OTHER", "11:00", "12:00"))
    later = await both.book(wish(start="09:30", end="10:30"))
    assert (later["id"], states(later)) == (first["id"], ("RESERVED", ["ACCEPTED", "ACCEPTED"]))
    assert later["period"]["start_date_time"] == "2030-05-01T09:30:00Z"
    # What is taken by another one stays so, and the booking as it was.
    refused = await both.book(wish(start="10:30", end="11:30"))
    assert states(refused) == ("RESERVED", ["ACCEPTED", "ACCEPTED", "DECLINED"])
    assert refused["period"] == later["period"]
    assert states(await both.book(wish("REQ2", "09:00", "09:30"))) == RESERVED
    ended = await both.book(wish(canceled=CANCELED))
    assert (ended["reservation_status"], ended["canceled"]) == ("CANCELED", CANCELED)
    assert states(await both.book(wish("REQ3", "09:30", "10:30"))) == RESERVED
    with pytest.raises(GenericClientError):
        await both.book(wish())
    assert states(other) == RESERVED


async def test_changes_and_cancellations_come_in_time(both: BookingPair) -> None:
    await both.put("E1", "E2")
    await both.book(wish())
    both.clock.at("08:10")
    booking = await both.book(wish(canceled=CANCELED))
    assert states(booking) == ("RESERVED", ["ACCEPTED", "DECLINED"])
    booking = await both.book(wish(start="09:15", end="10:15"))
    assert booking["reservation_status"] == "RESERVED"
    assert booking["booking_requests"][-1]["request_status"] == "ACCEPTED"
    both.clock.at("08:50")
    booking = await both.book(wish(start="11:00", end="12:00"))
    assert booking["booking_requests"][-1]["request_status"] == "DECLINED"
    await both.cpo.bookings.publisher.place(
        text(
            place(booking_terms=terms(change_not_allowed=True), last_updated="2030-01-01T00:00:00Z")
        )
    )
    await both.book(wish("FIXED", "13:00", "14:00"))
    booking = await both.book(wish("FIXED", "15:00", "16:00"))
    assert states(booking) == ("RESERVED", ["ACCEPTED", "DECLINED"])


async def test_a_cancellation_of_nothing_is_rejected(both: BookingPair) -> None:
    await both.put("E1")
    assert states(await both.book(wish(canceled=CANCELED))) == REJECTED


async def test_places_must_be_there(both: BookingPair) -> None:
    await both.put("E1")
    for name in ("booking_location_id", "location_id"):
        wrong: dict[str, Any] = {name: "NONE"}
        with pytest.raises(UnknownLocation):
            await both.book(wish(**wrong))
    stolen: dict[str, Any]
    for stolen in (
        {"party_id": "XXX"},
        {"tokens": [{**token(), "party_id": "XXX"}]},
    ):
        with pytest.raises(InvalidParameters) as refused:
            await both.book(wish(**stolen))
        at = "/tokens/0" if "tokens" in stolen else ""
        pointers = [fault.pointer for fault in refused.value.violations]
        assert pointers == [f"{at}/country_code", f"{at}/party_id"]
    assert [each async for each in both.at_cpo.get_bookings()] == []


async def test_another_emsp_sees_no_bookings_but_finds_nothing_free(
    both: BookingPair, tmp_path: Path
) -> None:
    await both.put("E1")
    mine = await both.book(wish())
    other_emsp = OwnParty("BE", "RIV", "EMSP", "Another provider")
    async with served(tmp_path / "rival", other_emsp, versions=("2.3.0",)) as other:
        second = await introduce(both.pair.cpo, other)
        peer = bookings(other, second.at_emsp)
        made = await peer.post_booking_request(
            text(wish(emsp=other_emsp))
        )  # of the same request id
        assert made.id != mine["id"]
        await both.cpo.settled()
        (seen,) = [each async for each in peer.get_bookings()]
        assert (seen.id, seen.reservation_status) == (made.id, "REJECTED")
        with pytest.raises(InvalidParameters):
            await peer.post_booking_request(text(wish(canceled=CANCELED)))
    assert (await both.stored(mine["id"])).reservation_status == "RESERVED"
