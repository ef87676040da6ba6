"""Locations, EVSEs and connectors in other versions."""

import pytest

from ocpi_bridge import convert
from ocpi_bridge._conversion.text import fitted
from tests.bridge.support import cdr_samples, samples
from tests.bridge.support.contexts import CONTEXT
from tests.bridge.support.conversions import assumed, changed, convert_sample, lost
from tests.bridge.support.round_trips import plain
from tests.bridge.support.samples import read


def test_a_location_of_2_3_0_for_a_partner_with_2_1_1() -> None:
    found = convert_sample(samples.LOCATION_2_3_0, "Location", "2.3.0", "2.1.1")
    result = plain(found.value)
    assert result["type"] == "PARKING_GARAGE"
    assert result["address"] == "Stationsplein 1, on the northern side of the"
    assert result["coordinates"] == {"latitude": "52.089444", "longitude": "5.110278"}
    assert result["facilities"] == ["TRAIN_STATION"]
    assert result["evses"][0]["capabilities"] == ["RFID_READER", "UNLOCK_CAPABLE"]
    assert result["evses"][0]["connectors"] == [
        {
            "id": "1",
            "standard": "IEC_62196_T2_COMBO",
            "format": "CABLE",
            "power_type": "DC",
            "voltage": 920,
            "amperage": 500,
            "tariff_id": "DAY",
            "last_updated": samples.UPDATED,
        }
    ]
    assert result["energy_mix"]["environ_impact"] == [{"source": "CARBON_DIOXIDE", "amount": 372}]
    assert lost(found) == {
        "/address",
        "/coordinates/latitude",
        "/evses/0/capabilities/0",
        "/evses/0/connectors/0/capabilities",
        "/evses/0/connectors/0/max_electric_power",
        "/evses/0/connectors/0/tariff_ids/1",
        "/evses/0/parking",
        "/evses/0/parking_restrictions/0",
        "/facilities/0",
        "/help_phone",
        "/parking_places",
        "/state",
    }
    assert not found.assumptions


def test_a_location_of_2_1_1_for_a_partner_with_2_3_0() -> None:
    found = convert_sample(samples.LOCATION_2_1_1, "Location", "2.1.1", "2.3.0")
    result = plain(found.value)
    assert (result["country_code"], result["party_id"]) == ("NL", "TNM")
    assert result["publish"] is True
    assert result["parking_type"] == "ON_STREET"
    assert result["time_zone"] == "Europe/Brussels"
    assert result["opening_times"]["twentyfourseven"] is False
    connector = result["evses"][0]["connectors"][0]
    assert (connector["max_voltage"], connector["max_amperage"]) == (220, 16)
    assert connector["tariff_ids"] == ["11"]
    assert not found.losses
    assert assumed(found) == {"/publish", "/time_zone", "/opening_times/twentyfourseven"}


def test_an_owner_is_lost_only_if_nobody_else_knows_it() -> None:
    found = convert_sample(samples.LOCATION_2_3_0, "Location", "2.3.0", "2.1.1", cpo=None)
    assert {"/country_code", "/party_id"} <= lost(found)


def test_a_location_that_is_not_public_is_reported() -> None:
    document = changed(samples.LOCATION_2_3_0, publish=False)
    found = convert_sample(document, "Location", "2.3.0", "2.1.1")
    assert "/publish" in lost(found)


@pytest.mark.parametrize(
    ("kind", "there", "reported"),
    [
        ("ON_STREET", "ON_STREET", set()),
        ("ON_DRIVEWAY", "OTHER", {"/parking_type"}),
        ("OWN", "UNKNOWN", {"/parking_type"}),
        (None, "UNKNOWN", set()),
    ],
)
def test_the_kind_of_parking(kind: str | None, there: str, reported: set[str]) -> None:
    document = changed(samples.LOCATION_2_3_0, parking_type=kind)
    found = convert_sample(document, "Location", "2.3.0", "2.1.1")
    assert found.value.type == there
    assert lost(found) & {"/parking_type"} == reported


@pytest.mark.parametrize("missing", ["postal_code", "parking_type"])
def test_what_may_be_missing_comes_back_missing(missing: str) -> None:
    document = changed(samples.LOCATION_2_3_0, **{missing: None})
    there = convert_sample(document, "Location", "2.3.0", "2.0")
    back = convert(there.value, "2.3.0", context=CONTEXT)
    assert missing not in plain(back.value)


@pytest.mark.parametrize(
    ("standard", "stand_in"),
    [
        ("SAE_J3400", "TESLA_S"),
        ("MCS", "IEC_62196_T2_COMBO"),
        ("GBT_AC", "IEC_62196_T2"),
        ("NEMA_5_20", "DOMESTIC_B"),
        ("OWN", "IEC_62196_T2_COMBO"),
    ],
)
def test_connectors_that_are_not_known_get_the_nearest(standard: str, stand_in: str) -> None:
    document = changed(samples.CONNECTOR_2_3_0, standard=standard)
    found = convert_sample(document, "Connector", "2.3.0", "2.0")
    assert found.value.standard == stand_in
    assert "/standard" in lost(found)


def test_a_connector_has_the_status_of_its_evse_in_2_0() -> None:
    found = convert_sample(samples.LOCATION_2_1_1, "Location", "2.1.1", "2.0")
    assert found.value.evses[0].connectors[0].status == "AVAILABLE"


@pytest.mark.parametrize(
    ("given", "status", "noted"),
    [(None, "UNKNOWN", {"/status"}), ("CHARGING", "CHARGING", set())],
)
def test_a_connector_alone_does_not_tell_its_status(
    given: str | None, status: str, noted: set[str]
) -> None:
    found = convert_sample(samples.CONNECTOR_2_3_0, "Connector", "2.3.0", "2.0", evse_status=given)
    assert found.value.status == status
    assert assumed(found) == noted


def test_a_status_that_the_evse_has_too_is_lost_with_that_of_the_evse() -> None:
    found = convert_sample(cdr_samples.CDR_2_0, "CDR", "2.0", "2.1.1")
    assert not {each for each in lost(found) if each.endswith("status")}
    found = convert_sample(cdr_samples.CDR_2_0, "CDR", "2.0", "2.2")
    assert {
        "/location/evses/0/status",
        "/location/evses/0/connectors/0/status",
    } <= lost(found)


def test_a_status_that_differs_from_that_of_the_evse_is_lost() -> None:
    connector = cdr_samples.CDR_2_0["location"]["evses"][0]["connectors"][0]
    document = {
        "uid": "3256",
        "status": "AVAILABLE",
        "connectors": [connector, changed(connector, id="2", status="INOPERATIVE")],
    }
    assert lost(convert_sample(document, "EVSE", "2.0", "2.1.1")) == {"/connectors/1/status"}


def test_hours_beyond_midnight_end_the_day() -> None:
    hours = {"weekday": 1, "period_begin": "06:00", "period_end": "24:00"}
    document = changed(cdr_samples.CDR_2_0["location"], opening_times={"regular_hours": [hours]})
    found = convert_sample(document, "Location", "2.0", "2.1.1")
    assert found.value.opening_times.regular_hours[0].period_end == "23:59"
    assert lost(found) == {"/opening_times/regular_hours/0/period_end"}


def test_identifiers_are_shortened_so_that_they_stay_different() -> None:
    names = ["NL-TNM-UTRECHT-CENTRAAL-NORTH-00001", "NL-TNM-UTRECHT-CENTRAAL-NORTH-00002"]
    documents = [changed(samples.LOCATION_2_3_0, id=name) for name in names]
    short = [convert_sample(each, "Location", "2.3.0", "2.0").value.id for each in documents]
    assert len(set(short)) == 2
    assert all(len(each) == 15 and each.startswith("NL-T~") for each in short)
    start = {"response_url": "https://x.example", "location_id": names[0] + "-999"}
    again = {"location_id": names[0] + "-999", "evse_uids": [], "connector_ids": ["1"]}
    first = read(start | {"token": samples.TOKEN_2_1_1}, "2.1.1", "StartSession")
    second = read(again, "2.1.1", "LocationReferences")
    ids = {convert(each, "2.2", context=CONTEXT).value.location_id for each in (first, second)}
    assert len(ids) == 1


def test_many_identifiers_stay_different() -> None:
    names = [f"NL-TNM-UTRECHT-CENTRAAL-{number}" for number in range(200_000)]
    short = {fitted(each, 15, ascii_only=False, identifier=True) for each in names}
    assert len(short) == len(names)


@pytest.mark.parametrize("name", ["NL-TNM-UTRECHT-CENTRAAL-NORTH-00001-999", "Überquerung 44"])
def test_an_identifier_has_one_short_form_whatever_the_way(name: str) -> None:
    location = read(changed(samples.LOCATION_2_1_1, id=name), "2.1.1", "Location")
    newer = convert(location, "2.3.0", context=CONTEXT).value
    over_new = convert(newer, "2.0", context=CONTEXT).value
    assert newer.id == over_new.id
    assert convert(over_new, "2.3.0", context=CONTEXT).value.id == newer.id
