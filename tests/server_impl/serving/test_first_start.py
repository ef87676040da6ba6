"""``ocpi serve`` without any settings: everything runs, and its key is shown once."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

_COMMAND = (sys.executable, "-c", "from ocpi_runtime.cli import main; main()")
_STARTS = 60
_LINES = 7


@contextmanager
def serving(folder: Path) -> Iterator[dict[str, str]]:
    """Run ``ocpi serve`` in a folder, and return what it prints, by the words before."""
    environment = {name: value for name, value in os.environ.items() if name != "OCPI_CONFIG"}
    command = [*_COMMAND, "serve", "--port", "0"]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(  # noqa: S603 - our own
            command, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
        ) as process,
    ):
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(_LINES)]
        try:
            yield dict(re.split(r": +", line.strip(), maxsplit=1) for line in lines)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(_STARTS) == 0


def run(folder: Path, *words: str) -> str:
    """Run another command in the folder, and return what it prints."""
    command = [*_COMMAND, *words]
    done = subprocess.run(  # noqa: S603 - our own
        command, cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def get(url: str, **headers: str) -> httpx2.Response:
    with httpx2.Client(transport=httpx2.HTTPTransport(retries=8), timeout=_STARTS) as http:
        return http.get(url, headers=headers)


def test_it_runs_a_cpo_and_an_emsp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(tmp_path) as shown:
        secret = shown["Operator key"]
        own = get(f"{shown['Operator API']}/own/2.2.1/locations", Authorization=f"Bearer {secret}")
        assert (own.status_code, own.json()["data"]) == (200, [])
        assert get(shown["Versions URL"]).status_code == 401
        for page in ("Console", "Swagger UI", "Swagger UI, operator"):
            assert get(shown[page]).status_code in {200, 303, 307}, page
        titles = [get(shown[page]).text for page in ("Swagger UI", "Swagger UI, operator")]
        assert "<title>OCPI interfaces of this platform</title>" in titles[0]
        assert "<title>Operator API of this platform</title>" in titles[1]
    folder = tmp_path / "ocpi-data"
    assert {each.name for each in folder.iterdir()} >= {"ocpi.toml", "ocpi.sqlite", "ocpi.key"}
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / ".gitignore").read_text() == "*\n"
    assert {each.name for each in tmp_path.iterdir()} == {"ocpi-data", "log"}
    assert secret not in (tmp_path / "log").read_text()
    for file in folder.iterdir():
        assert secret.split("-", 3)[3].encode() not in file.read_bytes(), file
    with serving(tmp_path) as again:
        assert "first start only" in again["Operator key"]
        port = again["Versions URL"].rpartition(":")[2]
        assert port != shown["Versions URL"].rpartition(":")[2]
        invited = run(tmp_path, "partners", "invite", "Fun Drive", "--json")
        assert json.loads(invited)["versions_url"] == again["Versions URL"]
        url = f"{again['Operator API']}/partners"
        assert get(url, Authorization=f"Bearer {secret}").status_code == 200
        assert get(url, Authorization="Bearer x").status_code == 401
    assert '"operator"' in run(tmp_path, "keys", "list", "--json")
