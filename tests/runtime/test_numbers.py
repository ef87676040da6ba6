"""Numbers that JSON can write and no type can hold."""

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
