"""One cause is one finding: what faults have in common, and what is the consequence of another."""

import json
from dataclasses import replace
from typing import Any

import pytest

from ocpi_bindings import v2_2_1, v2_3_0
from ocpi_bindings.v2_2_1.models import Location
from ocpi_conformance.bundles.operations import Operation, describe
from ocpi_conformance.bundles.reading import read
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.exchanges.wire import Answer, RecordedExchange, SentRequest
from ocpi_conformance.fuzz import Knowledge
from ocpi_conformance.reports import Report, read_report, write_report
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.catalogue import faults_of
from ocpi_conformance.verdicts.collector import Breach, Collector
from ocpi_runtime.codec import encode
from ocpi_runtime.testing import Factory
from ocpi_runtime.types import PartyId

URL = "https://peer.example/ocpi/2.2.1/sender/locations"
OWN = PartyId("NL", "TNM")
NOW = "2026-11-29T10:00:00Z"
JSON = {"content-type": "application/json"}


def operation(module: str, interface: str, name: str) -> Operation:
    return describe(v2_2_1.binding.bundle(module, interface)).operations[name]


def envelope(data: Any, code: int = 1000) -> bytes:
    found = {"data": data, "status_code": code, "status_message": "Success", "timestamp": NOW}
    return json.dumps(found).encode()


def faults(
    called: Operation, sent: SentRequest, answer: Answer, url: str = URL
) -> dict[str, list[Fault]]:
    exchange = RecordedExchange(sent, answer)
    checked = CheckedExchange(called, exchange, read(called, url, sent), OWN)
    checked.reachable = True
    found: dict[str, list[Fault]] = {}
    for one, _ in faults_of(checked):
        found.setdefault(one.rule.id, []).append(one)
    return found


def page(query: str = "", data: Any = (), **headers: str) -> dict[str, list[Fault]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answered = JSON | {"x-total-count": "0", "x-limit": "50"} | named
    called = operation("locations", "sender", "get_locations")
    sent = SentRequest("GET", f"{URL}{query}")
    return faults(called, sent, Answer(200, answered, envelope(list(data))))


def test_an_empty_link_names_no_page() -> None:
    assert page(link="") == {}
    assert "paging.link-absolute" in page(link="next")


def test_nothing_is_reported_about_a_limit_of_zero() -> None:
    assert page("?limit=0", x_limit="0") == {}
    assert set(page(x_limit="0")) == {"headers.required"}
    assert set(page("?limit=-1")) == {"malformed.invalid-refused"}


def test_objects_with_the_same_fault_are_one_cause() -> None:
    made = json.loads(encode(Factory(seed=1).make(Location)))
    stamped = {**made, "last_updated": "2026-01-05 06:07:00+00:00"}
    few, many = ([stamped] * count for count in (1, 7))
    causes = [{one.cause for one in page(data=data)["objects.data"]} for data in (few, many)]
    assert causes == [{"last_updated: … does not have the form that is demanded"}] * 2
    (fault,) = page(data=many)["objects.data"]
    assert fault.got.endswith("does not have the form that is demanded (6 more like it)")


@pytest.mark.parametrize("count", [1, 40])
def test_a_list_in_place_of_an_object_is_one_cause_whatever_is_in_it(count: int) -> None:
    called = operation("locations", "sender", "get_location")
    answer = Answer(200, JSON, envelope([{"id": "L"}] * count))
    found = faults(called, SentRequest("GET", f"{URL}/L1"), answer)
    assert [one.cause for one in found["objects.data"]] == ["data: a list is not of types …, …"]
    assert found["objects.data"][0].got == '/data: a list is not of types "null", "object"'


def put(body: dict[str, Any], answer: Answer) -> dict[str, list[Fault]]:
    url = URL.replace("sender/locations", "receiver/tokens")
    called = operation("tokens", "receiver", "put_token")
    query = "/NL/TNM/T1?type=RFID"
    sent = SentRequest("PUT", f"{url}{query}", JSON, json.dumps(body).encode())
    return faults(called, sent, answer, url)


TOKEN: dict[str, Any] = {
    "country_code": "NL", "party_id": "TNM", "uid": "T1", "type": "RFID", "contract_id": "C",
    "issuer": "TNM", "valid": True, "whitelist": "ALLOWED", "last_updated": NOW,
}  # fmt: skip


def test_refusals_of_different_properties_are_different_causes() -> None:
    causes = set()
    for name in ("issuer", "whitelist"):
        detail = {"detail": [{"loc": ["body", name], "msg": "no", "type": "value_error"}]}
        found = put(TOKEN, Answer(422, JSON, json.dumps(detail).encode()))
        (fault,) = found["malformed.valid-accepted"]
        assert fault.got == f"HTTP 422, OCPI none, naming {name}"
        causes.add(fault.cause)
    assert len(causes) == 2


def test_the_same_kind_of_value_accepted_elsewhere_is_one_cause() -> None:
    accepted = Answer(200, JSON, envelope(None))
    wrong: list[dict[str, Any]] = [{"issuer": 1}, {"contract_id": 2.5}, {"issuer": True}]
    causes = [put(TOKEN | one, accepted)["malformed.invalid-refused"][0].cause for one in wrong]
    assert causes[:2] == ['accepted: body a number is not of type "string"'] * 2
    assert causes[2] == 'accepted: body a boolean is not of type "string"'
    without = {name: value for name, value in TOKEN.items() if name != "last_updated"}
    (fault,) = put(without, accepted)["malformed.invalid-refused"]
    assert fault.cause == 'accepted: body "last_updated" is a required property'


def test_a_redirect_has_no_other_fault() -> None:
    called = operation("locations", "sender", "get_locations")
    answer = Answer(307, {"location": f"{URL}/"})
    assert set(faults(called, SentRequest("GET", URL), answer)) == {"versions.no-redirect"}


def test_a_page_elsewhere_that_is_not_found_is_left_to_the_rule_about_links() -> None:
    called = operation("locations", "sender", "get_locations")
    answer = Answer(404, JSON, envelope(None, 2000))
    elsewhere = SentRequest("GET", "https://peer.example/ocpi/ModuleID.locations/")
    assert faults(called, elsewhere, answer) == {}
    assert set(faults(called, SentRequest("GET", URL), answer)) == {"envelope.documented-status"}


def test_opening_hours_without_hours_may_be_refused() -> None:
    url = URL.replace("sender", "receiver")
    called = operation("locations", "receiver", "patch_location")
    refused = Answer(422, JSON, envelope(None, 2001))
    some, refusal = {"regular_hours": [HOURS]}, {"malformed.valid-accepted"}
    cases: list[tuple[dict[str, Any], set[str]]] = [({}, set()), (some, refusal)]
    for hours, rules in cases:
        body = {"opening_times": {"twentyfourseven": False, **hours}, "last_updated": NOW}
        sent = SentRequest("PATCH", f"{url}/NL/TNM/L1", JSON, json.dumps(body).encode())
        assert set(faults(called, sent, refused, url)) - {"envelope.documented-status"} == rules


HOURS = {"weekday": 1, "period_begin": "08:00", "period_end": "20:00"}


@pytest.mark.parametrize("host", ["known", "invented"])
def test_a_party_may_refuse_to_send_results_to_an_invented_host(host: str) -> None:
    url = URL.replace("sender/locations", "receiver/commands")
    called = operation("commands", "receiver", "post_stop_session")
    body = {"response_url": "https://invented.example/1", "session_id": "S1"}
    sent = SentRequest("POST", f"{url}/STOP_SESSION", JSON, json.dumps(body).encode())
    exchange = RecordedExchange(sent, Answer(200, JSON, envelope(None, 2001)))
    reading = read(called, url, sent)
    knowledge = Knowledge(own=OWN, response_url=body["response_url"] if host == "known" else None)
    checked = CheckedExchange(called, exchange, reading, OWN, reachable=True)
    checked.awaited = knowledge.awaits(called.callback, reading)
    rules = {one.rule.id for one, _ in faults_of(checked)}
    assert ("malformed.valid-accepted" in rules) is (host == "known")


def test_a_url_that_another_path_matches_too_has_the_methods_of_both() -> None:
    described = describe(v2_3_0.binding.bundle("payments", "sender"))
    activate = described.operations["post_activate_terminal"]
    assert described.allowed(activate) == {"POST"}
    assert described.answered(activate) == {"GET", "PATCH", "POST", "PUT"}


UNPROCESSABLE = Answer(422, JSON, b'{"detail": [{"loc": ["body"], "msg": "wrong"}]}')


def collected(*bodies: bytes, answer: Answer = UNPROCESSABLE) -> Collector:
    """Collect what is wrong with the answers to PUT of a location with some bodies."""
    called = operation("locations", "receiver", "put_location")
    found = Collector()
    for body in bodies:
        sent = SentRequest("PUT", f"{URL}/NL/TNM/L1", JSON, body)
        for each in faults(called, sent, answer).values():
            for fault in each:
                steps = (RecordedExchange(sent, answer),)
                found.add(Breach("2.2.1 locations.receiver", called.id, fault, "", steps))
    return found


def test_one_http_error_for_all_bodies_that_are_wrong_is_one_finding() -> None:
    found = [one for one in collected(b"{", b"{}").findings() if one.cause.startswith("HTTP")]
    assert [(one.rule, one.also) for one in found] == [
        ("malformed.http-error", ("malformed.not-json", "envelope.documented-status"))
    ]
    assert [(one.operation, one.times) for one in found[0].occurrences] == [("put_location", 2)]
    assert read_report(write_report(Report("check", URL, findings=found))).findings == found


def test_other_http_errors_are_causes_of_their_own() -> None:
    conflict = replace(UNPROCESSABLE, status=409)
    found = collected(b"{}")
    for each in collected(b"{}", answer=conflict).findings():
        assert each.cause not in {one.cause for one in found.findings() if "HTTP" in one.cause}
