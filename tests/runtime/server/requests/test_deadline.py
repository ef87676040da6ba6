"""Work within its time, with and without waiting."""

import asyncio

import pytest

from ocpi_runtime.server._requests.deadline import DeadlineExceeded, within


async def _work(pause: float | None, error: Exception | None = None) -> str:
    if pause is not None:
        await asyncio.sleep(pause)
        await asyncio.sleep(pause)
    if error is not None:
        raise error
    return "done"


@pytest.mark.parametrize("pause", [None, 0, 0.001])
async def test_the_result_is_returned(pause: float | None) -> None:
    assert await within(5, _work(pause)) == "done"


@pytest.mark.parametrize("pause", [None, 0, 0.001])
@pytest.mark.parametrize("error", [ValueError("wrong"), TimeoutError("of its own")])
async def test_an_error_is_passed_on(pause: float | None, error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)):
        await within(5, _work(pause, error))


async def test_work_that_takes_too_long_is_cancelled_where_it_waits() -> None:
    ended = []

    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            ended.append("cleaned up")

    with pytest.raises(DeadlineExceeded):
        await within(0.01, slow())
    assert ended == ["cleaned up"]


async def test_a_cancelled_caller_cancels_the_work() -> None:
    seen = []

    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    task = asyncio.create_task(within(60, slow()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["cancelled"]


async def test_work_may_catch_the_error_of_what_it_waits_for() -> None:
    failing: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def careful() -> str:
        try:
            await failing
        except ValueError:
            await asyncio.sleep(0)
        return "recovered"

    asyncio.get_running_loop().call_soon(failing.set_exception, ValueError())
    assert await within(5, careful()) == "recovered"


async def test_a_caller_that_is_cancelled_when_the_time_is_over_stays_cancelled() -> None:
    async def slow() -> None:
        await asyncio.sleep(60)

    task = asyncio.create_task(within(0, slow()))
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0, task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_time_spent_waiting_is_not_counted_as_work() -> None:
    calls: list[str] = []

    class Counting:
        def wait(self) -> None:
            calls.append("wait")

        def resume(self) -> None:
            calls.append("resume")

    assert await within(5, _work(0.001), Counting()) == "done"
    assert calls == ["wait", "resume", "wait", "resume"]
