"""`ocpi tariff preview` and `preview`: what a planned session would cost."""

import json
import re
from datetime import datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from ocpi_pricing import PricingError
from ocpi_pricing.cli import app
from ocpi_pricing.preview import Plan, preview
from tests.pricing.shapes import MONDAY, Tariff, amount, element, part

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = element(part("ENERGY", "0.5", step=1000), start_time="07:00", end_time="19:00")
NIGHT = element(part("ENERGY", "0.2", step=1000), part("PARKING_TIME", "3", step=900))


def _plan(hours: str = "2", parking: str = "0", kw: str = "11") -> Plan:
    start = datetime(2026, 11, 30, 18, tzinfo=AMSTERDAM)
    return Plan(start, Decimal(kw), Decimal(hours), Decimal(parking))


def test_a_session_goes_through_the_elements_that_apply() -> None:
    result = preview(Tariff([DAY, NIGHT]), _plan("2", "0.8"), time_zone=AMSTERDAM)
    cost = result.explanation.cost
    assert (result.energy, cost.total_energy_cost) == (Decimal(22), amount("7.7"))
    assert cost.total_parking_cost == amount("3")
    assert [(item.element, item.dimension) for item in cost.items] == [
        (0, "ENERGY"),
        (1, "ENERGY"),
        (1, "PARKING_TIME"),
    ]


def test_the_cost_grows_over_the_duration_to_the_whole() -> None:
    result = preview(Tariff([DAY, NIGHT]), _plan("2", "1"), time_zone=AMSTERDAM)
    amounts = [one.cost.excl_vat for one in result.points]
    assert amounts == sorted(amounts, key=lambda one: one or Decimal(0))
    assert (result.points[0].hours, result.points[0].cost) == (Decimal(0), amount("0"))
    assert result.points[-1].hours == Decimal(3)
    assert result.points[-1].cost == result.explanation.cost.total_cost


def test_power_and_current_choose_the_element() -> None:
    tiers = [element(part("ENERGY", "1"), max_power="16"), element(part("ENERGY", "2"))]
    fast = [element(part("ENERGY", "1"), max_current="64"), element(part("ENERGY", "2"))]
    for tariff, costs in ((Tariff(tiers), (11, 44)), (Tariff(fast), (11, 44))):
        for kw, cost in zip(("11", "22"), costs, strict=True):
            found = preview(tariff, _plan("1", kw=kw), time_zone=AMSTERDAM)
            assert found.explanation.cost.total_cost == amount(str(cost))


def test_parking_alone_is_a_session() -> None:
    result = preview(Tariff([NIGHT]), _plan("0", "1"), time_zone=AMSTERDAM)
    assert result.explanation.cost.total_cost == amount("3")


@pytest.mark.parametrize("hours", ["10000", "NaN"])
def test_no_session_lasts_for_ever(hours: str) -> None:
    with pytest.raises(PricingError):
        preview(Tariff([NIGHT]), _plan(hours), time_zone=AMSTERDAM)


PART = {"type": "ENERGY", "price": 0.5, "step_size": 1}
OLD = {"id": "T<1>", "currency": "EUR", "elements": [{"price_components": [PART]}]}
NEWER = {"country_code": "NL", "party_id": "EXA", "last_updated": "2026-01-01T00:00:00Z"}
TEXT = {"elements": [{"price_components": [PART | {"price": "0.5"}]}]}
VERSIONS: dict[str, tuple[dict[str, Any], Any]] = {
    "2.0": (OLD | TEXT, None),
    "2.1.1": (OLD | {"last_updated": "2026-01-01T00:00:00Z"}, None),
    "2.2.1": (OLD | NEWER, 11),
    "2.3.0": (OLD | NEWER | {"tax_included": "NO"}, None),
}


def _run(tmp_path: Path, value: Any, *words: str) -> Any:
    file = tmp_path / "tariff.json"
    file.write_text(json.dumps(value))
    plan = ("--kw", "11", "--hours", "2", "--start", "2026-11-30T18:00")
    return CliRunner().invoke(app, ["tariff", "preview", str(file), *plan, *words])


@pytest.mark.parametrize("version", VERSIONS)
def test_tariffs_of_each_version(tmp_path: Path, version: str) -> None:
    tariff, incl = VERSIONS[version]
    done = _run(tmp_path, tariff, "--json", "--timezone", "Europe/Amsterdam")
    result = json.loads(done.stdout)
    assert result["plan"]["start"] == "2026-11-30T17:00:00Z"
    assert result["totals"]["total_cost"] == {"excl_vat": 11, "incl_vat": incl}
    assert result["items"][0]["rules"][0] == {
        "id": "element",
        "section": "mod_tariffs, Tariff object",
    }


def test_the_text_says_what_the_driver_pays(tmp_path: Path) -> None:
    done = _run(tmp_path, OLD | NEWER, "--timezone", "Europe/Amsterdam")
    assert "2 h at 11 kW from 2026-11-30 18:00 (Europe/Amsterdam), 22 kWh" in done.stdout
    assert "The driver pays EUR 11.0000 with VAT (11.0000 without)." in done.stdout
    assert (
        "22.0000 kWh x 0.5 = 11, rounded to four decimals [numbers: types, number]" in done.stdout
    )


class _Outside(HTMLParser):
    """Collects what a page would load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"{tag} {name}" for name, _ in attrs if name in {"src", "href"}]


def test_the_page_is_complete_in_itself(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    _run(tmp_path, OLD | NEWER, "--html", str(page), "--parking-hours", "1")
    text = page.read_text()
    outside = _Outside()
    outside.feed(text)
    assert outside.found == []
    assert "<h1>Tariff T&lt;1&gt;</h1>" in text
    assert "prefers-color-scheme: dark" in text
    line = re.search(r'class="curve" points="([^"]+)"', text)
    assert line
    points = [tuple(map(Decimal, one.split(","))) for one in line[1].split()]
    assert points == sorted(points, key=lambda one: one[0])
    assert points[0][1] > points[-1][1]


@pytest.mark.parametrize(
    ("value", "words", "code", "expected"),
    [
        ([], (), 2, "has no tariff"),
        ([OLD | NEWER, OLD | NEWER | {"id": "T2"}], (), 2, "has 2 tariffs. Name one of it"),
        ([OLD | NEWER], ("--id", "T9"), 2, "no tariff 'T9'"),
        (OLD | NEWER, ("--timezone", "Mars/Base"), 2, "'Mars/Base' is not a time zone"),
        (OLD | NEWER | {"elements": [{"price_components": [PART], "restrictions": {
            "start_time": "25:00"}}]}, (), 1, "/elements/0/restrictions/start_time"),
    ],
)  # fmt: skip
def test_what_cannot_be_previewed(
    tmp_path: Path, value: Any, words: tuple[str, ...], code: int, expected: str
) -> None:
    done = _run(tmp_path, value, *words)
    assert getattr(done.exception, "exit_code", None) == code
    assert expected in str(done.exception)


def test_an_id_chooses_the_tariff(tmp_path: Path) -> None:
    tariffs = [OLD | NEWER, OLD | NEWER | {"id": "T2", "currency": "SEK"}]
    done = _run(tmp_path, tariffs, "--id", "t2", "--json")
    assert json.loads(done.stdout)["currency"] == "SEK"


def test_a_start_with_a_zone_is_taken_as_it_is() -> None:
    assert preview(Tariff([NIGHT]), Plan(MONDAY, Decimal(1), Decimal(1)), time_zone="UTC").points


def test_file_and_object_are_named_where_a_number_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "tariff.json"
    file.write_text('[{"id": "T", "elements": [{"price_components": [{"step_size": 1e999999}]}]}]')
    plan = ("--kw", "11", "--hours", "2", "--start", "2026-11-30T18:00")
    done = CliRunner().invoke(app, ["tariff", "preview", str(file), *plan])
    assert (done.exit_code, done.stdout) == (1, "")
    assert str(done.exception).startswith(f"{file}, object 0: ")
