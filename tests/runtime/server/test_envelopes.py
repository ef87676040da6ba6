"""Whatever is asked, an OCPI envelope answers, and the server lives."""

import re
import socket
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.runtime.server.conftest import Served
from tests.runtime.server.memory import location_json

SENDER = "/ocpi/2.2.1/sender/locations"
RECEIVER = "/ocpi/2.2.1/receiver/locations"
JSON = {"Content-Type": "application/json"}


def assert_envelope(response: httpx2.Response, http: int, status: int) -> None:
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert (response.status_code, body["status_code"]) == (http, status), body
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,4})?Z", body["timestamp"])


def test_one_object(served: Served) -> None:
    response = served.get(f"{SENDER}/LOC7")
    assert_envelope(response, 200, 1000)
    assert response.json()["data"]["id"] == "LOC7"


def test_raw_bytes_are_spliced_as_they_are(served: Served) -> None:
    response = served.get(f"{SENDER}/RAW")
    assert_envelope(response, 200, 1000)
    assert b'{"id": "RAW",   "x": 1.0}' in response.content


@pytest.mark.parametrize(
    ("path", "http", "status"),
    [
        ("/", 404, 2000),
        ("/ocpi/2.2.1/nothing", 404, 2000),
        (f"{SENDER}/a/b/c/d", 404, 2000),
        (f"{SENDER}//x", 404, 2000),
        (f"{SENDER}/NONE", 404, 2000),
        (f"{SENDER}/BUG", 500, 3000),
        (f"{SENDER}/SLOW", 200, 3000),
        (f"{SENDER}/LOC1/1/1", 200, 2000),
        (f"{SENDER}/{'x' * 37}", 200, 2001),
        (f"{SENDER}/caf%C3%A9", 200, 2001),
        (f"{SENDER}/a%00b", 200, 2001),
        (f"{SENDER}/a%FFb", 200, 2001),
    ],
)
def test_errors(served: Served, path: str, http: int, status: int) -> None:
    assert_envelope(served.get(path), http, status)


def test_a_bug_reveals_nothing_of_the_inside(served: Served) -> None:
    assert "hunter2" not in served.get(f"{SENDER}/BUG").text


def test_wrong_method_names_the_right_ones(served: Served) -> None:
    response = served.request("DELETE", f"{RECEIVER}/NL/TNM/LOC1")
    assert_envelope(response, 405, 2000)
    assert response.headers["allow"] == "GET, PATCH, PUT"
    assert served.request("POST", SENDER).headers["allow"] == "GET"


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"nonsense", b'{"a": NaN}', b'{"a": Infinity}', b'{"a": "\xff"}', b'{"a": 1} x'],
    ids=["truncated", "empty", "words", "nan", "infinity", "not utf-8", "trailing"],
)
def test_what_is_not_json(served: Served, body: bytes) -> None:
    assert_envelope(served.put(f"{RECEIVER}/NL/TNM/X", body, headers=JSON), 400, 2000)


def test_too_large(served: Served) -> None:
    body = b'{"x": "' + b"a" * 10_000_000 + b'"}'
    assert_envelope(served.put(f"{RECEIVER}/NL/TNM/X", body, headers=JSON), 413, 2000)


def test_too_large_without_saying_so(served: Served) -> None:
    pieces = (b"[" * 65536 for _ in range(32))
    response = served.request("PUT", f"{RECEIVER}/NL/TNM/X", content=pieces, headers=JSON)
    assert_envelope(response, 413, 2000)


def test_too_deep(served: Served) -> None:
    deep = location_json()[:-1] + b',"x":' + b"[" * 100 + b"]" * 100 + b"}"
    assert_envelope(served.put(f"{RECEIVER}/NL/TNM/X", deep, headers=JSON), 200, 2001)
    assert "X" not in served.receiver.stored


def test_another_media_type(served: Served) -> None:
    headers = {"Content-Type": "text/plain"}
    response = served.put(f"{RECEIVER}/NL/TNM/X", location_json(), headers=headers)
    assert_envelope(response, 415, 2000)


def test_all_faults_are_pointed_at(served: Served) -> None:
    body = (
        location_json()
        .replace(b'"NLD"', b'"NETHERLANDS"')
        .replace(b'"publish":true', b'"publish":"yes"')
        .replace(b'"52.090736"', b'"north"')
    )
    response = served.put(f"{RECEIVER}/NL/TNM/X", body, headers=JSON)
    assert_envelope(response, 200, 2001)
    pointers = {fault["pointer"] for fault in response.json()["violations"]}
    assert pointers == {"/country", "/publish", "/coordinates/latitude"}


def test_of_duplicate_keys_the_last_wins(served: Served) -> None:
    body = location_json("DUP")[:-1] + b',"city":"Delft"}'
    assert_envelope(served.put(f"{RECEIVER}/NL/TNM/DUP", body, headers=JSON), 201, 1000)
    assert served.receiver.stored["DUP"].value.city == "Delft"


def test_created_then_updated(served: Served) -> None:
    path, body = f"{RECEIVER}/NL/TNM/TWICE", location_json("TWICE")
    assert_envelope(served.put(path, body, headers=JSON), 201, 1000)
    assert_envelope(served.put(path, body, headers=JSON), 200, 1000)


def test_what_came_is_kept_with_unknown_fields(served: Served) -> None:
    body = location_json("RAWKEPT")[:-1] + b', "nltnm-extra": {"a": 1.50}}'
    served.put(f"{RECEIVER}/NL/TNM/RAWKEPT", body, headers=JSON)
    assert body in served.get(f"{RECEIVER}/NL/TNM/RAWKEPT").content


def test_patch_requires_last_updated(served: Served) -> None:
    url, body = f"{RECEIVER}/NL/TNM/LOC1", b'{"name": "New name"}'
    response = served.request("PATCH", url, content=body, headers=JSON)
    assert_envelope(response, 200, 2001)
    assert [fault["pointer"] for fault in response.json()["violations"]] == ["/last_updated"]


def test_patch_may_clear_what_is_optional_only(served: Served) -> None:
    url, when = f"{RECEIVER}/NL/TNM/LOC1", '"last_updated": "2026-11-02T00:00:00Z"'
    optional = served.request("PATCH", url, content=f'{{"name": null, {when}}}', headers=JSON)
    assert_envelope(optional, 200, 1000)
    assert served.receiver.patches[-1].value.name is None
    required = served.request("PATCH", url, content=f'{{"city": null, {when}}}', headers=JSON)
    assert_envelope(required, 200, 2001)


def test_half_a_request_does_not_hurt(served: Served) -> None:
    parts = urlsplit(served.base_url)
    with socket.create_connection((parts.hostname, parts.port)) as raw:
        raw.sendall(
            f"PUT {RECEIVER}/NL/TNM/HALF HTTP/1.1\r\nHost: x\r\n"
            "Authorization: Token Z29vZC10b2tlbg==\r\n"
            'Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"id":'.encode()
        )
    assert_envelope(served.get(f"{SENDER}/LOC1"), 200, 1000)
    assert "HALF" not in served.receiver.stored
