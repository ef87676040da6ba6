"""`ocpi price` on CDRs and sessions of every version, as text and as JSON."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bench.cdrs import cdrs
from ocpi_pricing.cli import app

START, END = "2026-03-02T12:00:00Z", "2026-03-02T14:00:00Z"
HALVES = [
    {"start_date_time": START, "dimensions": [{"type": "ENERGY", "volume": 10}]},
    {
        "start_date_time": "2026-03-02T13:00:00Z",
        "dimensions": [{"type": "PARKING_TIME", "volume": 1}],
    },
]
OLD: dict[str, Any] = {
    "id": "S1",
    "start_datetime": START,
    "end_datetime": END,
    "kwh": 10,
    "auth_id": "DE-MSP-1",
    "auth_method": "WHITELIST",
    "location": {
        "id": "LOC1",
        "type": "ON_STREET",
        "address": "Stationsplein 1",
        "city": "Utrecht",
        "postal_code": "3511 CE",
        "country": "NLD",
        "coordinates": {"latitude": "52.089520", "longitude": "5.109630"},
        "time_zone": "Europe/Amsterdam",
        "last_updated": START,
    },
    "currency": "EUR",
    "charging_periods": HALVES,
    "status": "COMPLETED",
    "last_updated": END,
}
NEWER: dict[str, Any] = {
    "country_code": "NL",
    "party_id": "EXA",
    "id": "S1",
    "start_date_time": START,
    "end_date_time": END,
    "kwh": 10,
    "cdr_token": {
        "country_code": "DE",
        "party_id": "MSP",
        "uid": "TOKEN1",
        "type": "RFID",
        "contract_id": "DE-MSP-C1",
    },
    "auth_method": "WHITELIST",
    "location_id": "LOC1",
    "evse_uid": "E1",
    "connector_id": "1",
    "currency": "EUR",
    "charging_periods": HALVES,
    "status": "COMPLETED",
    "last_updated": END,
}
PARTS: list[dict[str, Any]] = [
    {"type": "ENERGY", "price": 0.5, "step_size": 1},
    {"type": "PARKING_TIME", "price": 2, "step_size": 1},
]
TARIFF = {
    "id": "T1",
    "currency": "EUR",
    "elements": [
        {"price_components": PARTS[:1], "restrictions": {"end_time": "14:00"}},
        {"price_components": PARTS},
    ],
    "last_updated": START,
}
OWNED = TARIFF | {"country_code": "NL", "party_id": "EXA"}
VERSIONS: dict[str, tuple[dict[str, Any], dict[str, Any], Any]] = {
    "2.1.1": (OLD | {"total_cost": 7}, TARIFF, None),
    "2.2": (NEWER | {"total_cost": {"excl_vat": 7, "incl_vat": 7}}, OWNED, 7),
    "2.2.1": (NEWER | {"total_cost": {"excl_vat": 7}}, OWNED, 7),
    "2.3.0": (
        NEWER | {"total_cost": {"before_taxes": 7}},
        OWNED | {"tax_included": "NO"},
        None,
    ),
}


def _run(tmp_path: Path, session: Any, tariff: Any, *words: str) -> Any:
    for name, value in (("session", session), ("tariff", tariff)):
        (tmp_path / f"{name}.json").write_text(json.dumps(value))
    files = (str(tmp_path / "session.json"), "--tariff", str(tmp_path / "tariff.json"))
    return CliRunner().invoke(app, ["price", *files, *words])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("named", [False, True])
def test_sessions_are_priced_up_to_their_end(tmp_path: Path, version: str, *, named: bool) -> None:
    session, tariff, incl = VERSIONS[version]
    words = ("--version", version) if named else ()
    done = _run(tmp_path, session, tariff, "--json", "--timezone", "Europe/Amsterdam", *words)
    result = json.loads(done.stdout)
    assert (done.exit_code, result["agrees"], result["warnings"]) == (0, True, [])
    assert result["totals"]["total_cost"] == {"excl_vat": 7, "incl_vat": incl}
    compared = [one["field"] for one in result["comparisons"]]
    assert compared[0] == "total_cost.excl_vat"
    assert "total_energy" in compared


@pytest.mark.parametrize("version", VERSIONS)
def test_a_session_that_goes_on_is_priced_up_to_its_last_update(
    tmp_path: Path, version: str
) -> None:
    session, tariff, _ = VERSIONS[version]
    going = {key: value for key, value in session.items() if not key.startswith("end_")}
    done = _run(tmp_path, going, tariff, "--json", "--timezone", "Europe/Amsterdam")
    result = json.loads(done.stdout)
    assert (done.exit_code, result["totals"]["total_cost"]["excl_vat"]) == (0, 7)
    assert [one["rule"] for one in result["warnings"]] == ["open-end"]


def test_the_text_has_sections_steps_and_rounding(tmp_path: Path) -> None:
    steps = [PARTS[0] | {"price": 0.33333, "step_size": 300}]
    tariff = OWNED | {"elements": [{"price_components": steps}]}
    done = _run(tmp_path, NEWER, tariff, "--timezone", "Europe/Amsterdam")
    lines = done.stdout.splitlines()
    assert (
        "    step_size 300 Wh: 10.0000 kWh are billed as 10.2000 kWh [step-size: mod_cdrs, "
        "step_size]" in lines
    )
    assert (
        "    10.2000 kWh x 0.33333 = 3.399966, rounded to four decimals [numbers: types, number]"
        in lines
    )
    assert any(line.startswith("  free (mod_tariffs, Tariff object): ") for line in lines)
    assert not any(line.startswith("  reservation (") for line in lines)


@pytest.mark.parametrize(
    ("restrictions", "reason"),
    [
        ({"min_kwh": 20}, "min_kwh is 20 kWh, and it is 0 to 10 kWh"),
        ({"max_duration": 60}, "max_duration is 60 s, and it is 60 to 3600 s"),
        (
            {"start_time": "02:00", "end_time": "03:00"},
            "it is 12:00 to 13:00, not 02:00 to 03:00",
        ),
    ],
)
def test_the_reason_names_the_limit_and_the_values_of_the_part(
    tmp_path: Path, restrictions: dict[str, Any], reason: str
) -> None:
    first = {"price_components": PARTS[:1], "restrictions": restrictions}
    tariff = OWNED | {"elements": [first, {"price_components": PARTS}]}
    done = _run(tmp_path, NEWER, tariff, "--json", "--timezone", "UTC")
    choices = json.loads(done.stdout)["tariffs"][0]["choices"]
    assert {"element": 0, "reason": reason} in [one for each in choices for one in each["others"]]


def test_another_currency_is_reported(tmp_path: Path) -> None:
    done = _run(tmp_path, NEWER, OWNED | {"currency": "SEK"}, "--json", "--timezone", "UTC")
    assert [one["rule"] for one in json.loads(done.stdout)["warnings"]] == ["currency"]


@pytest.mark.parametrize("version", VERSIONS)
def test_cdrs_agree_in_every_total(tmp_path: Path, version: str) -> None:
    file = tmp_path / "cdr.json"
    file.write_bytes(next(cdrs(1, version=version)))
    zone = ("--timezone", "Europe/Amsterdam")
    done = CliRunner().invoke(app, ["price", str(file), "--json", *zone])
    result = json.loads(done.stdout)
    assert (done.exit_code, result["agrees"]) == (0, True)
    first = result["tariffs"][0]["items"][0]["rules"][0]
    assert first == {"id": "element", "section": "mod_tariffs, Tariff object"}
