"""Sessions in other versions."""

import pytest
from msgspec.structs import replace

from ocpi_bridge import convert
from tests.bridge.support import samples
from tests.bridge.support.contexts import CONTEXT, TOKEN, replace_context
from tests.bridge.support.conversions import assumed, changed, convert_sample, lost
from tests.bridge.support.round_trips import plain
from tests.bridge.support.samples import read

LOCATION = read(samples.LOCATION_2_3_0, "2.3.0", "Location")


def test_a_session_of_2_3_0_for_a_partner_with_2_1_1() -> None:
    found = convert_sample(samples.SESSION_2_3_0, "Session", "2.3.0", "2.1.1", location=LOCATION)
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
    found = convert_sample(samples.SESSION_2_3_0, "Session", "2.3.0", "2.1.1", **around)
    assert not {each for each in lost(found) if each.startswith("/cdr_token")}
    back = convert(found.value, "2.3.0", context=replace_context(**around))
    assert plain(back.value)["cdr_token"] == samples.SESSION_2_3_0["cdr_token"]
    assert "/cdr_token/uid" not in assumed(back)


def test_a_session_of_an_unknown_token_says_so() -> None:
    around = {"location": LOCATION}
    there = convert_sample(samples.SESSION_2_3_0, "Session", "2.3.0", "2.1.1", **around)
    back = convert(there.value, "2.2", context=replace_context(**around))
    assert back.value.cdr_token.uid == "#NA"
    assert back.value.cdr_token.type == "OTHER"
    assert {"/cdr_token/uid", "/cdr_token/type"} <= assumed(back)
    assert back.value.location_id == "LOC1"
    assert {"/location/evses/0/status", "/location/name", "/location/type"} <= lost(back)


def test_a_reservation_without_evse_goes_there_and_back() -> None:
    document = changed(samples.SESSION_2_3_0, evse_uid="#NA", connector_id="#NA")
    there = convert_sample(document, "Session", "2.3.0", "2.1.1", location=LOCATION)
    assert "evses" not in plain(there.value)["location"]
    assert "/evse_uid" not in lost(there)
    back = convert(there.value, "2.2.1", context=CONTEXT)
    assert (back.value.evse_uid, back.value.connector_id) == ("#NA", "#NA")


def test_an_evse_that_the_location_does_not_have_is_lost() -> None:
    document = changed(samples.SESSION_2_3_0, evse_uid="9")
    found = convert_sample(document, "Session", "2.3.0", "2.1.1", location=LOCATION)
    assert {"/evse_uid", "/connector_id"} <= lost(found)


def test_a_reservation_of_an_evse_without_connector_keeps_the_evse() -> None:
    document = changed(samples.SESSION_2_3_0, connector_id="#NA")
    found = convert_sample(document, "Session", "2.3.0", "2.1.1", location=LOCATION)
    (evse,) = found.value.location.evses
    assert evse.uid == "3256"
    assert not lost(found) & {"/evse_uid", "/connector_id"}
    assert "/location/evses/0/connectors" in assumed(found)


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
    there = convert_sample(document, "Session", source, "2.0", **around)
    back = convert(there.value, source, context=replace_context(**around))
    assert (back.value.cdr_token.uid, back.value.cdr_token.contract_id) == (TOKEN.uid, contract)
    again = convert(back.value, "2.0", context=replace_context(**around))
    assert again.value == there.value


def test_a_cost_that_is_not_known_is_zero_in_2_0() -> None:
    document = changed(samples.SESSION_2_3_0, total_cost=None)
    found = convert_sample(document, "Session", "2.3.0", "2.0", location=LOCATION)
    assert found.value.total_cost == "0"
    assert "/total_cost" in assumed(found)
