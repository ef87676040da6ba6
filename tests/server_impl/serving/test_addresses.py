"""What ``ocpi serve`` prints of a platform with settings: the addresses of what is enabled."""

import socket
from pathlib import Path

import pytest

from ocpi_server import serving
from ocpi_server.cli import app
from tests.support.commands import run_command


@pytest.mark.parametrize("enabled", [False, True])
def test_addresses_of_what_is_enabled_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, enabled: bool
) -> None:
    def stopped(_make: object, listener: socket.socket, **_: object) -> bool:
        listener.close()
        return True

    monkeypatch.setattr(serving, "serve_platform", stopped)
    monkeypatch.setenv("OCPI_OPERATOR_ENABLED", str(enabled).lower())
    monkeypatch.setenv("OCPI_CONSOLE_ENABLED", str(enabled).lower())
    base = "https://ocpi.example.com"
    run_command(app, ["init", str(tmp_path), "--base-url", f"{base}/ocpi"])
    words = ["serve", "--config", str(tmp_path / "ocpi.toml"), "--port", "0"]
    code, _, err = run_command(app, [*words, *(["--docs"] if enabled else [])])
    assert code == 0, err
    name, versions = err.splitlines()[0].split(": ")
    assert (name, versions.startswith(base)) == ("Versions URL", True)
    expected = [
        f"Operator API: {base}/operator/v1",
        f"Console: {base}/console/",
        f"Swagger UI: {base}/ocpi/docs/",
        f"Swagger UI, operator: {base}/operator/v1/docs/",
    ]
    assert err.splitlines()[1:] == (expected if enabled else [])
