"""`lint_tariffs`: every rule by the fault that it finds."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from ocpi_pricing.lint import LINT_RULES, lint_tariff, lint_tariffs

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def _part(kind: str = "ENERGY", price: Any = "0.50", **more: Any) -> dict[str, Any]:
    return {"type": kind, "price": Decimal(price), "step_size": 1, **more}


def _element(*parts: dict[str, Any], **restrictions: Any) -> dict[str, Any]:
    element = {"price_components": list(parts) or [_part()]}
    return element | ({"restrictions": restrictions} if restrictions else {})


def _tariff(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "country_code": "NL",
        "party_id": "EXA",
        "id": "T1",
        "currency": "EUR",
        "elements": list(elements) or [_element()],
        "last_updated": "2026-01-01T00:00:00Z",
        **more,
    }


def _rules(tariff: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.rule, one.pointer) for one in lint_tariff(tariff, now=NOW)]


CHEAP, DEAR = _part(price="0.30"), _part(price="0.60")
AT = "/elements/0/price_components/0"
FOUND: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("currency", _tariff(currency="EURO"), [("currency", "/currency")]),
    (
        "validity",
        _tariff(start_date_time="2026-02-01T00:00:00Z", end_date_time="2026-01-01T00:00:00"),
        [("validity", "/end_date_time")],
    ),
    ("expired", _tariff(end_date_time="2026-05-31T00:00:00Z"), [("expired", "/end_date_time")]),
    (
        "limits",
        _tariff(min_price={"excl_vat": 5}, max_price={"excl_vat": 4, "incl_vat": 9}),
        [("limits", "/min_price/excl_vat")],
    ),
    (
        "limits of 2.3.0",
        _tariff(min_price={"before_taxes": 5}, max_price={"before_taxes": 4}),
        [("limits", "/min_price/before_taxes")],
    ),
    (
        "limit-taxes",
        _tariff(max_price={"excl_vat": 5, "incl_vat": 4}),
        [("limit-taxes", "/max_price/incl_vat")],
    ),
    (
        "duplicate-dimension",
        _tariff(_element(CHEAP, DEAR)),
        [("duplicate-dimension", "/elements/0/price_components/1")],
    ),
    ("price-negative", _tariff(_element(_part(price="-1"))), [("price-negative", f"{AT}/price")]),
    ("cents", _tariff(_element(_part(price="25"))), [("price-range", f"{AT}/price")]),
    ("per Wh", _tariff(_element(_part(price="0.0005"))), [("price-range", f"{AT}/price")]),
    ("per second", _tariff(_element(_part("TIME", "0.0006"))), [("price-range", f"{AT}/price")]),
    ("forint", _tariff(_element(_part(price="200")), currency="HUF"), []),
    ("a currency without a rate", _tariff(_element(_part(price="900")), currency="CLP"), []),
    ("a share", _tariff(_element(_part(vat=Decimal("0.21")))), [("vat-range", f"{AT}/vat")]),
    ("a VAT of 2100", _tariff(_element(_part(vat=2100))), [("vat-range", f"{AT}/vat")]),
    (
        "vat-partly",
        _tariff(_element(_part(vat=21), _part("TIME", "1"), _part("FLAT", "0"))),
        [("vat-partly", "/elements/0/price_components/1")],
    ),
    ("no steps", _tariff(_element(_part() | {"step_size": 0})), [("step-size", f"{AT}/step_size")]),
    (
        "long steps",
        _tariff(_element(_part() | {"step_size": 100_000})),
        [("step-size", f"{AT}/step_size")],
    ),
    (
        "range",
        _tariff(_element(CHEAP, min_kwh=5, max_kwh=5), _element(DEAR)),
        [("range", "/elements/0/restrictions/max_kwh"), ("never-applies", AT)],
    ),
    (
        "dates in the wrong order",
        _tariff(_element(CHEAP, start_date="2026-09-01", end_date="2026-09-01"), _element(DEAR)),
        [("range", "/elements/0/restrictions/end_date"), ("never-applies", AT)],
    ),
    (
        "time-format",
        _tariff(_element(CHEAP, end_time="24:00"), _element(DEAR)),
        [
            ("time-format", "/elements/0/restrictions/end_time"),
            ("never-applies", "/elements/1/price_components/0"),
        ],
    ),
    (
        "date-format",
        _tariff(_element(start_date="1/12/26")),
        [("date-format", "/elements/0/restrictions/start_date")],
    ),
    (
        "times-equal",
        _tariff(_element(start_time="08:00", end_time="08:00")),
        [("times-equal", "/elements/0/restrictions/end_time")],
    ),
    ("midnight to midnight", _tariff(_element(start_time="00:00", end_time="00:00")), []),
    (
        "dates-past",
        _tariff(_element(CHEAP, end_date="2026-05-01"), _element(DEAR)),
        [("dates-past", "/elements/0/restrictions/end_date")],
    ),
    (
        "dates before the tariff",
        _tariff(
            _element(CHEAP, end_date="2026-07-01"),
            _element(DEAR),
            start_date_time="2026-08-01T00:00:00Z",
        ),
        [("dates-outside", "/elements/0/restrictions/end_date")],
    ),
    (
        "dates after the tariff",
        _tariff(
            _element(CHEAP, start_date="2026-09-01"),
            _element(DEAR),
            end_date_time="2026-08-01T00:00:00Z",
        ),
        [("dates-outside", "/elements/0/restrictions/start_date")],
    ),
    (
        "reservation-dimension",
        _tariff(_element(CHEAP, _part("TIME", "5"), reservation="RESERVATION"), _element(DEAR)),
        [("reservation-dimension", AT)],
    ),
    (
        "parking-power",
        _tariff(
            _element(_part("PARKING_TIME", "5"), min_power=3), _element(_part("PARKING_TIME", "1"))
        ),
        [("parking-power", AT)],
    ),
    (
        "behind a fallback",
        _tariff(_element(CHEAP), _element(DEAR, min_kwh=5)),
        [("never-applies", "/elements/1/price_components/0")],
    ),
    (
        "behind two that share the day",
        _tariff(
            _element(CHEAP, start_time="06:00", end_time="18:00"),
            _element(DEAR, start_time="18:00", end_time="06:00"),
            _element(_part(price="0.10"), day_of_week=["MONDAY"]),
        ),
        [("never-applies", "/elements/2/price_components/0")],
    ),
    ("a gap in the week", _tariff(_element(day_of_week=["MONDAY"])), [("gap", "/elements")]),
    ("free at first", _tariff(_element(_part("TIME", 1), min_duration=60)), [("gap", "/elements")]),
    (
        "tiers that meet",
        _tariff(_element(CHEAP, max_kwh=10), _element(DEAR, min_kwh=10)),
        [],
    ),
    (
        "overlap",
        _tariff(
            _element(CHEAP, day_of_week=["MONDAY"]),
            _element(DEAR, start_time="07:00", end_time="19:00"),
            _element(_part(price="0.40")),
        ),
        [("overlap", "/elements/1/price_components/0")],
    ),
    ("one within the other", _tariff(_element(CHEAP, max_kwh=5), _element(DEAR, max_kwh=9),
                                     _element(_part(price="0.40"))), []),
    (
        "too many",
        _tariff(*(_element(_part(price=f"0.{n}"), min_kwh=n) for n in range(10, 250))),
        [("too-many-elements", "/elements")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("tariff", "found"), [one[1:] for one in FOUND], ids=[f[0] for f in FOUND])
def test_what_is_found_in_a_tariff(tariff: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert _rules(tariff) == found


def test_every_finding_says_why_and_how_to_fix_it() -> None:
    tariffs = [tariff for _, tariff, _ in FOUND]
    for one in lint_tariffs(tariffs, now=NOW):
        assert (one.fix, one.section) == (LINT_RULES[one.rule].fix, LINT_RULES[one.rule].section)
        assert one.why
        assert one.value is not None


@pytest.mark.parametrize("name", ["type", "price", "vat", "step_size"])
@pytest.mark.parametrize("value", [None, [], {}, True, "x", Decimal("NaN")])
def test_values_of_a_wrong_type_are_no_bug(name: str, value: Any) -> None:
    lint_tariff(_tariff(_element(_part() | {name: value}, CHEAP, min_kwh=value)), now=NOW)


def test_a_gap_is_described() -> None:
    tariff = _tariff(
        _element(CHEAP, start_time="22:00", end_time="06:00", day_of_week=["SATURDAY", "SUNDAY"]),
        _element(DEAR, min_kwh=20, day_of_week=["SATURDAY", "SUNDAY"]),
        _element(DEAR, day_of_week=["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"]),
    )
    (gap,) = [one for one in lint_tariff(tariff, now=NOW) if one.rule == "gap"]
    assert "on SATURDAY, SUNDAY, from 06:00 to 22:00, below 20 kWh" in gap.why


def _location(*tariff_ids: str, **more: Any) -> dict[str, Any]:
    connector = {"id": "1", "tariff_ids": list(tariff_ids)}
    return {"id": "L1", "address": "A", "evses": [{"connectors": [connector]}], **more}


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ({"type": "REGULAR"}, ["tariffs-at-once"]),
        ({"start_date_time": "2026-07-01T00:00:00Z"}, []),
    ],
)
def test_several_tariffs_on_a_connector(second: dict[str, Any], found: list[str]) -> None:
    tariffs = [_tariff(end_date_time="2026-07-01T00:00:00Z"), _tariff(id="T2", **second)]
    findings = lint_tariffs(tariffs, [_location("t1", "T2")], now=NOW)
    assert [(one.rule, one.tariff) for one in findings] == [(rule, "L1") for rule in found]


def test_tariffs_of_different_types_are_for_different_sessions() -> None:
    tariffs = [_tariff(type="REGULAR"), _tariff(id="T2", type="AD_HOC_PAYMENT")]
    assert not lint_tariffs(tariffs, [_location("T1", "T2")], now=NOW)


def test_connectors_of_2_1_1_have_one_tariff() -> None:
    place = _location()
    place["evses"][0]["connectors"] = [{"id": "1", "tariff_id": "OTHER"}]
    place["time_zone"] = "Europe/Nowhere"
    findings = lint_tariffs([_tariff()], [place], now=NOW)
    assert [(one.rule, one.pointer) for one in findings] == [
        ("time-zone", "/time_zone"),
        ("tariff-unknown", "/evses/0/connectors/0/tariff_id"),
    ]


def test_one_id_twice() -> None:
    findings = lint_tariffs([_tariff(), _tariff(id="t1"), _tariff(party_id="EXB")], now=NOW)
    assert [(one.rule, one.pointer, one.value) for one in findings] == [("id-twice", "/id", "t1")]
