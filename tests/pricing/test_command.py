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
    assert others[0]["reason"] == "min_kwh is 2 kWh, and it is 1 kWh"


def test_a_total_that_differs_is_named(cdr: Path) -> None:
    wrong = json.loads(cdr.read_text())
    wrong["total_cost"]["excl_vat"] = 99
    cdr.write_text(json.dumps(wrong))
    done = _run(str(cdr), "--timezone", "Europe/Amsterdam")
    assert done.exit_code == 1
    assert "99 stated, 43.8130 computed: DIFFERS" in done.stdout


def test_many_cdrs_have_a_summary(tmp_path: Path) -> None:
    file = tmp_path / "cdrs.jsonl"
    file.write_bytes(b"\n".join([*cdrs(20), b'{"charging_periods": [], "total_energy": 1}']))
    done = _run(str(file), "--batch", "--json", "--timezone", "Europe/Amsterdam")
    counts = {"cdrs": 21, "agree": 20, "differ": 0, "refused": 1}
    assert (done.exit_code, json.loads(done.stdout)["counts"]) == (1, counts)


@pytest.mark.parametrize("text", ["", "[1", "{}", '{"charging_periods": 1, "total_energy": 2}'])
def test_what_is_no_cdr_is_refused_in_words(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cdr.json"
    file.write_text(text)
    assert isinstance(_run(str(file)).exception, CommandFailed)
