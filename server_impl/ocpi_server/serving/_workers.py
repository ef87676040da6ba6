"""Several processes that serve one socket: started, watched and stopped together."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Final, NoReturn

__all__ = ["NOT_STARTED", "run_workers"]

log = logging.getLogger("ocpi_server.serving.workers")

NOT_STARTED: Final = 3
"""The exit code of a worker that could not start to serve: no other one could."""
_PAUSE_SECONDS: Final = 1.0
"""Delay before a worker that ended within this time after its start is replaced."""

Serve = Callable[[int], int]


def run_workers(count: int, serve: Serve) -> int:
    """Run processes until SIGTERM or SIGINT, and replace those that end by themselves.

    Args:
        count: How many.
        serve: Serves in the process of a worker until SIGTERM; given the number of the worker,
            from 0, it returns the exit code.

    Returns:
        The exit code for this process: 1 where a worker could not begin to serve.

    Raises:
        KeyboardInterrupt: It was stopped by Ctrl-C, and all workers have ended.
    """
    return _Workers(count, serve).run()


class _Workers:
    def __init__(self, count: int, serve: Serve) -> None:
        self._count, self._serve = count, serve
        self._pids: dict[int, int] = {}
        self._begun: dict[int, float] = {}
        self._stopped_by: int | None = None
        self._failed = False
        # Closed with this process, however it ends: the workers see that and end too.
        self._alive, self._end = os.pipe()

    def run(self) -> int:
        before = {each: signal.signal(each, self._stop) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            for number in range(self._count):
                self._start(number)
            while self._pids:
                self._wait()
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
            os.close(self._alive)
            os.close(self._end)
        if self._stopped_by == signal.SIGINT:
            raise KeyboardInterrupt
        return int(self._failed)

    def _stop(self, sent: int, _frame: FrameType | None) -> None:
        if self._stopped_by is None:
            self._stopped_by = sent
        for pid in self._pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def _start(self, number: int) -> None:
        # A signal that comes in between is seen by both processes afterwards.
        handled = {signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, handled)
        pid = os.fork()
        if pid == 0:
            self._work(number, handled)
        self._pids[pid], self._begun[pid] = number, time.monotonic()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, handled)
        log.info("worker %d is process %d", number, pid)

    def _work(self, number: int, handled: set[signal.Signals]) -> NoReturn:
        """Serve, in a process of its own."""
        code = NOT_STARTED
        try:
            # Ctrl-C is for the process that started this one; it passes it on.
            os.setpgid(0, 0)
            for each in handled:
                signal.signal(each, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, handled)
            os.close(self._end)
            threading.Thread(target=_end_with, args=(self._alive,), daemon=True).start()
            code = self._serve(number)
        except BaseException:
            log.exception("worker %d failed", number)
        finally:
            logging.shutdown()
            os._exit(code)

    def _wait(self) -> None:
        """Wait until a worker ends, and start another one in its place."""
        pid, status = os.waitpid(-1, 0)
        number, begun = self._pids.pop(pid, None), self._begun.pop(pid, 0.0)
        if number is None or self._stopped_by is not None:
            return
        code = os.waitstatus_to_exitcode(status)
        if code == NOT_STARTED:
            self._failed = True
            self._stop(signal.SIGTERM, None)
            return
        log.error("worker %d ended with %d and is started again", number, code)
        time.sleep(max(0.0, _PAUSE_SECONDS - (time.monotonic() - begun)))
        if self._stopped_by is None:
            self._start(number)


def _end_with(pipe: int) -> None:
    """End this process like at SIGTERM once the one that started it is gone."""
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGTERM)
