"""A partner that does not answer fills its own share of the background, and nobody else's."""

import asyncio
import logging
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from ocpi_runtime.errors import TooManyRequests
from ocpi_server import OwnParty
from ocpi_server._background import Background
from ocpi_server.sync._pauses import pause
from tests.server_impl.async_requests.test_result_delivery import (
    ResponseUrl,
    listening,
    send_commands,
)
from tests.server_impl.booked import BookingPair, ManualClock, bookings, text
from tests.server_impl.charging import with_location
from tests.server_impl.modules.test_payments import PTP, client
from tests.server_impl.pair import CPO, EMSP, Pair, Served, introduce, paired, served
from tests.server_impl.reading import accepted, put
from tests.server_impl.samples import session, terminal, wish

OTHER = OwnParty("FR", "OTH", "EMSP", "Other Mobility")


class Silent:
    """Does not answer requests of one method to one place until it is allowed to.

    Args:
        method: The method.
        place: A pattern that the path must contain.
    """

    def __init__(self, method: str, place: str) -> None:
        self._method, self._place = method, re.compile(place)
        self.end = asyncio.Event()
        self.count = 0

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """Wrap an application."""

        async def asked(scope: Scope, receive: Receive, send: Send) -> None:
            if scope.get("method") == self._method and self._place.search(scope["path"]):
                self.count += 1
                await self.end.wait()
            await app(scope, receive, send)

        return asked


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return the next platforms a small background."""

    def set_bounds(**bounds: int) -> None:
        monkeypatch.setattr("ocpi_server._platform.Background", partial(Background, **bounds))

    return set_bounds


async def test_bookings_of_others_are_taken_while_one_does_not_answer(tmp_path: Path) -> None:
    silent, clock = Silent("PUT", "/bookings/NL/CPO/[^/]+$"), ManualClock()
    versions = ("2.3.0",)
    async with (
        served(tmp_path / "cpo", CPO, versions=versions, clock=clock) as cpo,
        served(tmp_path / "emsp", EMSP, versions=versions, wrap=silent.wrap) as emsp,
        served(tmp_path / "other", OTHER, versions=versions) as second,
    ):
        slow = BookingPair(await introduce(cpo, emsp), clock)
        others = (await introduce(cpo, second)).at_emsp
        await slow.put("E1", "E2", "E3")
        made = [await slow.at_cpo.post_booking_request(text(wish(f"R{at}"))) for at in range(2)]
        await bookings(second, others).post_booking_request(text(wish("R1", emsp=OTHER)))
        await until_pushed(second, "bookings", others.id)
        await cpo.platform.bookings.lifecycle.cancel(CPO.id, made[0].id, "FULL")
        silent.end.set()
        await cpo.platform.retry_pushes()
        await cpo.platform.settled()
        wanted = {made[0].id: "CANCELED", made[1].id: "RESERVED"}
        listed = {each.id: each.reservation_status async for each in slow.at_cpo.get_bookings()}
        assert listed == wanted
        there = [await slow.at_emsp.get_stored_booking(*CPO.id, each.id) for each in made]
        assert {each.id: each.reservation_status for each in there} == wanted


async def until_pushed(at: Served, module: str, source: str) -> None:
    """Wait until a platform has an object that a partner pushed."""
    for _ in range(6000):
        if await accepted(at, module, source):
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"nothing was pushed to {module}")


async def test_terminals_of_others_are_pushed_while_one_takes_none(tmp_path: Path) -> None:
    silent = Silent("POST", "/receiver/payments/terminals")
    versions = ("2.3.0",)
    second = OwnParty("BE", "RIV", "CPO", "Another operator")
    async with (
        served(tmp_path / "ptp", PTP, versions=versions) as ptp,
        served(tmp_path / "cpo", CPO, versions=versions, wrap=silent.wrap) as cpo,
        served(tmp_path / "second", second, versions=versions) as other,
    ):
        slow = client(cpo, (await introduce(ptp, cpo)).at_emsp)
        others = (await introduce(ptp, other)).at_emsp
        for number in range(3):
            await slow.post_activate_terminal(text(terminal(f"T{number}")))
        await client(other, others).post_activate_terminal(text(terminal("P1")))
        await until_pushed(other, "terminals", others.id)
        silent.end.set()
        await ptp.platform.settled()
        assert silent.count == 3
        assert [each.terminal_id async for each in slow.get_terminals()] == ["T0", "T1", "T2"]


@pytest.mark.one_node(reason="pending results are bounded in each process")
async def test_the_bytes_of_pending_results_are_bounded(
    tmp_path: Path, small: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    small(bytes_of_one=2000)
    monkeypatch.setattr("ocpi_server.async_requests.results._ATTEMPT_SECONDS", 60.0)
    target = ResponseUrl(silent=True)
    async with (
        paired(tmp_path, command_timeout=600.0) as pair,
        served(tmp_path / "other", OTHER) as other,
        listening(target) as silent,
    ):
        others = await introduce(pair.cpo, other, "other")
        await with_location(pair)
        answers = await send_commands(pair, silent, 8)
        assert answers.count("ACCEPTED") == answers.index("REJECTED")
        assert 2 <= answers.count("ACCEPTED") <= 6
        assert await send_commands(others, silent, 1) == ["ACCEPTED"]


async def test_a_result_for_which_there_is_no_room_is_that_of_a_failure(
    tmp_path: Path, small: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    small(bytes_of_one=100)
    async with paired(tmp_path) as pair:
        await put(pair.cpo, "sessions", session())
        asked = pair.emsp.platform.requests.active_profile(pair.at_emsp, "S1", 900)
        with caplog.at_level(logging.WARNING, "ocpi_server.results"):
            done = await asked
    assert (done.response, done.outcome) == ("ACCEPTED", "REJECTED")
    assert "too many results are pending" in caplog.text


async def test_one_silent_attempt_leaves_time_for_the_next(
    own_pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = "ocpi_server.async_requests.results._ATTEMPT_SECONDS"
    monkeypatch.setattr(limit, 1.0)
    await with_location(own_pair)
    target = ResponseUrl(silent=True)
    async with listening(target) as url:
        assert await send_commands(own_pair, url, 1) == ["ACCEPTED"]
        await until_sent(target)
        target.silent = False
        monkeypatch.setattr(limit, 60.0)
        await own_pair.cpo.platform.settled()
    assert len(target.results) == 2


async def until_sent(target: ResponseUrl) -> None:
    """Wait until a result has come once."""
    for _ in range(6000):
        if target.results:
            return
        await asyncio.sleep(0.01)
    pytest.fail("no result was sent")


@pytest.mark.parametrize(("asked", "waited"), [(600, 600), (999_999_999, 86_400)])
def test_a_partner_is_tried_again_after_a_day_whatever_it_asks_for(asked: int, waited: int) -> None:
    error = TooManyRequests("Wait.", retry_after=asked)
    assert pause(1, 300, error) == waited
