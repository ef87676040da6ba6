"""``ocpi price``: one object or many, from files."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bench.cdrs import cdrs
from ocpi_pricing.cli import app
from ocpi_runtime.failures import CommandFailed


def _run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["price", *arguments], catch_exceptions=True)


@pytest.fixture
def cdr(tmp_path: Path) -> Path:
    file = tmp_path / "cdr.json"
    file.write_bytes(next(cdrs(1)))
    return file


def test_the_totals_of_a_cdr_agree(cdr: Path) -> None:
    done = _run(str(cdr), "--timezone", "Europe/Amsterdam", "--json")
    result = json.loads(done.stdout)
    assert (done.exit_code, result["agrees"], result["warnings"]) == (0, True, [])
    others = result["tariffs"][0]["choices"][0]["others"]
    assert others[0] == {"element": 3, "reason": "element 1 matches and is before it"}


def test_a_total_that_differs_is_named(cdr: Path) -> None:
    wrong = json.loads(cdr.read_text())
    wrong["total_cost"]["excl_vat"] = 99
    cdr.write_text(json.dumps(wrong))
    done = _run(str(cdr), "--timezone", "Europe/Amsterdam")
    assert done.exit_code == 1
    assert "99 stated, 30.0000 computed: DIFFERS" in done.stdout


@pytest.mark.parametrize("version", ["2.1.1", "2.2", "2.2.1", "2.3.0"])
def test_many_cdrs_have_a_summary(tmp_path: Path, version: str) -> None:
    file = tmp_path / "cdrs.jsonl"
    broken = b'{"charging_periods": [], "total_energy": 1}'
    file.write_bytes(b"\n".join([*cdrs(20, version=version), broken]))
    exact = ("--tolerance", "0", "--timezone", "Europe/Amsterdam")
    done = _run(str(file), "--batch", "--json", *exact)
    counts = {"cdrs": 21, "agree": 20, "differ": 0, "refused": 1}
    assert (done.exit_code, json.loads(done.stdout)["counts"]) == (1, counts)


@pytest.mark.parametrize("form", [b"[%b]", b'{"status_code": 1000, "data": [%b]}'])
def test_a_cdr_that_is_nested_too_deeply_costs_no_other(tmp_path: Path, form: bytes) -> None:
    first, second = cdrs(2)
    deep = b'{"x": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    file = tmp_path / "cdrs.json"
    file.write_bytes(form % b",".join([first, deep, second]))
    done = _run(str(file), "--batch", "--json", "--timezone", "Europe/Amsterdam")
    assert json.loads(done.stdout)["counts"] == {"cdrs": 3, "agree": 2, "differ": 0, "refused": 1}


def test_a_tariff_that_many_cdrs_share_is_still_priced_by_its_text(tmp_path: Path) -> None:
    """Two tariffs with one id and another price are two tariffs."""
    first = json.loads(next(cdrs(1)))
    dearer = json.loads(next(cdrs(1)))
    for element in dearer["tariffs"][0]["elements"]:
        for component in element["price_components"]:
            component["price"] += 1
    file = tmp_path / "cdrs.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in (first, first, dearer, first)))
    done = _run(str(file), "--batch", "--json", "--timezone", "Europe/Amsterdam")
    assert json.loads(done.stdout)["counts"] == {"cdrs": 4, "agree": 3, "differ": 1, "refused": 0}


@pytest.mark.parametrize("text", ["", "[1", "{}", '{"charging_periods": 1, "total_energy": 2}'])
def test_what_is_no_cdr_is_refused_in_words(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cdr.json"
    file.write_text(text)
    assert isinstance(_run(str(file)).exception, CommandFailed)
