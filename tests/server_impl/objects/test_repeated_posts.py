"""Requests that create something, repeated because the answer was lost: once is enough."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.errors import GenericClientError
from ocpi_server.store import Key
from tests.server_impl.booked import BookingPair, booked, text
from tests.server_impl.modules.test_payments import PTP, client
from tests.server_impl.pair import CPO, EMSP, Caller, Pair, introduce, served, token
from tests.server_impl.reading import accepted, put
from tests.server_impl.samples import cdr, terms, wish

STAMP = "2026-01-01T10:00:00Z"
CANCELED = {"cancellation_reason": "TRAFFIC", "who_canceled": "EMSP"}


@pytest_asyncio.fixture(loop_scope="session")
async def both(tmp_path: Path) -> AsyncIterator[BookingPair]:
    async with booked(tmp_path) as made:
        yield made


async def test_a_cdr_is_found_again_after_its_token_is_gone(pair: Pair, as_cpo: Caller) -> None:
    url = pair.emsp.url("receiver", "cdrs")
    await put(pair.emsp, "tokens", token(), token("TOKEN2", contract_id="DE-MSP-C00000002-1"))
    first = await as_cpo("POST", url, cdr())
    assert first.status_code == 201
    await pair.emsp.platform.parts.store.remove(Key.of("tokens", EMSP.id, "TOKEN1", "RFID"))
    again = await as_cpo("POST", url, cdr())
    assert (again.status_code, again.headers["location"]) == (201, first.headers["location"])
    changed = await as_cpo("POST", url, cdr(remark="changed"))
    assert (changed.status_code, changed.json()["status_code"]) == (200, 2000)
    assert (await as_cpo("POST", url, cdr("CDR2"))).json()["status_code"] == 2004


@pytest.mark.parametrize(
    ("first", "second", "equal"),
    [
        (b"0.3", b"0.3", True),
        (b"0.3", b"0.30", True),
        (b"3", b"3.0", True),
        (b"0.3", b"0.30000000000000001", False),
        (b"12345678901234567.1", b"12345678901234567.2", False),
    ],
)
async def test_cdrs_are_compared_by_exact_numbers(
    pair: Pair, as_cpo: Caller, first: bytes, second: bytes, *, equal: bool
) -> None:
    url = pair.emsp.url("receiver", "cdrs")
    marked = msgspec.json.encode(cdr(total_energy=777))
    statuses = []
    async with httpx2.AsyncClient(headers=as_cpo.headers, timeout=60) as http:
        for number in (first, second):
            body = marked.replace(b'"total_energy":777', b'"total_energy":' + number)
            answer = await http.post(
                url, content=body, headers={"Content-Type": "application/json"}
            )
            statuses.append(answer.json()["status_code"])
    assert statuses == [1000, 1000 if equal else 2000]


async def test_a_booking_request_is_noted_once(both: BookingPair) -> None:
    await both.put("E1")
    for request in (wish(), wish(start="09:30", end="10:30"), wish(canceled=CANCELED)):
        first = await both.at_cpo.post_booking_request(text(request))
        listed = len(first.booking_requests)
        await both.cpo.settled()
        turned = dict(reversed(request.items()))
        again = await both.at_cpo.post_booking_request(text(turned))
        assert (again.id, len(again.booking_requests)) == (first.id, listed)
        await both.cpo.settled()
    (known,) = [each async for each in both.at_cpo.get_bookings()]
    assert [each.request_status for each in known.booking_requests] == ["ACCEPTED"] * 3
    with pytest.raises(GenericClientError, match="CANCELED"):
        await both.at_cpo.post_booking_request(text(wish()))


async def test_a_rejected_booking_is_answered_again(both: BookingPair) -> None:
    await both.put("E1")
    await both.book(wish("A"))
    first = await both.book(wish("B"))
    assert first["reservation_status"] == "REJECTED"
    assert await both.book(wish("B")) == first


async def test_a_declined_change_is_asked_for_again_only_later(both: BookingPair) -> None:
    await both.put("E1", booking_terms=terms(change_until_minutes=0))
    other = wish("OTHER", "11:00", "12:00")
    await both.book(other)
    await both.book(wish())
    change = wish(start="10:30", end="11:30")
    statuses = ["ACCEPTED", "DECLINED"]
    for _ in range(2):
        booking = await both.book(change)
        assert [each["request_status"] for each in booking["booking_requests"]] == statuses
    await both.book({**other, "canceled": CANCELED})
    both.clock.at("00:15")
    booking = await both.book(change)
    answered = [each["request_status"] for each in booking["booking_requests"]]
    assert answered == [*statuses, "ACCEPTED"]


async def test_a_terminal_is_activated_once(tmp_path: Path) -> None:
    async with (
        served(tmp_path / "cpo", CPO, versions=("2.3.0",)) as cpo,
        served(tmp_path / "ptp", PTP, versions=("2.3.0",)) as ptp,
    ):
        pay = await introduce(cpo, ptp)
        peer = client(cpo, pay.at_cpo)
        wanted: dict[str, Any] = {"location_ids": ["LOC1"], "last_updated": STAMP}
        for body in (wanted, dict(reversed(wanted.items()))):
            await peer.post_activate_terminal(text(body))
        (made,) = [each async for each in peer.get_terminals()]
        # What became of it since then stays.
        await peer.patch_terminal(made.terminal_id, text({"location_ids": ["LOC2"]}))
        await peer.post_activate_terminal(text(wanted))
        await ptp.platform.settled()
        (known,) = [each async for each in peer.get_terminals()]
        assert (known.terminal_id, known.location_ids) == (made.terminal_id, ["LOC2"])
        assert len(await accepted(cpo, "terminals", pay.at_cpo.id)) == 1
        await peer.post_activate_terminal(text({**wanted, "reference": "SERIAL-2"}))
        assert len([each async for each in peer.get_terminals()]) == 2
