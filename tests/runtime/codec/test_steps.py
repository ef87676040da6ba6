"""Work on another thread, waited for in steps."""

import asyncio
import threading
import time
from functools import partial

import pytest

from ocpi_runtime._codec.steps import SLICE, Steps, in_thread, run, run_paced


def _slowly(result: str) -> str:
    time.sleep(0.02)
    return result


def test_work_is_done_on_another_thread() -> None:
    assert run(in_thread(threading.get_ident)) != threading.get_ident()


async def test_an_event_loop_waits_in_steps() -> None:
    assert await run_paced(in_thread(partial(_slowly, "done"))) == "done"


@pytest.mark.parametrize("error", [ValueError("wrong"), TimeoutError("of its own")])
def test_an_error_of_the_work_is_raised(error: Exception) -> None:
    def work() -> None:
        raise error

    with pytest.raises(type(error), match=str(error)):
        run(in_thread(work))


def _heavy(steps: int, turns: list[int]) -> Steps[list[int]]:
    """Take a slice of time in each step, and note how many turns another task had before it."""
    noted: list[int] = []
    for _ in range(steps):
        noted.append(len(turns))
        time.sleep(SLICE * 1.1)
        yield
    return noted


async def test_a_task_behind_a_timer_has_its_turn_after_each_slice() -> None:
    turns: list[int] = []

    async def other() -> None:
        while True:
            await asyncio.sleep(0.001)
            turns.append(1)

    task = asyncio.create_task(other())
    noted = await run_paced(_heavy(5, turns))
    task.cancel()
    assert noted == [0, 0, 1, 2, 3]
