"""The envelope around every answer."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ocpi_runtime import codec
from ocpi_runtime._wire import envelope
from ocpi_runtime.errors import InvalidParameters, OcpiError, ProtocolError, Violation
from ocpi_runtime.types import UNSET


def assert_just_now(text: str) -> None:
    assert text.endswith("Z")
    assert len(text) <= 24
    assert abs(codec.parse_timestamp(text) - datetime.now(UTC)) < timedelta(seconds=30)


def test_success_splices_data_as_it_is() -> None:
    text = envelope.success(b'{"id": "1",  "x": 1.0}')
    assert b'{"id": "1",  "x": 1.0}' in text
    body = json.loads(text)
    assert_just_now(body.pop("timestamp"))
    data = {"id": "1", "x": 1.0}
    assert body == {"data": data, "status_code": 1000, "status_message": "Success"}


def test_success_without_data_has_none() -> None:
    body = json.loads(envelope.success())
    assert set(body) == {"status_code", "status_message", "timestamp"}
    assert json.loads(envelope.success(b"[]"))["data"] == []
    assert json.loads(envelope.success(b"null"))["data"] is None
    assert json.loads(envelope.success(status_code=1999))["status_code"] == 1999


def test_failure_lists_the_violations_beside_data_and_in_words() -> None:
    violations = [Violation("/a~1b", "maxLength", "is too long"), Violation("", "type", 'is "x"')]
    error = InvalidParameters("Wrong.", violations=violations)
    body = json.loads(envelope.failure(error))
    assert_just_now(body["timestamp"])
    assert body["status_code"] == 2001
    faults = '/a~1b is too long; the body is "x".'
    assert body["status_message"] == f"Wrong. {faults} {error.hint}"
    assert "data" not in body
    assert body["violations"] == [
        {"pointer": "/a~1b", "code": "maxLength", "message": "is too long"},
        {"pointer": "", "code": "type", "message": 'is "x"'},
    ]


def test_a_message_quotes_five_violations_and_none_that_it_has_already() -> None:
    many = [Violation(f"/{index}", "type", f"is wrong {index}") for index in range(7)]
    body = json.loads(envelope.failure(OcpiError("/3 is wrong 3", violations=many)))
    quoted = ["/0 is wrong 0", "/1 is wrong 1", "/2 is wrong 2", "/4 is wrong 4", "/5 is wrong 5"]
    assert body["status_message"] == f"/3 is wrong 3 {'; '.join(quoted)}; and 1 more."
    assert len(body["violations"]) == 7


def test_the_violations_of_a_peer_are_read() -> None:
    error = InvalidParameters(violations=[Violation("/city", "required", "is missing")])
    assert envelope.read(envelope.failure(error)).violations == error.violations


@pytest.mark.parametrize(
    "sent", [b"[1]", b'{"city": ["x"]}', b'"none"', b"[" + b"9," * 200_000 + b"9]"]
)
def test_other_violations_are_passed_over(sent: bytes) -> None:
    found = envelope.read(b'{"status_code":2001,"violations":%b}' % sent)
    assert (found.status_code, found.violations) == (2001, ())


def test_failure_without_violations_has_no_list() -> None:
    body = json.loads(envelope.failure(OcpiError("No.", status_code=3999)))
    assert body["status_code"] == 3999
    assert body["status_message"] == "No."
    assert not {"data", "violations"} & set(body)


def test_the_message_is_one_clean_line_of_bounded_length() -> None:
    error = InvalidParameters(
        "a\r\nSet-Cookie: x\x00\x1b[2J\u2028\ud800" + "é" * 5000,
        violations=[Violation("/\udc00", "x", "y\n" * 5000)] * 500,
    )
    body = json.loads(envelope.failure(error))
    assert len(body["status_message"]) == 1024
    assert body["status_message"].startswith("a Set-Cookie: x [2J ?éé")
    assert len(body["violations"]) == 100
    assert body["violations"][0]["pointer"] == "/?"
    assert "\n" not in body["violations"][0]["message"]


def test_the_cause_of_an_error_is_not_sent() -> None:
    error = OcpiError("Sorry.")
    error.__cause__ = KeyError("secret")
    assert b"secret" not in envelope.failure(error)


def test_an_answer_is_unwrapped_without_parsing_its_data() -> None:
    found = envelope.read(
        b'{"data": {"n": 1.0, "n": 2}, "status_code": 1000, "status_message": "ok",'
        b' "timestamp": "2024-06-29T20:39:09", "extra": []}'
    )
    assert found.data == b'{"n": 1.0, "n": 2}'
    assert (found.status_code, found.status_message, found.is_success) == (1000, "ok", True)
    assert found.timestamp == datetime(2024, 6, 29, 20, 39, 9, tzinfo=UTC)
    assert found.problems == ()


def test_absent_data_and_null_differ() -> None:
    stamp = b'"timestamp":"2024-06-29T20:39:09Z"'
    assert envelope.read(b'{"status_code":1000,%b}' % stamp).data is UNSET
    assert envelope.read(b'{"status_code":1000,"data":null,%b}' % stamp).data == b"null"
    found = envelope.read(b'{"status_code":2000,"status_message":null,%b}' % stamp)
    assert (found.status_message, found.is_success, found.problems) == (None, False, ())


@pytest.mark.parametrize(
    ("field", "pointer", "code"),
    [
        (b"", "/timestamp", "required"),
        (b',"timestamp":null', "/timestamp", "type"),
        (b',"timestamp":1719693549', "/timestamp", "type"),
        (b',"timestamp":"today"', "/timestamp", "format"),
        (b',"timestamp":"2024-06-29T20:39:09+02:00"', "/timestamp", "format"),
        (b',"timestamp":"2024-06-29T20:39:09Z","status_message":7', "/status_message", "type"),
    ],
)
def test_small_faults_are_reported_and_let_through(field: bytes, pointer: str, code: str) -> None:
    found = envelope.read(b'{"status_code":1000,"data":[]%b}' % field)
    assert found.data == b"[]"
    assert [(each.pointer, each.code) for each in found.problems] == [(pointer, code)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b"{}",
        b'{"status_code":1000',
        b'{"status_code":"1000"}',
        b'{"status_code":1000.0}',
        b'{"status_code":true}',
        b'{"status_code":null}',
        b'{"status_code":1000,"status_message":"\xff"}',
        b'{"status_code":' + b"[" * 100_000,
    ],
)
def test_what_is_no_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolError, match="envelope"):
        envelope.read(body)


def test_what_is_written_can_be_read() -> None:
    assert envelope.read(envelope.success(b"[1]")).data == b"[1]"
    assert envelope.read(envelope.failure(OcpiError("No."))).status_message == "No."
