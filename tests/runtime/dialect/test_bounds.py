"""How much a dialect does for one object."""

from copy import deepcopy
from typing import Any, Final

import pytest

from ocpi_bindings.v2_2_1.models import Location
from ocpi_runtime.codec import encode
from ocpi_runtime.dialect import Dialect
from tests.runtime.dialect_samples import LOCATION


def test_repairs_are_kept_up_to_a_thousand_and_counted_beyond() -> None:
    value = deepcopy(LOCATION)
    value["facilities"] = ["WIFI"] + [None] * 1500

    reading = Dialect.standard.read(encode(value), Location)

    assert reading.verdict == "repaired"
    assert (len(reading.repairs), reading.more_repairs) == (1000, 500)
    assert reading.value["facilities"] == ["WIFI"]


def test_repairs_that_come_to_nothing_are_not_counted() -> None:
    value = deepcopy(LOCATION)
    value["facilities"] = ["WIFI"] + [None] * 1500
    value["evses"][0]["physical_reference"] = "A\n" + "B" * 30

    reading = Dialect.standard.read(encode(value), Location)

    assert {each.pointer for each in reading.remaining} == {"/evses/0/physical_reference"}
    assert (len(reading.repairs), reading.more_repairs) == (1000, 500)


LONG: Final = 100_000
TEXTS: Final = [
    ".png?" * (LONG // 5) + "\n",
    "Thu, " + "1" * LONG + " GMT",
    "[a" * (LONG // 2),
    "2026-1-1T1:00" + "[UTC" * (LONG // 4),
    "9" * LONG,
    "52." + "1" * LONG + "N",
    " " * LONG + "x",
    "NL*" * (LONG // 3),
    "8:00" + " " * LONG + "x",
    "2026-01-01T10:00:00" + " " * LONG + "x",
    "230" + " " * LONG + "x",
    "2026-01-01T00:00 " * (LONG // 17) + "\nx",
]


@pytest.mark.parametrize("text", TEXTS, ids=[str(number) for number in range(len(TEXTS))])
def test_long_texts_take_no_time_that_grows_with_their_square(text: str) -> None:
    value: Any = deepcopy(LOCATION)
    value |= {"last_updated": text, "country": text, "party_id": text, "operator": text}
    value["opening_times"]["regular_hours"][0] |= {"period_begin": text}
    value |= {"images": [{"url": text, "category": "OTHER"}], "time_zone": text}
    value["coordinates"]["latitude"] = text
    value["evses"][0]["connectors"][0] |= {"max_voltage": text, "power_type": text}

    assert Dialect.lenient.read(encode(value), Location).verdict == "partial"


@pytest.mark.parametrize("number", ["1e-99999999", "-1.5E-999999", "1e-101"])
@pytest.mark.parametrize("field", ["name", "time_zone", "last_updated"])
def test_a_number_of_many_digits_does_not_become_a_text_of_them(field: str, number: str) -> None:
    text = encode({**deepcopy(LOCATION), field: "@"}).replace(b'"@"', number.encode())

    reading = Dialect.lenient.read(text, Location)

    assert f"/{field}" in {
        *(each.pointer for each in reading.remaining),
        *(each.pointer for each in reading.repairs),
    }
    assert len(str(reading.value.get(field))) < 100
