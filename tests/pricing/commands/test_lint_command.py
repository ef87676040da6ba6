"""`ocpi tariff lint`: findings in files, of every version."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ocpi_pricing.cli import app

PART = {"type": "ENERGY", "price": Decimal("0.5"), "step_size": 1}
TARIFF = {
    "country_code": "NL",
    "party_id": "EXA",
    "id": "T1",
    "currency": "EUR",
    "elements": [{"price_components": [PART]}],
    "last_updated": "2026-01-01T00:00:00Z",
}
OLDER = ("id", "currency", "elements", "last_updated")
TEXTS = {
    "id": "T1",
    "currency": "EUR",
    "elements": [{"price_components": [PART | {"price": "0.5"}]}],
}
VERSIONS: dict[str, dict[str, Any]] = {
    "2.0": TEXTS,
    "2.1.1": {name: TARIFF[name] for name in OLDER},
    "2.2.1": TARIFF,
    "2.3.0": TARIFF | {"tax_included": "NO"},
}


def _run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["tariff", "lint", *arguments])


def _written(folder: Path, value: Any, name: str = "tariffs.json") -> str:
    file = folder / name
    file.write_text(json.dumps(value, default=float))
    return str(file)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_good_tariff_of_each_version_has_no_findings(tmp_path: Path, version: str) -> None:
    file = _written(tmp_path, [VERSIONS[version]])
    for words in ((), ("--version", version)):
        done = _run(file, *words)
        assert (done.exit_code, done.stdout) == (0, "1 tariffs, 0 findings\n")


def test_findings_of_files_as_json(tmp_path: Path) -> None:
    bad = TARIFF | {"elements": [{"price_components": [PART | {"vat": 2100}]}], "currency": 7}
    place = {"id": "L1", "address": "A", "evses": [{"connectors": [{"tariff_ids": ["T9"]}]}]}
    places = _written(tmp_path, place, "locations.json")
    done = _run(_written(tmp_path, bad), "--locations", places, "--json")
    result = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (result["tariffs"], result["locations"]) == (1, 1)
    assert [(one["rule"], one["pointer"], one["value"]) for one in result["findings"]] == [
        ("invalid", "/currency", 7),
        ("vat-range", "/elements/0/price_components/0/vat", 2100),
        ("tariff-unknown", "/evses/0/connectors/0/tariff_ids/0", "T9"),
    ]


@pytest.mark.parametrize(
    "text",
    ["[1]", '{"id": 1}', '{"id": "T1"}', "[]", "{", "NaN", '{"id": "T1", "elements": 1e999999}'],
)
def test_what_is_no_tariff_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    file = tmp_path / "tariffs.json"
    file.write_text(text)
    done = _run(str(file))
    assert getattr(done.exception, "exit_code", None) == 2
    assert str(file) in str(done.exception)
