"""Work on another thread, waited for in steps."""

import threading
import time
from functools import partial

import pytest

from ocpi_runtime._steps import in_thread, run, run_paced


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
