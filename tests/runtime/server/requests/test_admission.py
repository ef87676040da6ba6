"""What one partner may hold open, and how fast it may be."""

import asyncio
import base64
import time
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from ocpi_runtime._wire.error_lookup import error_for
from ocpi_runtime.errors import TooManyRequests
from ocpi_runtime.server import Context, Limits, Partner, create_app
from ocpi_runtime.server._requests.admission import Admission
from tests.runtime.server.memory import Receiver, Sender

LIST = "/ocpi/2.2.1/sender/locations"


async def named(candidates: Sequence[str]) -> Partner | None:
    return Partner(candidates[0])


def calling(sender: Sender, limits: Limits) -> httpx2.AsyncClient:
    app = create_app(
        [sender, Receiver()], authenticate=named, base_url="http://x/ocpi", limits=limits
    )
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://x")


def as_partner(name: str) -> dict[str, str]:
    return {"Authorization": f"Token {base64.b64encode(name.encode()).decode()}"}


async def test_who_holds_requests_open_is_refused_more_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sender, gate = Sender(), asyncio.Event()
    answer = sender.get_locations

    async def late(*arguments: Any) -> Any:
        await gate.wait()
        return await answer(*arguments)

    monkeypatch.setattr(sender, "get_locations", late)
    async with calling(sender, Limits(partner_requests=3)) as http:
        held = [asyncio.create_task(http.get(LIST, headers=as_partner("greedy"))) for _ in range(3)]
        await asyncio.sleep(0.05)
        refused = await http.get(LIST, headers=as_partner("greedy"))
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["status_code"] == 2000
        other = await http.get("/ocpi/versions", headers=as_partner("other"))
        assert other.status_code == 200
        gate.set()
        assert {each.status_code for each in await asyncio.gather(*held)} == {200}
        assert (await http.get(LIST, headers=as_partner("greedy"))).status_code == 200


async def test_slow_requests_of_one_partner_let_others_go_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sender = Sender()
    answer = sender.get_locations
    order: list[str] = []

    async def slow(context: Context, *arguments: Any) -> Any:
        order.append(context.partner.id)
        await asyncio.sleep(0)
        time.sleep(0.03)  # noqa: ASYNC251 - work that holds the event loop is what this is about
        return await answer(context, *arguments)

    monkeypatch.setattr(sender, "get_locations", slow)
    async with calling(sender, Limits()) as http:
        names = ["greedy"] * 20 + ["other"]
        await asyncio.gather(*(http.get(LIST, headers=as_partner(name)) for name in names))
    assert len(order) == 21
    assert order.index("other") < 10


async def test_a_request_of_many_steps_ends_between_slow_ones_of_another_partner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sender = Sender()
    answer = sender.get_locations
    ended: list[str] = []

    async def work(context: Context, *arguments: Any) -> Any:
        if context.partner.id == "greedy":
            await asyncio.sleep(0)
            time.sleep(0.03)  # noqa: ASYNC251 - work that holds the event loop
        else:
            for _ in range(10):
                await asyncio.sleep(0)
        ended.append(context.partner.id)
        return await answer(context, *arguments)

    monkeypatch.setattr(sender, "get_locations", work)
    async with calling(sender, Limits()) as http:
        names = ["greedy"] * 24 + ["other"]
        await asyncio.gather(*(http.get(LIST, headers=as_partner(name)) for name in names))
    assert len(ended) == 25
    assert ended.index("other") < 16


async def test_refused_requests_are_not_counted_for_ever() -> None:
    async with calling(Sender(), Limits(partner_requests=1)) as http:
        for path in ("/nowhere", f"{LIST}/NONE", f"{LIST}/BUG", f"{LIST}?limit=x", LIST):
            answer = await http.get(path, headers=as_partner("clumsy"))
            assert answer.status_code != 429


async def test_a_rate_is_answered_with_when_to_come_back() -> None:
    async with calling(Sender(), Limits(partner_rate=0.25)) as http:
        assert (await http.get(LIST, headers=as_partner("fast"))).status_code == 200
        refused = await http.get(LIST, headers=as_partner("fast"))
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "4")
        assert (await http.get(LIST, headers=as_partner("other"))).status_code == 200


async def test_a_rate_is_kept_over_time() -> None:
    now = [100.0]
    admission = Admission(Limits(partner_rate=5.0), lambda: now[0])
    taken = 0
    for _ in range(1000):
        now[0] += 0.01
        try:
            admitted = await admission.enter("one")
        except TooManyRequests:
            continue
        admitted.leave()
        taken += 1
    assert 50 <= taken <= 55


@pytest.mark.parametrize("status", [429])
def test_a_client_raises_what_the_server_means(status: int) -> None:
    assert isinstance(error_for(status, 2000, "slow down"), TooManyRequests)


async def test_a_partner_whose_requests_wait_for_the_disk_is_not_paused() -> None:
    now = [100.0]
    admission = Admission(Limits(), lambda: now[0])
    admitted = await admission.enter("one")
    admitted.wait()
    now[0] += 5
    admitted.resume()
    admitted.leave()
    async with asyncio.timeout(0):
        (await admission.enter("one")).leave()


async def test_a_partner_whose_requests_take_long_is_paused() -> None:
    now = [100.0]
    admission = Admission(Limits(), lambda: now[0])
    admitted = await admission.enter("one")
    now[0] += 5
    admitted.wait()
    admitted.resume()
    admitted.leave()
    entering = asyncio.create_task(admission.enter("one"))
    await asyncio.sleep(0)
    assert not entering.done()
    (await entering).leave()
