"""How bookings end, and what happens to them while they are decided."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import AsyncMock

import httpx2
import msgspec
import pytest

from ocpi_runtime.errors import (
    GenericClientError,
    NotFound,
    ProtocolError,
)
from ocpi_server.modules.bookings._agendas import Agendas, ReservedPeriod, Site
from ocpi_server.modules.bookings._json_text import BookingUpdate
from ocpi_server.modules.bookings._own_bookings import OwnBookings
from tests.server_impl.booked import BookingPair, states, text
from tests.server_impl.modules.test_bookings import REJECTED, RESERVED, WITH_POWER
from tests.server_impl.pair import CPO, calling, token
from tests.server_impl.samples import calendar, terms, wish


async def test_a_session_fulfils_a_booking(both: BookingPair) -> None:
    await both.put("E1", booking_terms=terms(early_start_allowed=True, early_start_time=10))
    made = await both.book(wish())
    both.clock.at("08:30")
    card = text(token())
    await both.emsp.put_own("tokens", card)
    more = {"evse_uid": "E1", "connector_id": "1"}
    asked = (both.pair.at_emsp, card, "LOC1")
    await both.emsp.start_session(*asked, authorization_reference="ELSE", **more)
    assert (await both.stored(made["id"])).reservation_status == "RESERVED"
    for session in await sessions(both):
        await both.cpo.end_session(session)
    both.clock.at("08:50")
    await both.emsp.start_session(*asked, authorization_reference="ref-req1", **more)
    assert (await both.stored(made["id"])).reservation_status == "FULFILLED"
    both.clock.at("09:40")
    assert states(await both.book(wish("B", "09:45", "09:50"))) == REJECTED  # still charging
    assert states(await both.book(wish("C", "10:00", "10:30"))) == RESERVED


async def test_an_evse_is_kept_for_who_booked_it(both: BookingPair) -> None:
    await both.put("E1", "E2")
    made = await both.book(wish(booking_option={"evse_uid": "E1"}))
    both.clock.at("09:05")
    card = text(token())
    await both.emsp.put_own("tokens", card)
    start = both.emsp.start_session
    asked = (both.pair.at_emsp, card, "LOC1")
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
    command = both.emsp.requests.command
    found = await command(both.pair.at_emsp, "RESERVE_NOW", reserve)
    assert found.outcome == "EVSE_OCCUPIED"
    done = await start(*asked, authorization_reference=made["authorization_reference"])
    assert done.outcome == "ACCEPTED"
    assert (await both.stored(made["id"])).reservation_status == "FULFILLED"


async def sessions(both: BookingPair) -> list[str]:
    peer = both.emsp.clients.peer(both.pair.at_emsp)
    since = datetime(2020, 1, 1, tzinfo=UTC)
    return [each.id async for each in peer.sessions.get_sessions(date_from=since)]


async def test_a_driver_who_does_not_come_is_a_no_show(both: BookingPair) -> None:
    await both.put("E1", booking_terms=terms(noshow_timeout=15))
    made = await both.book(wish())
    both.clock.at("09:15")
    assert await both.cpo.bookings.lifecycle.lapse() == 0
    both.clock.at("09:16")
    assert states(await both.book(wish("B", "09:30", "10:00"))) == RESERVED
    await both.cpo.bookings.lifecycle.lapse()
    assert (await both.stored(made["id"])).reservation_status == "NO_SHOW"
    assert await both.cpo.bookings.lifecycle.lapse() == 0


async def test_a_no_show_that_fails_half_way_is_ended_by_the_next_run(
    both: BookingPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    await both.put("E1", booking_terms=terms(noshow_timeout=15))
    made = await both.book(wish())
    both.clock.at("09:16")
    with monkeypatch.context() as broken:
        broken.setattr(OwnBookings, "put", AsyncMock(side_effect=OSError))
        with pytest.raises(OSError, match=r"^$"):
            await both.cpo.bookings.lifecycle.lapse()
    assert await both.cpo.bookings.lifecycle.lapse() == 1
    assert (await both.stored(made["id"])).reservation_status == "NO_SHOW"


async def test_a_cpo_cancels_a_booking(both: BookingPair) -> None:
    await both.put("E1")
    made = await both.book(wish())
    await both.cpo.bookings.lifecycle.cancel(CPO.id, made["id"], "BROKEN_CHARGER")
    known = await both.stored(made["id"])
    assert (known.reservation_status, known.canceled.who_canceled) == ("CANCELED", "CPO")
    with pytest.raises(GenericClientError):
        await both.cpo.bookings.lifecycle.cancel(CPO.id, made["id"], "FULL")
    with pytest.raises(NotFound):
        await both.cpo.bookings.lifecycle.cancel(CPO.id, "NONE", "FULL")
    assert states(await both.book(wish("B"))) == RESERVED


@pytest.mark.parametrize("before", [True, False])
async def test_what_is_canceled_while_it_is_decided_stays_canceled(
    both: BookingPair, monkeypatch: pytest.MonkeyPatch, *, before: bool
) -> None:
    await both.put("E1")
    book = Agendas.book

    async def interrupted(
        self: Agendas, site: Site, wish: ReservedPeriod, *rest: Any, **more: Any
    ) -> Any:
        kept = None if before else await book(self, site, wish, *rest, **more)
        await both.cpo.bookings.lifecycle.cancel(CPO.id, wish.booking, "FULL")
        return await book(self, site, wish, *rest, **more) if before else kept

    with monkeypatch.context() as patch:
        patch.setattr(Agendas, "book", interrupted)
        booking = await both.book(wish())
    known = await both.stored(booking["id"])
    assert known.reservation_status == "CANCELED"
    assert [each.request_status for each in known.booking_requests] == ["DECLINED"]
    assert states(await both.book(wish("B"))) == RESERVED


async def test_a_request_is_decided_once(
    both: BookingPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    await both.put("E1")
    book, kept = Agendas.book, both.cpo.bookings.requests._book  # noqa: SLF001 - as another process

    async def overtaken(
        self: Agendas, site: Site, wish: ReservedPeriod, *rest: Any, **more: Any
    ) -> Any:
        news = BookingUpdate(status="REJECTED", decided=(0, "DECLINED"))
        await kept.put(kept.key(CPO.id, wish.booking), news)
        return await book(self, site, wish, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Agendas, "book", overtaken)
        assert states(await both.book(wish())) == REJECTED
    await both.cpo.settled()
    assert states(await both.book(wish("B"))) == RESERVED


async def test_a_booking_of_somebody_else_is_no_answer(
    both: BookingPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    await both.put("E1")
    post = both.cpo.bookings.requests.post

    async def foreign(*request: Any) -> Any:
        return text({**msgspec.json.decode(await post(*request)), "party_id": "XXX"})

    monkeypatch.setattr(both.cpo.bookings.requests, "post", foreign)
    with pytest.raises(ProtocolError, match="NL-XXX"):
        await both.book(wish())


async def test_what_fails_is_reported(both: BookingPair, monkeypatch: pytest.MonkeyPatch) -> None:
    await both.put("E1")

    def broken(*_: Any) -> str:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("ocpi_server.modules.bookings._rules.hindrance", broken)
        assert states(await both.book(wish())) == ("FAILED", ["FAILED"])
    await both.book(wish("B"))
    with monkeypatch.context() as patch:
        patch.setattr("ocpi_server.modules.bookings._rules.hindrance", broken)
        booking = await both.book(wish("B", "10:00", "11:00"))
    assert states(booking) == ("RESERVED", ["ACCEPTED", "FAILED"])


async def test_what_was_left_undecided_is_decided_after_a_restart(
    both: BookingPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    await both.put("E1")

    async def killed(*_: Any) -> None:
        pass

    with monkeypatch.context() as patch:
        patch.setattr(both.cpo.bookings.requests, "decide", killed)
        made = await both.at_cpo.post_booking_request(text(wish()))
    await both.cpo.bookings.requests.resume()
    assert (await both.stored(made.id)).reservation_status == "RESERVED"


async def test_numbers_of_any_length_do_no_harm(both: BookingPair) -> None:
    await both.put("E1", calendars=[calendar(available_timeslots=[WITH_POWER])])
    odd = b'"x_note":' + b"9" * 500
    option = b',"booking_option":{"evse_uid":"E1",' + odd + b"}"
    ended = b',"canceled":{"cancellation_reason":"TRAFFIC","who_canceled":"EMSP",' + odd + b"}"
    plain = text(wish())[:-1] + option
    assert await sent(both, plain + b"}") == "RESERVED"
    assert await sent(both, plain + ended + b"}") == "CANCELED"
    strong = text(wish("STRONG"))[:-1] + b',"power_required":' + b"9" * 500 + b"," + odd + b"}"
    assert await sent(both, strong) == "REJECTED"


async def sent(both: BookingPair, raw: bytes) -> str:
    """Send a request as it is, and return the state of the booking that was changed last."""
    pair = both.pair
    async with (
        calling(pair.cpo, pair.emsp, pair.at_emsp) as caller,
        httpx2.AsyncClient(timeout=60) as http,
    ):
        headers = {**caller.headers, "Content-Type": "application/json"}
        url = f"{pair.cpo.base_url}/2.3.0/sender/bookings"
        answer = await http.post(url, content=raw, headers=headers)
        assert (answer.status_code, b"9" * 500 in answer.content) == (200, True), answer.text
        await both.cpo.settled()
        listed = (await http.get(url, headers=headers)).content
    return str(msgspec.json.decode(listed, type=_Listed).data[-1].reservation_status)


class _One(msgspec.Struct):
    reservation_status: str


class _Listed(msgspec.Struct):
    data: list[_One]


async def test_a_booking_has_not_more_requests_than_a_driver_makes(both: BookingPair) -> None:
    await both.put("E1")
    for number in range(50):
        await both.at_cpo.post_booking_request(text(wish(x_note=number)))
    with pytest.raises(GenericClientError):
        await both.at_cpo.post_booking_request(text(wish()))
    await both.cpo.settled()
    (listed,) = [each async for each in both.at_cpo.get_bookings()]
    assert len(listed.booking_requests) == 50


async def test_a_pulled_booking_is_kept(both: BookingPair) -> None:
    await both.put("E1")
    await both.book(wish())
    assert await both.emsp.bookings.user.pull(both.pair.at_emsp) == 2
