"""CDRs in other versions."""

import pytest

from ocpi_bridge import NotConvertible
from tests.bridge.support import cdr_samples, samples
from tests.bridge.support.conversions import assumed, changed, convert_sample, lost
from tests.bridge.support.round_trips import plain
from tests.bridge.support.samples import read

LOCATION = read(samples.LOCATION_2_3_0, "2.3.0", "Location")


def test_a_cdr_without_connector_takes_none_of_the_location() -> None:
    place = cdr_samples.CDR_2_2_1["cdr_location"] | {"connector_id": "#NA"}
    document = changed(cdr_samples.CDR_2_2_1, cdr_location=place)
    found = convert_sample(document, "CDR", "2.2.1", "2.1.1", location=LOCATION)
    (connector,) = found.value.location.evses[0].connectors
    assert (connector.id, connector.voltage) == ("#NA", 0)


def test_a_cdr_of_2_2_1_for_a_partner_with_2_0() -> None:
    found = convert_sample(cdr_samples.CDR_2_2_1, "CDR", "2.2.1", "2.0")
    result = plain(found.value)
    assert result["stop_date_time"] == "2024-06-29T20:00:00Z"
    assert result["total_cost"] == "10"
    assert result["total_usage"] == [
        {"type": "ENERGY", "volume": "20"},
        {"type": "TIME", "volume": "1.5"},
        {"type": "PARKING_TIME", "volume": "0.5"},
    ]
    assert result["location"]["postal_code"] == ""
    assert lost(found) == {
        "/cdr_location/state",
        "/cdr_token/type",
        "/cdr_token/uid",
        "/last_updated",
        "/session_id",
        "/signed_data",
        "/total_cost/incl_vat",
        "/total_energy_cost",
    }
    connector = "/location/evses/0/connectors/0"
    assert assumed(found) == {
        f"{connector}/amperage",
        f"{connector}/status",
        f"{connector}/voltage",
        "/location/evses/0/status",
        "/location/postal_code",
        "/location/type",
    }


def test_a_location_in_the_context_fills_that_of_a_cdr() -> None:
    found = convert_sample(cdr_samples.CDR_2_2_1, "CDR", "2.2.1", "2.1.1", location=LOCATION)
    location = plain(found.value)["location"]
    assert location["address"] == "Stationsplein 1"
    assert location["operator"] == samples.OPERATOR
    connector = location["evses"][0]["connectors"][0]
    assert (connector["standard"], connector["voltage"]) == ("IEC_62196_T2", 920)
    assert assumed(found) == {"/location/postal_code"}


def test_a_cdr_of_2_0_for_a_partner_with_2_2_1() -> None:
    found = convert_sample(cdr_samples.CDR_2_0, "CDR", "2.0", "2.2.1")
    result = plain(found.value)
    assert result["start_date_time"] == "2015-06-29T19:39:09Z"
    assert plain(found.value)["total_cost"] == {"excl_vat": 4}
    assert str(found.value.total_energy) == "15.342"
    assert result["last_updated"] == samples.UPDATED
    assert result["cdr_location"]["evse_id"] == "BE-BEC-E041503003"
    assert result["charging_periods"][0]["dimensions"] == [
        {"type": "TIME", "volume": result["total_time"]}
    ]
    assert {"/total_usage/2", "/charging_periods/0/dimensions/1"} <= lost(found)


def test_totals_that_2_0_does_not_say_are_derived() -> None:
    document = changed(cdr_samples.CDR_2_0, total_usage=None, stop_date_time=None)
    found = convert_sample(document, "CDR", "2.0", "2.1.1")
    assert plain(found.value)["stop_date_time"] == "2015-06-29T21:37:31.800Z"
    assert assumed(found) == {"/stop_date_time", "/total_energy", "/total_time"}


def test_a_credit_cdr_is_no_bill() -> None:
    document = changed(cdr_samples.CDR_2_2_1, credit=True, credit_reference_id="CDR0")
    with pytest.raises(NotConvertible, match="credit") as caught:
        convert_sample(document, "CDR", "2.2.1", "2.1.1")
    assert caught.value.pointer == "/credit"


def test_a_cdr_of_a_reservation_keeps_one_period() -> None:
    period = {
        "start_date_time": "2024-06-29T18:00:00Z",
        "dimensions": [{"type": "RESERVATION_TIME", "volume": 0.25}],
    }
    document = changed(cdr_samples.CDR_2_2_1, charging_periods=[period])
    found = convert_sample(document, "CDR", "2.2.1", "2.1.1")
    assert plain(found.value)["charging_periods"][0]["dimensions"] == [
        {"type": "ENERGY", "volume": 20},
        {"type": "TIME", "volume": 1.5},
        {"type": "PARKING_TIME", "volume": 0.5},
    ]
    assert "/charging_periods" in lost(found)
    assert "/charging_periods" in assumed(found)


def test_signed_data_is_never_cut() -> None:
    found = convert_sample(cdr_samples.CDR_2_2_1, "CDR", "2.2.1", "2.2")
    assert "signed_data" not in plain(found.value)
    reasons = {each.pointer: each.reason for each in found.losses}
    assert "cannot be cut" in reasons["/signed_data"]


@pytest.mark.parametrize(
    ("volume", "reason"),
    [("#NA", "is #NA"), ("1E400", "too large"), ("1E99999999999999999999", "too large")],
)
def test_a_total_that_is_no_number_is_lost(volume: str, reason: str) -> None:
    usage = [{"type": "ENERGY", "volume": volume}, {"type": "TIME", "volume": "2"}]
    document = changed(cdr_samples.CDR_2_0, total_usage=usage)
    found = convert_sample(document, "CDR", "2.0", "2.1.1")
    assert (found.value.total_energy, found.value.total_time) == (0, 2)
    reasons = {each.pointer: each.reason for each in found.losses}
    assert reason in reasons["/total_usage/0"]


@pytest.mark.parametrize(("cost", "reason"), [("#NA", "is #NA"), ("1E400", "too large")])
def test_a_bill_without_a_cost_is_refused(cost: str, reason: str) -> None:
    document = changed(cdr_samples.CDR_2_0, total_cost=cost)
    with pytest.raises(NotConvertible, match=reason) as caught:
        convert_sample(document, "CDR", "2.0", "2.1.1")
    assert caught.value.pointer == "/total_cost"


def test_sums_beyond_the_numbers_of_json_are_refused() -> None:
    usage = [{"type": "ENERGY", "volume": "1.5E308"}] * 2
    document = changed(cdr_samples.CDR_2_0, total_usage=usage)
    with pytest.raises(NotConvertible, match="too large"):
        convert_sample(document, "CDR", "2.0", "2.1.1")
