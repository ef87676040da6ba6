"""Ctrl-C during a run of the fuzzer.

schemathesis turns a KeyboardInterrupt into an event and goes on waiting for its threads. So the run
is in a thread of its own, to which no signal comes, and the main thread only waits.
"""

from collections.abc import Callable
from threading import Thread
from typing import Final

from ocpi_conformance.fuzz._result import FuzzResult
from ocpi_conformance.fuzz._run import Fuzzing

__all__ = ["run_interruptibly"]

_LOOK_SECONDS: Final = 0.1
_GRACE_SECONDS: Final = 0.5


def run_interruptibly(
    fuzzing: Fuzzing, *, is_over: Callable[[], bool] = lambda: False
) -> tuple[FuzzResult, bool]:
    """Run the fuzzer until it ends, or until Ctrl-C.

    Args:
        fuzzing: The run.
        is_over: Asked several times per second; true ends the run like Ctrl-C.

    Returns:
        The report, and whether the run was interrupted: then it has what was found so far. A
        request that was not answered by then is left to a thread that ends with the process.
    """
    results: list[FuzzResult] = []
    errors: list[BaseException] = []
    thread = Thread(target=_run, args=(fuzzing, results, errors), daemon=True)
    thread.start()
    try:
        while thread.is_alive() and not is_over():
            thread.join(_LOOK_SECONDS)
        interrupted = thread.is_alive()
    except KeyboardInterrupt:
        interrupted = True
    if interrupted:
        fuzzing.stop()
        thread.join(_GRACE_SECONDS)
        return fuzzing.report(), True
    if errors:
        raise errors[0]
    return results[0], False


def _run(fuzzing: Fuzzing, results: list[FuzzResult], errors: list[BaseException]) -> None:
    try:
        results.append(fuzzing.run())
    except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
        errors.append(error)
