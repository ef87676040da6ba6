"""Every command of `ocpi` with every kind of bad input: a message, an exit code, no traceback."""

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ocpi_conformance.reports import Report, write_report
from ocpi_runtime import cli
from tests.support.commands import run_command
from tests.support.markdown import REPOSITORY
from tests.support.walk_inputs import BASES, Case, cases, commands, laid_out

APP = cli.build()
CASES = list(cases())
TOKEN = {
    "country_code": "NL", "party_id": "EXA", "uid": "1", "type": "RFID", "contract_id": "C",
    "issuer": "I", "valid": True, "whitelist": "ALWAYS", "last_updated": "2026-01-01T00:00:00Z",
}  # fmt: skip
TARIFF = {
    "country_code": "NL", "party_id": "EXA", "id": "T", "currency": "EUR",
    "last_updated": "2026-01-01T00:00:00Z",
    "elements": [{"price_components": [{"type": "ENERGY", "price": 0.5, "step_size": 1}]}],
}  # fmt: skip
EXCHANGE = {
    "method": "GET", "url": "https://cpo.example/2.2.1/tokens", "request_headers": {},
    "request_body": "", "http_status": 200, "response_headers": {}, "response_body": "{}",
}  # fmt: skip
LOGS = ("report.json", "exchanges.jsonl")


def test_every_command_is_walked() -> None:
    assert set(commands()) == set(BASES)


class _Answering(BaseHTTPRequestHandler):
    """Answers by the path: HTML, 404, garbage, 401, or nothing."""

    over = threading.Event()

    def do_GET(self) -> None:
        name = self.path.strip("/")
        if name == "hanging":
            self.over.wait(30)
            return
        status = {"missing_url": 404, "wrong_token": 401}.get(name, 200)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b"\xff\x00{" if name == "garbage" else b"<html>hello</html>")

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True


@pytest.fixture(scope="module")
def urls() -> Iterator[dict[str, str]]:
    server = _Server(("127.0.0.1", 0), _Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        found = {name: f"{base}/{name}" for name in ("html", "missing_url", "garbage")}
        found |= {name: f"{base}/{name}" for name in ("wrong_token", "hanging")}
        yield found | {"closed": f"http://127.0.0.1:{closed.getsockname()[1]}/versions"}
    _Answering.over.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("walk")
    run_command(APP, ["init", str(folder)])
    shutil.copytree(REPOSITORY / "openapi", folder / "openapi")
    (folder / "docs").mkdir()
    shutil.copy(REPOSITORY / "docs" / "errata.toml", folder / "docs")
    return folder


@pytest.fixture
def names(tmp_path: Path, urls: dict[str, str], originals: Path) -> dict[str, str]:
    shutil.copy(originals / "ocpi.toml", tmp_path)
    (tmp_path / "object.json").write_text(json.dumps(TOKEN))
    (tmp_path / "broken.json").write_text("[{}]")
    (tmp_path / "array.json").write_text("[]")
    (tmp_path / "tariff.json").write_text(json.dumps(TARIFF))
    (tmp_path / "report.json").write_bytes(write_report(Report("check", "https://cpo.example")))
    (tmp_path / "exchanges.jsonl").write_text(json.dumps(EXCHANGE))
    for name in ("empty", "fresh"):
        (tmp_path / name).mkdir()
    files = ("tariff.json", "array.json", "broken.json", "object.json", "empty", "fresh", "new")
    paths = {name.partition(".")[0]: str(tmp_path / name) for name in (*files, *LOGS)}
    paths["config"] = str(tmp_path / "ocpi.toml")
    paths |= {"openapi": str(REPOSITORY / "openapi"), "copy": str(originals / "openapi")}
    return paths | urls | laid_out(tmp_path)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_bad_input(
    case: Case, names: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [word.format(**names) for word in case.words]
    code, _, err = run_command(APP, [*case.command.split(), *words])
    assert code in ({1, 2} if case.fails else {0, 1, 2, 4})
    assert "Traceback" not in err
    if code in {1, 2}:
        assert err.strip()
        assert "".join(case.expected.split()) in "".join(err.split())
