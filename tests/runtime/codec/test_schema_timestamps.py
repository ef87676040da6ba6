"""Timestamps, judged by the schema."""

import json

import pytest

from ocpi_runtime import codec
from tests.runtime.codec.test_schema import changed, faults_in
from tests.runtime.wire_samples import Moment, Site


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2024-02-30T20:39:09Z", "is not an existing date and time"),
        ("2023-02-29T20:39:09Z", "is not an existing date and time"),
        ("1900-02-29T20:39:09Z", "is not an existing date and time"),
        ("2024-04-31T20:39:09Z", "is not an existing date and time"),
        ("2024-06-29T24:00:00Z", "is not an existing date and time"),
        ("2024-06-29T23:59:60Z", "is not an existing date and time"),
        ("2024-06-29T20:39:09+00:00", "carries an offset; timestamps are in UTC and end with Z"),
        ("2024-06-29T20:39:09-0500", "carries an offset; timestamps are in UTC and end with Z"),
        ("2024-06-29 20:39:09Z", "is not a timestamp of the form 2024-06-29T20:39:09Z"),
        ("2024-06-29T20:39:09z", "is not a timestamp of the form 2024-06-29T20:39:09Z"),
        ("2024-06-29T20:39:09Z\n", "is not a timestamp of the form 2024-06-29T20:39:09Z"),
        ("2024-06-29T20:39Z", "is not a timestamp of the form 2024-06-29T20:39:09Z"),
        ("2024-06-29", "is not a timestamp of the form 2024-06-29T20:39:09Z"),
        ("", "is not a timestamp of the form 2024-06-29T20:39:09Z"),
    ],
)
def test_timestamps_that_do_not_exist_are_faults(text: str, message: str) -> None:
    data = changed(last_updated=text, closings=[text])
    expected = ("pattern", message)
    assert faults_in(data) == {"/last_updated": expected, "/closings/0": expected}
    with pytest.raises(ValueError, match=message):
        codec.parse_timestamp(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2024-06-29T20:39:09Z", ""),
        ("2024-06-29T20:39:09", ""),
        ("2024-06-29T22:39:09+02:00", ""),
        ("2024-06-29T15:09:09-05:30", ""),
        ("2024-02-30T20:39:09+02:00", "is not an existing date and time"),
        ("2024-06-29T20:39:09Z+02:00", "is not a timestamp of the form 2024-06-29T20:39:09Z"),
        ("2024-06-29T20:39:09+0200", "is not a timestamp of the form 2024-06-29T20:39:09Z"),
        ("#NA", "is not a timestamp of the form 2024-06-29T20:39:09Z"),
    ],
)
def test_offsets_are_taken_where_the_documents_say_so(text: str, message: str) -> None:
    data = json.dumps({"at": text}).encode()
    assert faults_in(data, Moment) == ({"/at": ("pattern", message)} if message else {})
    if not message:
        moment = codec.check(data, Moment)
        sent = json.loads(codec.encode(moment))["at"]
        assert sent.endswith("09Z")
        assert codec.parse_timestamp(sent) == moment.at


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29T00:00:00",
        "2000-02-29T23:59:59Z",
        "2024-12-31T00:00:00.1234Z",
        "0001-01-01T00:00:00Z",
    ],
)
def test_timestamps_that_exist_are_right(text: str) -> None:
    place = codec.check(changed(last_updated=text), Site)
    assert place.last_updated == codec.parse_timestamp(text)


def test_timestamps_are_at_most_25_characters_long() -> None:
    text = "2024-06-29T20:39:09.123456Z"
    message = "is 27 characters long, at most 25 are allowed"
    assert faults_in(changed(last_updated=text)) == {"/last_updated": ("maxLength", message)}
    with pytest.raises(ValueError, match="at most 25"):
        codec.parse_timestamp(text)
