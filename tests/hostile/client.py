"""Gives hostile answers to the client and watches how its event loop fares."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from tests.hostile.answers import CALLS, Answer, answer_of
from tests.hostile.report import Report, Result
from tests.hostile.samples import sample
from tests.hostile.server import asked, started

__all__ = ["attack_client"]

_SECONDS: Final = 30.0


def attack_client(seeds: range) -> Report:
    """Answer one call for each seed.

    Raises:
        RuntimeError: The client's process ended.
    """
    report = Report()
    with _peer() as peer, started("tests.hostile.caller") as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def call(answer: Answer) -> dict[str, Any]:
            peer.answer = answer
            order = {"call": answer.call, "port": peer.port, "sync": answer.sync}
            line = asked(stdin, stdout, json.dumps(order))
            if not line:
                raise RuntimeError(f"The client ended at {answer.name}.")
            found: dict[str, Any] = json.loads(line)
            return found

        base = max(call(each)["peak"] for each in _plain_answers())
        for seed in seeds:
            answer = answer_of(seed)
            found = call(answer)
            grown = found["peak"] - base
            report.add(Result(seed, answer.name, found["outcome"], found["held"], 0.0, grown))
    return report


def _plain_answers() -> Iterator[Answer]:
    """Make a right answer to each call: what is compiled and cached once is no fault of a peer."""
    for call, (kind, many) in CALLS.items():
        data = [sample(kind)] if many else sample(kind)
        yield from (Answer(call, call, sync, _right(data)) for sync in (False, True))


class _Peer:
    """Listens, and says to everybody who connects what was set before."""

    def __init__(self, listener: socket.socket) -> None:
        self.answer: Answer | None = None
        self.port: int = listener.getsockname()[1]
        self._listener = listener

    def run(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._speak, args=(connection,), daemon=True).start()

    def _speak(self, connection: socket.socket) -> None:
        connection.settimeout(_SECONDS)
        with connection, suppress(OSError):
            path = _asked_for(connection)
            if path and self.answer is not None:
                for piece in self._prelude(self.answer.call, path) or self.answer.pieces:
                    connection.sendall(piece)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65_536):
                    pass

    def _prelude(self, call: str, path: str) -> tuple[bytes, ...]:
        """Answer the requests before the one that is meant as they should be."""
        base = f"http://127.0.0.1:{self.port}"
        if path == "/" and call in {"details", "register"}:
            return _right([{"version": "2.2.1", "url": f"{base}/details"}])
        if path == "/details" and call == "register":
            entry = {"identifier": "credentials", "role": "SENDER", "url": f"{base}/credentials"}
            return _right({"version": "2.2.1", "endpoints": [entry]})
        return ()


def _right(data: Any) -> tuple[bytes, ...]:
    whole = {"data": data, "status_code": 1000, "timestamp": "2026-01-01T00:00:00Z"}
    return (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", json.dumps(whole).encode())


def _asked_for(connection: socket.socket) -> str:
    """Read a request and return its path; the body is read when the answer is out."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(65_536)
        if not more:
            return ""
        received += more
    return received.split(b" ", 2)[1].decode()


@contextmanager
def _peer() -> Iterator[_Peer]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = _Peer(listener)
        threading.Thread(target=peer.run, daemon=True).start()
        yield peer
