"""Another partner: asks for something small again and again and measures how long it waits.

``python -m tests.hostile.probe PORT TOKEN``. A line on stdin is answered with the longest wait
since the line before, in seconds.
"""

import http.client
import sys
import threading
import time

__all__: list[str] = []


class _Probe:
    def __init__(self, port: int, token: str) -> None:
        self._port, self._headers = port, {"Authorization": f"Token {token}"}
        self._worst, self._began = 0.0, time.monotonic()

    def run(self) -> None:
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
            try:
                while True:
                    self._ask(connection)
                    time.sleep(0.005)
            except (OSError, http.client.HTTPException):
                self._worst = max(self._worst, 1000.0)
                time.sleep(0.1)
            finally:
                connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        began = self._began = time.monotonic()
        connection.request("GET", "/versions", headers=self._headers)
        connection.getresponse().read()
        self._worst = max(self._worst, time.monotonic() - began)

    def take(self) -> float:
        worst = self._worst
        self._worst = 0.0
        return worst


def _main(port: int, token: str) -> None:
    probe = _Probe(port, token)
    threading.Thread(target=probe.run, daemon=True).start()
    for _ in sys.stdin:
        sys.stdout.write(f"{probe.take()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _main(int(sys.argv[1]), sys.argv[2])
