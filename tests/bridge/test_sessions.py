"""Sessions and CDRs in other versions."""

import pytest
from msgspec.structs import replace

from ocpi_bridge import NotConvertible, convert
from tests.bridge import samples
from tests.bridge.comparing import plain
from tests.bridge.samples import read
from tests.bridge.saying import assumed, changed, lost, said
from tests.bridge.surroundings import CONTEXT, TOKEN, replace_context

LOCATION = read(samples.LOCATION_2_3_0, "2.3.0", "Location")


def test_a_session_of_2_3_0_for_a_partner_with_2_1_1() -> None:
    found = said(samples.SESSION_2_3_0, "Session", "2.3.0", "2.1.1", location=LOCATION)
    result = plain(found.value)
    assert result["start_datetime"] == "2024-06-29T18:00:00Z"
    assert result["end_datetime"] == "2024-06-29T20:00:00Z"
    assert result["auth_id"] == "DE8ACC12E46L89"
    assert result["auth_method"] == "AUTH_REQUEST"
    assert result["location"]["evses"][0]["connectors"][0]["id"] == "1"
    assert result["total_cost"] == 10
    starts = [each["start_date_time"] for each in result["charging_periods"]]
    assert starts == ["2024-06-29T18:00:00Z", "2024-06-29T19:30:00Z"]
    assert lost(found) == {
        "/auth_method",
        "/authorization_reference",
        "/cdr_token/type",
        "/cdr_token/uid",
        "/charging_periods/0/dimensions/0",
        "/charging_periods/0/tariff_id",
        "/charging_periods/1",
        "/total_cost/taxes",
    }


def test_a_token_in_the_context_is_not_lost() -> None:
    around = {"location": LOCATION, "token": TOKEN}
    found = said(samples.SESSION_2_3_0, "Session", "2.3.0", "2.1.1", **around)
    assert not {each for each in lost(found) if each.startswith("/cdr_token")}
    back = convert(found.value, "2.3.0", context=replace_context(**around))
    assert plain(back.value)["cdr_token"] == samples.SESSION_2_3_0["cdr_token"]
    assert "/cdr_token/uid" not in assumed(back)


def test_a_session_of_an_unknown_token_says_so() -> None:
    around = {"location": LOCATION}
    there = said(samples.SESSION_2_3_0, "Session", "2.3.0", "2.1.1", **around)
    back = convert(there.value, "2.2", context=replace_context(**around))
    assert back.value.cdr_token.uid == "#NA"
    assert back.value.cdr_token.type == "OTHER"
    assert {"/cdr_token/uid", "/cdr_token/type"} <= assumed(back)
    assert back.value.location_id == "LOC1"
    assert {"/location/evses/0/status", "/location/name", "/location/type"} <= lost(back)


def test_a_reservation_without_evse_goes_there_and_back() -> None:
    document = changed(samples.SESSION_2_3_0, evse_uid="#NA", connector_id="#NA")
    there = said(document, "Session", "2.3.0", "2.1.1", location=LOCATION)
    assert "evses" not in plain(there.value)["location"]
    assert "/evse_uid" not in lost(there)
    back = convert(there.value, "2.2.1", context=CONTEXT)
    assert (back.value.evse_uid, back.value.connector_id) == ("#NA", "#NA")


def test_an_evse_that_the_location_does_not_have_is_lost() -> None:
    document = changed(samples.SESSION_2_3_0, evse_uid="9")
    found = said(document, "Session", "2.3.0", "2.1.1", location=LOCATION)
    assert {"/evse_uid", "/connector_id"} <= lost(found)


def test_a_reservation_of_an_evse_without_connector_keeps_the_evse() -> None:
    document = changed(samples.SESSION_2_3_0, connector_id="#NA")
    found = said(document, "Session", "2.3.0", "2.1.1", location=LOCATION)
    (evse,) = found.value.location.evses
    assert evse.uid == "3256"
    assert not lost(found) & {"/evse_uid", "/connector_id"}
    assert "/location/evses/0/connectors" in assumed(found)


def test_a_cdr_without_connector_takes_none_of_the_location() -> None:
    place = samples.CDR_2_2_1["cdr_location"] | {"connector_id": "#NA"}
    document = changed(samples.CDR_2_2_1, cdr_location=place)
    found = said(document, "CDR", "2.2.1", "2.1.1", location=LOCATION)
    (connector,) = found.value.location.evses[0].connectors
    assert (connector.id, connector.voltage) == ("#NA", 0)


@pytest.mark.parametrize("source", ["2.2.1", "2.3.0"])
def test_what_was_shortened_is_still_known(source: str) -> None:
    names = {"location_id": "UTRECHT-CENTRAAL-1", "evse_uid": "NL-TNM-E000000003256"}
    contract = "DE-8AC-C12E46L89-X"
    token = samples.SESSION_2_3_0["cdr_token"] | {"contract_id": contract}
    document = changed(samples.SESSION_2_3_0, cdr_token=token, total_cost=None, **names)
    evse = replace(LOCATION.evses[0], uid=names["evse_uid"])
    around = {
        "location": replace(LOCATION, id=names["location_id"], evses=[evse]),
        "token": replace(TOKEN, contract_id=contract),
    }
    there = said(document, "Session", source, "2.0", **around)
    back = convert(there.value, source, context=replace_context(**around))
    assert (back.value.cdr_token.uid, back.value.cdr_token.contract_id) == (TOKEN.uid, contract)
    again = convert(back.value, "2.0", context=replace_context(**around))
    assert again.value == there.value


def test_a_cost_that_is_not_known_is_zero_in_2_0() -> None:
    document = changed(samples.SESSION_2_3_0, total_cost=None)
    found = said(document, "Session", "2.3.0", "2.0", location=LOCATION)
    assert found.value.total_cost == "0"
    assert "/total_cost" in assumed(found)


def test_a_cdr_of_2_2_1_for_a_partner_with_2_0() -> None:
    found = said(samples.CDR_2_2_1, "CDR", "2.2.1", "2.0")
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
    found = said(samples.CDR_2_2_1, "CDR", "2.2.1", "2.1.1", location=LOCATION)
    location = plain(found.value)["location"]
    assert location["address"] == "Stationsplein 1"
    assert location["operator"] == samples.OPERATOR
    connector = location["evses"][0]["connectors"][0]
    assert (connector["standard"], connector["voltage"]) == ("IEC_62196_T2", 920)
    assert assumed(found) == {"/location/postal_code"}


def test_a_cdr_of_2_0_for_a_partner_with_2_2_1() -> None:
    found = said(samples.CDR_2_0, "CDR", "2.0", "2.2.1")
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
    document = changed(samples.CDR_2_0, total_usage=None, stop_date_time=None)
    found = said(document, "CDR", "2.0", "2.1.1")
    assert plain(found.value)["stop_date_time"] == "2015-06-29T21:37:31.800Z"
    assert assumed(found) == {"/stop_date_time", "/total_energy", "/total_time"}


def test_a_credit_cdr_is_no_bill() -> None:
    document = changed(samples.CDR_2_2_1, credit=True, credit_reference_id="CDR0")
    with pytest.raises(NotConvertible, match="credit") as caught:
        said(document, "CDR", "2.2.1", "2.1.1")
    assert caught.value.pointer == "/credit"


def test_a_cdr_of_a_reservation_keeps_one_period() -> None:
    period = {
        "start_date_time": "2024-06-29T18:00:00Z",
        "dimensions": [{"type": "RESERVATION_TIME", "volume": 0.25}],
    }
    document = changed(samples.CDR_2_2_1, charging_periods=[period])
    found = said(document, "CDR", "2.2.1", "2.1.1")
    assert plain(found.value)["charging_periods"][0]["dimensions"] == [
        {"type": "ENERGY", "volume": 20},
        {"type": "TIME", "volume": 1.5},
        {"type": "PARKING_TIME", "volume": 0.5},
    ]
    assert "/charging_periods" in lost(found)
    assert "/charging_periods" in assumed(found)


def test_signed_data_is_never_cut() -> None:
    found = said(samples.CDR_2_2_1, "CDR", "2.2.1", "2.2")
    assert "signed_data" not in plain(found.value)
    reasons = {each.pointer: each.reason for each in found.losses}
    assert "cannot be cut" in reasons["/signed_data"]


@pytest.mark.parametrize(
    ("volume", "reason"),
    [("#NA", "not known"), ("1E400", "too large"), ("1E99999999999999999999", "too large")],
)
def test_a_total_that_is_no_number_is_lost(volume: str, reason: str) -> None:
    usage = [{"type": "ENERGY", "volume": volume}, {"type": "TIME", "volume": "2"}]
    document = changed(samples.CDR_2_0, total_usage=usage)
    found = said(document, "CDR", "2.0", "2.1.1")
    assert (found.value.total_energy, found.value.total_time) == (0, 2)
    reasons = {each.pointer: each.reason for each in found.losses}
    assert reason in reasons["/total_usage/0"]


@pytest.mark.parametrize(("cost", "reason"), [("#NA", "not known"), ("1E400", "too large")])
def test_a_bill_without_a_cost_is_refused(cost: str, reason: str) -> None:
    document = changed(samples.CDR_2_0, total_cost=cost)
    with pytest.raises(NotConvertible, match=reason) as caught:
        said(document, "CDR", "2.0", "2.1.1")
    assert caught.value.pointer == "/total_cost"


def test_sums_beyond_the_numbers_of_json_are_refused() -> None:
    usage = [{"type": "ENERGY", "volume": "1.5E308"}] * 2
    document = changed(samples.CDR_2_0, total_usage=usage)
    with pytest.raises(NotConvertible, match="too large"):
        said(document, "CDR", "2.0", "2.1.1")
