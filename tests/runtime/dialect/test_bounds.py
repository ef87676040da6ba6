"""How much a dialect does for one object."""

from copy import deepcopy

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
