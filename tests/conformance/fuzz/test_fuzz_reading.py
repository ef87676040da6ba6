"""What the fuzzer takes for valid and for invalid: the ground of what it finds."""

import json
from functools import cache
from typing import Any

import pytest

from ocpi_bindings import v2_2_1
from ocpi_conformance.bundles.operations import Operation, describe
from ocpi_conformance.bundles.reading import bodies_differ, read
from ocpi_conformance.exchanges.checked import envelope_of
from ocpi_conformance.exchanges.sending import Sender
from ocpi_conformance.fuzz import Knowledge, SentRequest, Target
from ocpi_conformance.fuzz._align import Alignment, RequestParts, align
from ocpi_conformance.fuzz._session import FuzzSession
from ocpi_conformance.verdicts.collector import Collector
from ocpi_runtime.types import PartyId

URL = "http://127.0.0.1:1/ocpi/tokens"
JSON = {"content-type": "application/json"}
TOKEN: dict[str, Any] = {
    "country_code": "NL",
    "party_id": "TNM",
    "uid": "T1",
    "type": "RFID",
    "contract_id": "NL-TNM-1",
    "issuer": "TNM",
    "valid": True,
    "whitelist": "ALLOWED",
    "last_updated": "2026-01-01T00:00:00Z",
}


@cache
def operation(name: str, module: str = "tokens", interface: str = "receiver") -> Operation:
    return describe(v2_2_1.binding.bundle(module, interface)).operations[name]


def put(body: Any = TOKEN, path: str = "/NL/TNM/T1?type=RFID", **headers: str) -> SentRequest:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return SentRequest("PUT", URL + path, JSON | headers, text)


def test_a_party_is_given_each_role_once() -> None:
    drawn = [("NL", "AAA", "CPO"), ("DE", "BBB", "CPO"), ("NL", "AAA", "EMSP")]
    roles = [
        {"country_code": country, "party_id": party, "role": role} for country, party, role in drawn
    ]
    put_credentials = operation("put_credentials", "credentials", "both")
    parts = RequestParts({}, {}, {"token": "t", "url": "u", "roles": roles})
    sent = align(put_credentials, parts, Knowledge(own=PartyId("NL", "TNM")), Alignment.FRESH, 1)
    sent_roles = [(one["country_code"], one["party_id"], one["role"]) for one in sent.body["roles"]]
    assert sent_roles == [("NL", "TNM", "CPO"), ("NL", "TNM", "EMSP")]


@pytest.mark.parametrize(
    "sent",
    [
        put(),
        put(TOKEN | {"visual_number": None, "nltnm-more": {"any": [1]}}),
        put(TOKEN | {"last_updated": "2026-01-01T00:00:00.123"}),
        put(path="/NL/TNM/T%2F1?type=RFID&unknown=1"),
        put(path="/NL/TNM/T1/?type=RFID"),
    ],
    ids=["whole", "null and unknown", "no zone", "slash in an id", "slash at the end"],
)
def test_valid(sent: SentRequest) -> None:
    reading = read(operation("put_token"), URL, sent)
    assert (reading.valid, reading.invalid) == (True, False), (reading.faults, reading.doubts)


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        (put(TOKEN | {"uid": "x" * 37}), "body /uid"),
        (put(TOKEN | {"valid": None}), "body /valid"),
        (put(TOKEN | {"type": "PAPER"}), "body /type"),
        (put(TOKEN | {"last_updated": "2026-02-30T00:00:00Z"}), "body /last_updated"),
        (put(TOKEN | {"last_updated": "2026-01-01T00:00:00+01:00"}), "body /last_updated"),
        (put({}), "body (whole)"),
        (put(b'{"uid": NaN}'), "the body is not JSON"),
        (put(b'{"uid": "\xff"}'), "the body is not JSON"),
        (put(b""), "the body is not JSON"),
        (put(path="/NLD/TNM/T1"), "path country_code"),
        (put(path="/NL/TNM/%C3%A9"), "path token_uid"),
        (put(path="/NL/TNM/T1?type=PAPER"), "query type"),
        (put(**{"ocpi-to-country-code": "NLD"}), "header ocpi-to-country-code"),
    ],
)
def test_invalid(sent: SentRequest, place: str) -> None:
    reading = read(operation("put_token"), URL, sent)
    assert reading.invalid, reading.doubts
    assert reading.faults[0].startswith(place)


@pytest.mark.parametrize(
    "sent",
    [
        put(TOKEN | {"issuer": "#NA"}),
        put(TOKEN | {"issuer": ""}),
        put(TOKEN | {"more": [{"latitude": "-12.1234567"}]}),
        put(TOKEN | {"more": "\ud83d"}),
        put(TOKEN | {"last_updated": "0000-01-01T00:00:00Z"}),
        put(TOKEN | {"more": 10**400}),
        put(path="/NL/TNM"),
        put(path="/NL/TNM/%20"),
        put(path="/NL/TNM/T1?type=RFID&type=OTHER"),
        SentRequest("PUT", f"{URL}/NL/TNM/T1", {"content-type": "text/plain"}, b"{}"),
    ],
    ids=[
        "#NA",
        "empty",
        "latitude",
        "surrogate",
        "year 0",
        "large number",
        "other path",
        "blank id",
        "twice",
        "media type",
    ],
)
def test_nothing_is_known_about_it(sent: SentRequest) -> None:
    reading = read(operation("put_token"), URL, sent)
    assert (reading.valid, reading.invalid) == (False, False)


def test_a_list_may_leave_out_its_period_but_other_operations_no_parameter() -> None:
    sessions = operation("get_sessions", "sessions", "sender")
    assert "date_from" in sessions.required
    assert read(sessions, URL, SentRequest("GET", URL)).valid
    profile = operation("get_active_charging_profile", "chargingprofiles")
    assert read(profile, URL, SentRequest("GET", f"{URL}/S1")).invalid


def test_a_body_may_be_left_out_where_it_is_optional() -> None:
    authorize = operation("post_authorize_token", interface="sender")
    assert read(authorize, URL, SentRequest("POST", f"{URL}/T1/authorize")).valid


@pytest.mark.parametrize(
    ("path", "different"),
    [
        ("/nl/tnm/t1?type=RFID", set()),
        ("/NL/TNM/T2?type=RFID", {"token_uid"}),
        ("/DE/TNM/T1?type=OTHER", {"country_code", "type"}),
        ("/NL/TNM/T1", {"type"}),
    ],
)
def test_ids_that_differ(path: str, different: set[str]) -> None:
    put_token = operation("put_token")
    assert set(bodies_differ(put_token, read(put_token, URL, put(path=path)))) == different


def test_the_methods_of_a_path_are_those_of_all_that_its_url_may_stand_for() -> None:
    receiver = describe(v2_2_1.binding.bundle("locations", "receiver"))
    sender = describe(v2_2_1.binding.bundle("locations", "sender"))
    put = receiver.operations["put_location"]
    assert receiver.allowed(put) == {"GET", "PUT", "PATCH"}
    assert sender.allowed(put) == {"GET"}
    assert sender.allowed(receiver.operations["put_evse"]) == set()


def test_results_are_sent_to_urls_that_are_known_alone() -> None:
    target = Target(v2_2_1.binding.bundle("commands", "sender"), URL, "token")
    knowledge = Knowledge(own=PartyId("NL", "TNM"))
    with Sender(target, seed=1, timeout=1) as sender:
        session = FuzzSession(target, knowledge, Collector(), sender)
        assert session.operations == []
        knowledge.at["post_command_result"] = [{"command": "START_SESSION", "uid": "1"}]
        assert [one.id for one in session.operations] == ["post_command_result"]


def test_curl_sends_a_header_without_value_and_takes_brackets_as_they_are() -> None:
    line = SentRequest("GET", "http://a.example/[1]", {"authorization": ""}).curl()
    assert line == "curl -i -X GET -H 'authorization;' --globoff 'http://a.example/[1]'"


@pytest.mark.parametrize("levels", [30, 300, 5_000])
def test_a_body_of_many_levels_is_read_without_an_error_of_python(levels: int) -> None:
    deep = b'{"id":' * levels + b"1" + b"}" * levels
    assert not read(operation("put_token"), URL, put(deep)).valid
    unknown = json.dumps(TOKEN).encode().removesuffix(b"}") + b', "more": ' + deep + b"}"
    assert not read(operation("put_token"), URL, put(unknown)).valid


@pytest.mark.parametrize("levels", [300, 5_000])
def test_an_answer_of_many_levels_is_no_envelope(levels: int) -> None:
    deep = b'{"status_code": 1000, "data": ' + b"[" * levels + b"]" * levels + b"}"
    assert envelope_of(deep) is None
