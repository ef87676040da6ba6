"""Numbers that JSON can write and no type can hold."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from ocpi_runtime import codec
from ocpi_runtime.errors import InvalidParameters


class Priced(msgspec.Struct):
    price: Decimal


@pytest.mark.parametrize("number", ["1e9999999999999999999", "-1e-9999999999999999999"])
@pytest.mark.parametrize("read", [codec.decode, codec.check])
def test_an_exponent_that_no_decimal_has_is_refused(number: str, read: Any) -> None:
    text = b'{"price": %b}' % number.encode()
    with pytest.raises(InvalidParameters, match="2001"):
        read(text, Priced)
    with pytest.raises(InvalidParameters, match="2001"):
        read(b'{"price": "1", "price": %b}' % number.encode(), Priced)
    assert codec.decode_list(b"[%b]" % text, Priced)[1]


def test_a_number_in_quotes_breaks_its_item_alone() -> None:
    items, broken = codec.decode_list(b'[{"price": "1.50"}, {"price": 1.50}]', Priced)
    assert [each.value for each in items] == [Priced(Decimal("1.50"))]
    assert [each.raw for each in broken] == [b'{"price": "1.50"}']


def test_numbers_in_quotes_are_refused_behind_any_number_of_broken_items() -> None:
    listed = b",".join([b'{"price": "1.50"}'] * 102 + [b'{"price": 1.50}'])
    items, broken = codec.decode_list(b"[%b]" % listed, Priced)
    assert [each.value for each in items] == [Priced(Decimal("1.50"))]
    assert [each.index for each in broken] == [*range(102)]
    with pytest.raises(InvalidParameters):
        codec.decode(b'["1.50"]', list[Decimal])


NAIVE = datetime(2024, 6, 29, tzinfo=UTC).replace(tzinfo=None)


class Free(msgspec.Struct):
    value: Any


@pytest.mark.parametrize("value", [float("nan"), Decimal("Infinity"), [NAIVE]])
def test_what_json_has_not_is_refused_below_a_field_of_any_type(value: Any) -> None:
    with pytest.raises(ValueError, match=r"\$\.value"):
        codec.encode(Free(value))


def test_a_timestamp_below_a_field_of_any_type_is_written_in_utc() -> None:
    instant = datetime(2024, 6, 29, 12, tzinfo=timezone(timedelta(hours=2)))
    assert codec.encode(Free({1: instant})) == b'{"value":{"1":"2024-06-29T10:00:00Z"}}'
