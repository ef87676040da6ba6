"""How deep a document may be."""

import pytest

from ocpi_runtime import codec
from ocpi_runtime.errors import InvalidParameters, MalformedRequest
from tests.runtime.wire_samples import PLACE, Site


def nested(levels: int, inner: bytes = b"1") -> bytes:
    return (
        b'{"a":[' * (levels // 2)
        + b"[" * (levels % 2)
        + inner
        + (b"]" * (levels % 2) + b"]}" * (levels // 2))
    )


@pytest.mark.parametrize("inner", [b"1", b'"]]]]}}}}"', b'"[[\\"{{"', b'"\\\\"'])
@pytest.mark.parametrize("levels", [31, 32, 33, 100, 900])
def test_depth_is_counted_exactly(levels: int, inner: bytes) -> None:
    data = nested(levels, inner)
    for limit in (levels, levels + 1):
        codec.check_depth(data, limit)
        codec.parse(data, max_depth=limit)
    for refuse in (codec.check_depth, codec.parse):
        with pytest.raises(InvalidParameters) as caught:
            refuse(data, max_depth=levels - 1)
        assert caught.value.violations[0].code == "depth"


def test_wide_is_not_deep() -> None:
    data = b"[" + b",".join([b'{"a":[],"b":"]"}'] * 1000) + b"]"
    assert len(codec.parse(data, max_depth=3)) == 1000


def test_depth_of_what_is_no_json_is_malformed() -> None:
    with pytest.raises(MalformedRequest):
        codec.check_depth(b"<html>" + b"{" * 100)


def test_a_hundred_levels_in_an_unknown_field_are_refused() -> None:
    document = PLACE.replace(b"[1.0, null]", nested(100))
    with pytest.raises(InvalidParameters) as caught:
        codec.check(document, Site)
    assert caught.value.status_code == 2001
