"""Ctrl-C and SIGTERM while commands of the platform work."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from ocpi_server.cli import app
from tests.support.commands import run_command

_STARTS = 60.0
"""Seconds, on a machine that does other things."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    run_command(app, ["init", str(tmp_path)])
    return tmp_path


@contextmanager
def running(folder: Path, *words: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", "from ocpi_runtime.cli import main; main()", *words]
    with subprocess.Popen(  # noqa: S603 - our own
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def wait_for(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + _STARTS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def count(folder: Path) -> int:
    """Return how many objects the database holds."""
    file = folder / "ocpi.sqlite"
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM objects").fetchone()[0])
    return 0


def test_an_import_keeps_what_was_stored_and_says_how_far_it_came(folder: Path) -> None:
    objects = ({**LOCATION, "id": f"L{number}"} for number in range(100_000))
    (folder / "all.json").write_text(json.dumps(list(objects)))
    with running(folder, "import", "locations", "all.json") as process:
        wait_for(lambda: count(folder) >= 2000)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=_STARTS)
    assert (process.returncode, out, "Traceback" in err) == (130, "", False), err
    found = re.search(r"Interrupted after ([0-9]+) objects of all.json", err)
    assert found is not None, err
    assert 1000 <= int(found[1]) <= count(folder) < 100_000


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_server_stops_cleanly(folder: Path, sent: signal.Signals, code: int) -> None:
    with running(folder, "serve", "--port", "0") as process:
        assert process.stderr is not None
        lines: list[str] = []
        while not lines or "Uvicorn running" not in lines[-1]:
            lines.append(process.stderr.readline())
            assert lines[-1], lines
        process.send_signal(sent)
        _, err = process.communicate(timeout=_STARTS)
    assert (process.returncode, "Traceback" in err) == (code, False), err
    assert "Application shutdown complete" in err


def test_an_address_that_is_in_use_is_named(folder: Path) -> None:
    code, _, err = run_command(
        app, ["serve", "--config", str(folder / "ocpi.toml"), "--host", "192.0.2.1"]
    )
    assert (code, "cannot listen at 192.0.2.1:8000" in err) == (1, True)


LOCATION = {
    "country_code": "NL",
    "party_id": "EXA",
    "publish": True,
    "address": "Coolsingel 40",
    "city": "Rotterdam",
    "country": "NLD",
    "coordinates": {"latitude": "51.922500", "longitude": "4.479200"},
    "time_zone": "Europe/Amsterdam",
    "last_updated": "2026-01-01T00:00:00Z",
}
