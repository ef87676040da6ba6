"""Reading of types of a program, which no schema describes."""

from datetime import UTC, datetime

import msgspec
import pytest

from ocpi_runtime import codec
from ocpi_runtime.errors import InvalidParameters
from tests.runtime.wire_samples import PlainTime, Status

NOON = datetime(2024, 6, 29, 12, tzinfo=UTC)


class Either(msgspec.Struct):
    value: PlainTime | list[datetime]


def test_each_of_several_types_of_a_field_has_times_in_utc() -> None:
    text = b'"2024-06-29T12:00:00"'
    assert codec.decode(b'{"value": [%b]}' % text, Either).value == [NOON]
    assert codec.decode(b'{"value": {"at": %b}}' % text, Either).value == PlainTime(at=NOON)


def test_what_cannot_be_read_is_described_in_few_words() -> None:
    with pytest.raises(InvalidParameters) as caught:
        codec.decode(b'["%b"]' % (b"x" * 5000), list[Status])
    (fault,) = caught.value.violations
    assert fault.message.startswith("cannot be read: invalid enum value 'xxx")
    assert len(fault.message) < 400
