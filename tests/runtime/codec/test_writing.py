"""Writing of models whose timestamps and numbers msgspec would write otherwise than OCPI."""

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpi_runtime import codec
from ocpi_runtime.types import UNSET, UnsetType
from tests.runtime.wire_samples import PlainTime, Plug, Price, Site

NOON = datetime(2024, 6, 29, 12, tzinfo=UTC)
ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))) | st.just(UTC)
INSTANTS = st.builds(
    lambda second, micros, zone: datetime.fromtimestamp(second, zone).replace(microsecond=micros),
    st.integers(0, 4_000_000_000),
    st.sampled_from([0, 0, 99, 120_000, 123_456]),
    ZONES,
)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=4) | st.integers(0, 9)
PRICES = st.builds(Price, excl_vat=NUMBERS, incl_vat=st.just(UNSET) | st.none() | NUMBERS)
PLUGS = st.builds(Plug, id=st.just("1"), volts=st.just(230), last_updated=INSTANTS)
SITES = st.builds(
    Site,
    id=st.just("S1"),
    name=st.sampled_from(["NaN", "T10:00:00.123456+02:00", '"last_updated":"', "Zürich"]),
    plugs=st.lists(PLUGS, max_size=3),
    last_updated=INSTANTS,
    price=st.just(UNSET) | st.none() | PRICES,
    closings=st.just(UNSET) | st.none() | st.lists(INSTANTS, max_size=2),
)


class Tree(msgspec.Struct):
    at: datetime
    below: "list[Tree]" = []
    either: PlainTime | list[datetime] | UnsetType = UNSET


def written_value_by_value(value: Any) -> bytes:
    """Write what is no model, so that each value in it is looked at."""
    return codec.encode(
        msgspec.to_builtins(value, builtin_types=(datetime, Decimal), str_keys=True)
    )


@given(st.lists(SITES, min_size=1, max_size=3))
def test_models_are_written_like_the_values_in_them(sites: list[Site]) -> None:
    before = deepcopy(sites)
    assert codec.encode(sites) == written_value_by_value(sites)
    assert codec.encode(sites[0]) == written_value_by_value(sites[0])
    assert sites == before


@given(INSTANTS, INSTANTS)
def test_a_class_within_itself_and_one_of_several_types_are_written_like_others(
    first: datetime, second: datetime
) -> None:
    for either in (UNSET, PlainTime(at=second), [first, second]):
        tree = Tree(first, [Tree(second, either=either)], either)
        assert codec.encode(tree) == written_value_by_value(tree)
        assert codec.encode([tree, tree]) == written_value_by_value([tree, tree])


@pytest.mark.parametrize("micros", [0, 123_456])
def test_parts_that_are_of_another_type_than_their_field_are_written(micros: int) -> None:
    at: Any = NOON + timedelta(microseconds=micros)
    plug: Any = {"id": "1", "last_updated": at}
    whole: Any = 5
    for changes in (
        {"plugs": [plug]},
        {"plugs": UNSET, "last_updated": UNSET},
        {"price": Price(excl_vat=whole)},
        {"price": {"excl_vat": 1.5}},
        {"last_updated": "2024-06-29T12:00:00Z", "closings": (at,)},
    ):
        fields: Any = {"id": "S1", "name": "x", "plugs": [], "last_updated": at} | changes
        site = Site(**fields)
        assert codec.encode(site) == written_value_by_value(site)


def test_numbers_that_json_has_not_are_refused_in_parts_of_another_type() -> None:
    price: Any = {"excl_vat": Decimal("NaN")}
    site = Site(id="S1", name="x", plugs=[], last_updated=NOON, price=price)
    with pytest.raises(ValueError, match=r"\$\.price\.excl_vat: NaN cannot be represented"):
        codec.encode(site)


class OtherDatetime(datetime):
    """As libraries have them."""


def test_datetimes_of_a_subclass_are_written_like_others() -> None:
    for micros in (0, 120_000, 123_456):
        instant = NOON.replace(microsecond=micros)
        other = OtherDatetime.fromisoformat(instant.isoformat())
        assert codec.format_timestamp(other) == codec.format_timestamp(instant)


def test_threads_that_write_at_the_same_time_do_not_mix_their_texts() -> None:
    sites = [
        Site(id=str(number), name="x" * number, plugs=[], last_updated=NOON)
        for number in range(200)
    ]
    texts = [written_value_by_value(site) for site in sites]
    with ThreadPoolExecutor(4) as threads:
        for _ in range(5):
            assert [*threads.map(codec.encode, sites)] == texts
