"""Paths, tokens, ids and parties of a request."""

import base64
import re
from uuid import UUID

import pytest

from tests.runtime.server.conftest import TOKEN, Served
from tests.runtime.server.memory import location_json
from tests.runtime.server.test_envelopes import JSON, RECEIVER, SENDER, assert_envelope


@pytest.mark.parametrize("path", [SENDER, f"{SENDER}/", f"{SENDER}/LOC1", f"{SENDER}/LOC1/"])
def test_with_and_without_trailing_slash(served: Served, path: str) -> None:
    assert_envelope(served.get(path), 200, 1000)


def test_the_slash_behind_an_endpoint_may_be_missing_before_ids(served: Served) -> None:
    url, body = f"{RECEIVER}NL/TNM/LOC1", location_json("LOC1")
    assert served.put(url, body, headers=JSON).json()["status_code"] == 1000
    assert_envelope(served.get(f"{RECEIVER}/NL/TNM/LOC1"), 200, 1000)
    assert_envelope(served.get(f"{url}/"), 200, 1000)
    assert_envelope(served.get(url, headers={"Authorization": None}), 401, 2000)
    for other in (f"{RECEIVER}NL", f"{RECEIVER}NL/", f"{SENDER}LOC1", f"{SENDER}x/y/z/more"):
        assert_envelope(served.get(other), 404, 2000)


@pytest.mark.parametrize(
    ("encoded", "meant"),
    [("a%2Fb", "a/b"), ("a%2fb", "a/b"), ("a%20b", "a b"), ("a%252Fb", "a%2Fb"), ("a%3Fb", "a?b")],
)
def test_ids_are_decoded_once(served: Served, encoded: str, meant: str) -> None:
    response = served.get(f"{SENDER}/{encoded}")
    assert_envelope(response, 200, 1000)
    assert response.json()["data"]["id"] == meant


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Token",
        "good-token",
        "Bearer Z29vZC10b2tlbg==",
        "Token bm9ib2R5",
        "Token " + base64.b64encode(base64.b64encode(b"good-token")).decode(),
    ],
    ids=["missing", "empty", "bare", "no scheme", "bearer", "unknown", "twice encoded"],
)
def test_a_wrong_token(served: Served, header: str | None) -> None:
    response = served.get(SENDER, headers={"Authorization": header})
    assert_envelope(response, 401, 2000)


@pytest.mark.parametrize("header", [TOKEN, "token Z29vZC10b2tlbg==", "Token good-token"])
def test_a_right_token_in_either_coding(served: Served, header: str) -> None:
    assert_envelope(served.get(SENDER, headers={"Authorization": header}), 200, 1000)


def test_the_registration_token_opens_versions_only(served: Served) -> None:
    newcomer = {"Authorization": "Token " + base64.b64encode(b"token-a").decode()}
    assert_envelope(served.get("/ocpi/versions", headers=newcomer), 200, 1000)
    assert_envelope(served.get("/ocpi/2.2.1", headers=newcomer), 200, 1000)
    assert_envelope(served.get(SENDER, headers=newcomer), 401, 2000)


def test_ids_are_echoed_also_with_errors(served: Served) -> None:
    ids = {"X-Request-ID": "r-1", "X-Correlation-ID": "c-1"}
    for path in (SENDER, f"{SENDER}/NONE", f"{SENDER}/BUG", "/nowhere"):
        headers = served.get(path, headers=ids).headers
        assert (headers["x-request-id"], headers["x-correlation-id"]) == ("r-1", "c-1")


def test_missing_ids_are_made(served: Served) -> None:
    headers = served.get(SENDER).headers
    context = served.sender.contexts[-1]
    made = (headers["x-request-id"], headers["x-correlation-id"])
    assert made == (context.request_id, context.correlation_id)
    assert len({*made, served.get(SENDER).headers["x-request-id"]}) == 3


def test_routing_headers_are_turned_round(served: Served) -> None:
    routing = {
        "OCPI-to-country-code": "NL",
        "OCPI-to-party-id": "TNM",
        "OCPI-from-country-code": "de",
        "OCPI-from-party-id": "EMP",
    }
    response = served.get(SENDER, headers=routing)
    assert response.headers["ocpi-from-party-id"] == "TNM"
    assert response.headers["ocpi-from-country-code"] == "NL"
    assert response.headers["ocpi-to-party-id"] == "EMP"
    assert response.headers["ocpi-to-country-code"] == "de"
    context = served.sender.contexts[-1]
    assert str(context.from_party) == "DE-EMP"
    assert str(context.to_party) == "NL-TNM"


def test_configuration_modules_are_not_routed(served: Served) -> None:
    routing = {"OCPI-to-country-code": "NL", "OCPI-to-party-id": "TNM"}
    assert "ocpi-from-party-id" not in served.get("/ocpi/versions", headers=routing).headers


@pytest.mark.parametrize(
    "routing",
    [
        {"OCPI-from-country-code": "NL"},
        {"OCPI-to-country-code": "NLD", "OCPI-to-party-id": "TNM"},
        {"OCPI-to-country-code": "NL", "OCPI-to-party-id": ""},
    ],
)
def test_broken_routing_headers(served: Served, routing: dict[str, str]) -> None:
    assert_envelope(served.get(SENDER, headers=routing), 200, 2001)


def test_versions_are_what_is_mounted(served: Served) -> None:
    base = f"{served.base_url}/ocpi"
    versions = served.get("/ocpi/versions").json()["data"]
    assert versions == [{"version": "2.2.1", "url": f"{base}/2.2.1"}]
    details = served.get("/ocpi/2.2.1").json()["data"]
    assert details["version"] == "2.2.1"
    assert details["endpoints"] == [
        {"identifier": "locations", "role": "SENDER", "url": f"{base}/2.2.1/sender/locations"},
        {"identifier": "locations", "role": "RECEIVER", "url": f"{base}/2.2.1/receiver/locations"},
    ]


def test_the_handler_gets_the_party_and_the_id_of_the_path(served: Served) -> None:
    response = served.put(f"{RECEIVER}/DE/EMP/KEPT", location_json("OTHER"), headers=JSON)
    assert_envelope(response, 201, 1000)
    assert served.receiver.paths[-1] == ("DE", "EMP", "KEPT")
    body = served.receiver.stored["KEPT"].value
    assert (body.country_code, body.party_id, body.id) == ("NL", "TNM", "OTHER")


def test_docs_are_served_offline(served: Served) -> None:
    moved = served.get("/ocpi/docs", headers={"Authorization": None})
    assert (moved.status_code, moved.headers["Location"]) == (308, "docs/")
    page = served.get("/ocpi/docs/", headers={"Authorization": None})
    assert "swagger-ui" in page.text
    assert "//" not in page.text.split("<script>")[0].replace("<!doctype", "")
    bundle = served.get("/ocpi/docs/documents/2.2.1-sender-locations.json").json()
    assert bundle["servers"] == [{"url": f"{served.base_url}/ocpi/2.2.1/sender/locations"}]
    sheet = served.get("/ocpi/docs/static/stylesheets/swagger-ui.css")
    script = served.get("/ocpi/docs/static/javascripts/swagger-ui-bundle.js")
    assert (sheet.status_code, script.status_code) == (200, 200)
    assert re.search(r'PACKAGE_VERSION:"5\.', script.text)
    assert served.get("/ocpi/docs/documents/none.json").status_code == 404


def test_docs_begin_with_the_newest_version_and_fill_in_ids(served: Served) -> None:
    page = served.get("/ocpi/docs/").text
    names = re.findall(r'"name":"OCPI ([\d.]+) (\w+): (\w+) interface"', page)
    versions = [tuple(map(int, version.split("."))) for version, _, _ in names]
    assert versions == sorted(versions, reverse=True)
    bundle = served.get("/ocpi/docs/documents/2.2.1-sender-locations.json").json()
    for name in ("X-Request-ID", "X-Correlation-ID"):
        example = bundle["components"]["parameters"][name]["example"]
        assert str(UUID(example)) == example
