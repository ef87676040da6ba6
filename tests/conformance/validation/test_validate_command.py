"""The command `ocpi validate`: inputs, outputs, exit codes."""

import gzip
import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ocpi_conformance.cli import app
from tests.conformance.validation.test_validate import location, packed
from tests.support.commands import run_command

LOCAL = ("--allow-private", "--allow-http")


def run(*words: str) -> tuple[int, str, str]:
    return run_command(app, ["validate", *words])


def written(path: Path, data: object) -> str:
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return str(path)


def test_the_exit_code_states_whether_all_are_valid(tmp_path: Path) -> None:
    good = written(tmp_path / "good.json", [location()])
    bad = written(tmp_path / "bad.json", [location(city="x" * 60)])
    assert run(good)[0] == 0
    code, stdout, _ = run(bad)
    assert code == 1
    assert "repairable 1 (100.0 %)" in stdout
    assert "/0/city" in stdout
    assert "mod_locations, Location" in stdout
    code, stdout, _ = run(good, bad, "--json")
    assert (code, json.loads(stdout)["counts"]["objects"]) == (1, 2)


def test_json_has_the_promised_members(tmp_path: Path) -> None:
    file = written(tmp_path / "feed", [location(city=5, time_zone="Germany")])
    code, stdout, _ = run(file, "--json")
    data = json.loads(stdout)
    assert code == 1
    assert {"counts", "version", "class", "causes", "warnings"} <= data.keys()
    assert data["counts"].keys() == {"objects", "valid", "repairable", "partial", "unreadable"}
    assert data["warnings"][0]["rule"] == "time-zone"


def test_each_object_becomes_a_line(tmp_path: Path) -> None:
    file = written(tmp_path / "feed", [location("A"), location("B", city="x" * 60)])
    lines = tmp_path / "lines.jsonl"
    run(file, "--jsonl", str(lines))
    found = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [(each["id"], each["verdict"]) for each in found] == [
        ("A", "valid"),
        ("B", "repairable"),
    ]


def test_a_dialect_is_proposed_and_used(tmp_path: Path) -> None:
    file = written(tmp_path / "feed", [location("A"), location("B", city="x" * 60)])
    strict = written(tmp_path / "strict.toml", b'level = "strict"')
    code, stdout, _ = run(file, "--dialect", strict, "--json")
    assert (code, json.loads(stdout)["counts"]["repairable"]) == (1, 0)
    learned = tmp_path / "learned.toml"
    assert run(file, "--learn", str(learned))[0] == 1
    assert "text-length" in learned.read_text()
    code, stdout, _ = run(file, "--dialect", str(learned), "--json")
    assert (code, json.loads(stdout)["counts"]["repairable"]) == (1, 1)
    assert run(file, "--dialect", str(learned), "--learn", "again.toml")[0] == 2
    wrong = written(tmp_path / "wrong.toml", b'level = "sloppy"')
    assert run(file, "--dialect", wrong)[0] == 2


def test_the_page_needs_no_other_file_and_hides_no_markup(tmp_path: Path) -> None:
    file = written(tmp_path / "feed", [location("<b>", city="<script>" * 20), location("B")])
    out = tmp_path / "report.html"
    run(file, "--html", str(out))
    text = out.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert not re.findall(r"<link|src=|@import|url\(", text)
    assert all(part in text for part in ("/0/city", "mod_locations, Location", "text-length"))


@pytest.mark.parametrize("words", [("missing.json",), (".",), ("--version", "9"), ("--class", "X")])
def test_wrong_usage_ends_with_2(words: tuple[str, ...], tmp_path: Path) -> None:
    file = written(tmp_path / "feed", [location()])
    code, _, stderr = run(*words, *([file] if words[0].startswith("-") else []))
    assert (code, bool(stderr)) == (2, True)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n\x00\x01",
        b"<html></html>",
        gzip.compress(json.dumps([location()]).encode())[:-9],
        packed(readme=b"words"),
        b"PK\x03\x04 no archive",
    ],
    ids=["empty", "binary", "html", "truncated", "zip", "damaged"],
)
def test_what_cannot_be_read_is_reported(data: bytes, tmp_path: Path) -> None:
    file = written(tmp_path / "feed", data)
    code, stdout, stderr = run(file, "--json")
    assert code == 1
    assert stderr.startswith(file)
    assert json.loads(stdout)["problems"][0]["source"] == file


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        port = self.headers["Host"].rpartition(":")[2]
        found = {
            "/feed": (200, json.dumps([location()]).encode(), {}),
            "/packed": (200, gzip.compress(json.dumps([location()]).encode()), {}),
            "/moved": (307, b"", {"Location": "/feed"}),
            "/away": (302, b"", {"Location": "http://169.254.169.254/"}),
            "/loop": (302, b"", {"Location": f"http://127.0.0.1:{port}/loop"}),
            "/html": (200, b"<!doctype html>", {}),
        }
        status, body, headers = found.get(self.path, (404, b"nothing", {}))
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/feed", "/packed", "/moved"])
def test_a_url_is_read(path: str, url: str) -> None:
    code, stdout, stderr = run(url + path, *LOCAL)
    assert (code, "valid 1" in stdout, stderr) == (0, True, "")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/nothing", "HTTP 404"),
        ("/away", "link-local"),
        ("/loop", "redirects"),
        ("/html", "HTML"),
    ],
)
def test_a_url_that_has_no_json_is_reported(path: str, words: str, url: str) -> None:
    code, _, stderr = run(url + path, *LOCAL)
    assert (code, words in stderr) == (1, True)


def test_the_rules_on_urls_hold(url: str) -> None:
    code, _, stderr = run(f"{url}/feed")
    assert (code, "plain http" in stderr) == (1, True)
    code, _, stderr = run("http://127.0.0.1:9/feed", *LOCAL)
    assert (code, "127.0.0.1" in stderr) == (1, True)


def test_an_edition_has_lengths_of_its_own(tmp_path: Path) -> None:
    file = written(tmp_path / "long.json", [location(address="x" * 46)])
    words = (file, "--version", "2.3.0", "--class", "Location")
    assert run(*words)[0] == 0
    code, stdout, _ = run(*words, "--edition", "core-1")
    assert code == 1
    assert "/0/address" in stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--edition", "core-1"), "Edition 'core-1' needs the version that it is one of"),
        (("--version", "2.3.0", "--edition", "one"), "no edition 'one', only bookings-1.0, core-1"),
        (("--version", "2.2.1", "--edition", "core-1"), "no edition 'core-1', none"),
    ],
)
def test_an_edition_must_be_one_of_the_version(
    tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    file = written(tmp_path / "good.json", [location()])
    code, stdout, stderr = run(file, *words)
    assert (code, stdout) == (2, "")
    assert message in stderr
