"""A real server on a real socket, for tests of whatever speaks OCPI."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.types import ASGIApp

if TYPE_CHECKING:
    import subprocess

_START_SECONDS = 60.0


def free_port() -> int:
    """Return a loopback port at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(process: "subprocess.Popen[bytes]", port: int, seconds: float) -> None:
    """Wait until a process listens at a loopback port.

    Raises:
        RuntimeError: It ended before, or does not listen in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with {process.returncode} before it listened.")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The server did not listen in time.")


@contextmanager
def serving(make_app: Callable[[str], ASGIApp], **options: Any) -> Iterator[str]:
    """Serve an application on a free loopback port until the block ends.

    Args:
        make_app: Gets the base URL, gives the application.
        options: More options of uvicorn, such as certificates.

    Yields:
        The base URL, without trailing slash.
    """
    # asyncio sends small answers at once only on sockets that say that they are TCP.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        scheme = "https" if "ssl_certfile" in options else "http"
        base_url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            make_app(base_url),
            log_level="critical",
            lifespan="on",
            server_header=False,
            **options,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not server.started:
            assert thread.is_alive(), "the server ended while it started"
            assert time.monotonic() < deadline, "the server did not start in time"
            time.sleep(0.01)
        try:
            yield base_url
        finally:
            server.should_exit = True
            thread.join(timeout=10)
