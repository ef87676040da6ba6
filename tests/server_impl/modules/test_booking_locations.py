"""Booking locations and their calendars: pushed, patched, listed by what is free."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.errors import InvalidParameters, NotFound, StatusError, UnknownLocation
from ocpi_server.objects.own_object_writer import OwnObjectWriter
from tests.server_impl.booked import BookingPair, booked, text
from tests.server_impl.pair import CPO, calling
from tests.server_impl.samples import booking, calendar, place, slot

NEWER = "2026-02-02T02:02:02Z"
NEWEST = "2026-03-03T03:03:03Z"


@pytest_asyncio.fixture(loop_scope="session")
async def both(tmp_path: Path) -> AsyncIterator[BookingPair]:
    async with booked(tmp_path) as made:
        yield made


def at(hour: int, day: int = 1) -> datetime:
    return datetime(2030, 5, day, hour, tzinfo=UTC)


def free(start: str, end: str) -> dict[str, Any]:
    """A calendar with one timeslot."""
    one = slot(f"2030-05-01T{start}:00Z", f"2030-05-01T{end}:00Z")
    return calendar(available_timeslots=[one])


async def names(both: BookingPair, **query: Any) -> list[str]:
    return [each.id async for each in both.at_cpo.get_booking_locations(**query)]


async def test_what_can_be_booked_is_pushed(both: BookingPair) -> None:
    publisher = both.cpo.bookings.publisher
    assert await publisher.place(text(place())) == (both.pair.at_cpo.id,)
    changed = calendar(timeslot_increment=30, last_updated=NEWER)
    assert await publisher.calendar(CPO.id, "BL1", text(changed)) == (both.pair.at_cpo.id,)
    added = calendar("CAL2", last_updated=NEWER)
    assert await publisher.calendar(CPO.id, "BL1", text(added)) == (both.pair.at_cpo.id,)
    await both.cpo.pushed()
    there = await both.at_emsp.get_stored_booking_location("NL", "CPO", "BL1")
    assert there == await both.at_cpo.get_booking_location("BL1")
    assert [each.id for each in there.calendars or ()] == ["CAL1", "CAL2"]
    assert there.last_updated == datetime(2026, 2, 2, 2, 2, 2, tzinfo=UTC)
    one = await both.at_emsp.get_stored_calendar("NL", "CPO", "bl1", "cal1")
    assert one == await both.at_cpo.get_calendar("BL1", "CAL1")
    assert one.timeslot_increment == 30
    with pytest.raises(NotFound):
        await both.at_cpo.get_calendar("BL1", "CAL9")
    with pytest.raises(NotFound):
        await both.at_cpo.get_booking_location("BL9")


async def test_a_place_is_patched(both: BookingPair) -> None:
    peer, owner = both.at_emsp, ("NL", "CPO")
    await peer.put_booking_location(*owner, "BL1", text(place(x_note="kept")))
    news = {"tariff_ids": ["T1"], "last_updated": NEWER}
    await peer.patch_booking_location(*owner, "BL1", text(news))
    await peer.patch_booking_location(*owner, "BL1", text({**news, "tariff_ids": []}))
    late = {"tariff_ids": ["T2"], "last_updated": "2026-01-02T00:00:00Z"}
    await peer.patch_booking_location(*owner, "BL1", text(late))
    known = await peer.get_stored_booking_location(*owner, "BL1")
    assert (known.tariff_ids, known.location_id) == ([], "LOC1")
    with pytest.raises(UnknownLocation):
        await peer.patch_booking_location(*owner, "BL9", text(news))
    with pytest.raises(StatusError):
        await peer.patch_booking_location(*owner, "BL1", text({"tariff_ids": []}))


async def test_a_calendar_makes_its_place_newer(both: BookingPair) -> None:
    peer, where = both.at_emsp, ("NL", "CPO", "BL1")
    await peer.put_booking_location(*where, text(place()))
    await peer.patch_calendar(
        *where, "CAL1", text({"timeslot_increment": 15, "last_updated": NEWEST})
    )
    older = calendar(timeslot_increment=60, last_updated=NEWER)
    await peer.put_calendar(*where, "CAL1", text(older))
    known = await peer.get_stored_booking_location(*where)
    assert known.calendars
    assert known.calendars[0].timeslot_increment == 15
    assert known.calendars[0].last_updated == known.last_updated
    assert known.last_updated == datetime(2026, 3, 3, 3, 3, 3, tzinfo=UTC)
    with pytest.raises(InvalidParameters):
        await peer.put_calendar(*where, "CAL2", text(calendar("CAL3")))
    with pytest.raises(UnknownLocation):
        await peer.patch_calendar(*where, "CAL9", text({"last_updated": NEWEST}))
    with pytest.raises(UnknownLocation):
        await peer.put_calendar("NL", "CPO", "BL9", "CAL1", text(calendar()))


async def test_another_partys_objects_are_404(both: BookingPair) -> None:
    owner: dict[str, Any] = {"party_id": "XXX"}
    peer = both.at_emsp
    for refused in (
        peer.put_booking_location("NL", "XXX", "BL1", text(place(**owner))),
        peer.put_calendar("NL", "XXX", "BL1", "CAL1", text(calendar())),
        peer.put_booking("NL", "XXX", "B1", text(booking(**owner))),
        peer.patch_booking("NL", "XXX", "B1", text({"last_updated": NEWER})),
        peer.get_stored_booking_location("NL", "XXX", "BL1"),
        peer.get_stored_booking("NL", "XXX", "B1"),
    ):
        with pytest.raises(NotFound):
            await refused


async def test_a_booking_is_put_and_patched(both: BookingPair) -> None:
    peer = both.at_emsp
    async with calling(both.pair.emsp, both.pair.cpo, both.pair.at_cpo) as as_cpo:
        url = f"{both.pair.emsp.base_url}/2.3.0/receiver/bookings/NL/CPO/B1"
        assert [(await as_cpo("PUT", url, booking())).status_code for _ in range(2)] == [201, 200]
    news = {"reservation_status": "NO_SHOW", "last_updated": NEWER}
    await peer.patch_booking("NL", "CPO", "B1", text(news))
    late = booking(last_updated="2026-01-01T11:00:00Z")
    await peer.put_booking("NL", "CPO", "B1", text(late))
    assert (await peer.get_stored_booking("NL", "CPO", "B1")).reservation_status == "NO_SHOW"
    with pytest.raises(InvalidParameters):
        await peer.put_booking("NL", "CPO", "B2", text(booking()))


async def test_places_are_listed_by_what_is_free(both: BookingPair) -> None:
    calendars = {"MORNING": free("08:00", "12:00"), "NOON": free("12:00", "14:00")}
    for uid, each in calendars.items():
        await both.cpo.bookings.publisher.place(text(place(uid, calendars=[each])))
    await both.cpo.bookings.publisher.place(text(place("NEVER", calendars=[])))
    assert await names(both) == ["MORNING", "NOON", "NEVER"]
    assert await names(both, timeslot_from=at(11)) == ["MORNING", "NOON"]
    assert await names(both, timeslot_from=at(12)) == ["NOON"]
    assert await names(both, timeslot_to=at(12)) == ["MORNING"]
    assert await names(both, timeslot_from=at(13), timeslot_to=at(15)) == ["NOON"]
    assert await names(both, timeslot_from=at(14)) == []


async def test_a_list_by_what_is_free_has_pages(both: BookingPair) -> None:
    own = OwnObjectWriter(both.cpo.parts.store, frozenset({CPO.id}))
    for number in range(450):
        one = free("08:00", "09:00") if number % 3 else free("10:00", "11:00")
        raw = msgspec.json.encode(place(f"BL{number}", calendars=[one]))
        await own.put("booking_locations", raw, "2.3.0")
    wanted = [f"BL{number}" for number in range(450) if number % 3]
    query: dict[str, Any] = {"timeslot_to": at(9), "date_from": datetime(2020, 1, 1, tzinfo=UTC)}
    pages = [page async for page in both.at_cpo.get_booking_locations(limit=70, **query).pages()]
    assert [each.id for page in pages for each in page.items] == wanted
    assert {page.total for page in pages} == {300}
    assert len(pages) == 5
    offset = [each async for each in both.at_cpo.get_booking_locations(offset=295, **query)]
    assert [each.id for each in offset] == wanted[295:]
