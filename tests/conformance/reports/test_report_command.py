"""The commands `ocpi report`: show, diff, baseline."""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ocpi_conformance.cli import app
from ocpi_conformance.commands import options
from ocpi_conformance.reports import FORMATS, Baseline, Report, Verdict, write_report
from tests.conformance.reports.sample_reports import HOSTILE, report_of
from tests.support.commands import run_command

THREE = report_of(3)


def _run(words: Sequence[str]) -> tuple[int, str, str]:
    return run_command(app, ["report", *words])


def _written(tmp_path: Path, report: Report, name: str = "report.json") -> str:
    file = tmp_path / name
    file.write_bytes(write_report(report))
    return str(file)


def test_the_option_names_all_formats() -> None:
    assert options.FORMATS == FORMATS


def test_show_prints_findings_with_curl_and_a_summary(tmp_path: Path) -> None:
    code, out, err = _run(["show", _written(tmp_path, THREE)])
    assert code == 0
    assert out.count("  repeat    curl -i -X") == 6
    assert THREE.findings[0].fingerprint in out
    assert "1234 requests in 12.3 s, seed 7: errors: 1, warnings: 1, advice: 1" in err
    assert "% of the applicable ones were exercised" in err


def test_show_spells_out_what_steers_a_terminal(tmp_path: Path) -> None:
    _, out, err = _run(["show", _written(tmp_path, report_of(2, text=HOSTILE))])
    assert not {"\x1b", "\u202e", "\u200b", "\0"} & set(out + err)


def test_show_writes_other_formats_and_prints_json(tmp_path: Path) -> None:
    file, page = _written(tmp_path, THREE), tmp_path / "page.html"
    code, out, _ = _run(["show", file, "--report", f"html={page}"])
    assert (code, out) == (0, "")
    assert page.read_bytes().startswith(b"<!DOCTYPE html>")
    assert json.loads(_run(["show", file, "--json"])[1]) == json.loads(write_report(THREE))


@pytest.mark.parametrize(("text", "message"), [("{}", "is not a report"), (None, "cannot be read")])
def test_what_is_no_report_is_wrong_usage(tmp_path: Path, text: str | None, message: str) -> None:
    file = tmp_path / "x.json"
    if text is not None:
        file.write_text(text)
    code, _, err = _run(["show", str(file)])
    assert code == 2
    assert message in err


def test_diff_lists_what_is_new_and_gone(tmp_path: Path) -> None:
    fixed = replace(THREE, findings=THREE.findings[:1], rules=THREE.rules[1:])
    before, after = _written(tmp_path, THREE), _written(tmp_path, fixed, "after.json")
    code, out, err = _run(["diff", before, after])
    assert code == 0
    assert "Gone findings:" in out
    assert "New: 0, gone: 2, same: 1, changed verdicts: 1" in err
    code, out, _ = _run(["diff", after, before, "--json"])
    assert code == 1
    data = json.loads(out)
    assert [one["fingerprint"] for one in data["new"]] == [
        one.fingerprint for one in THREE.findings[1:]
    ]
    assert data["verdicts"] == [
        {"rule": THREE.rules[0].rule, "target": THREE.rules[0].target, "before": None,
         "after": THREE.rules[0].verdict.value}
    ]  # fmt: skip


def test_a_baseline_accepts_what_it_was_made_from(tmp_path: Path) -> None:
    file = _written(tmp_path, THREE)
    code, out, _ = _run(["baseline", file, "--comment", 'Until "release 4" \u2026'])
    assert code == 0
    entries = tomllib.loads(out)["accepted"]
    assert {one["comment"] for one in entries} == {'Until "release 4" \u2026'}
    baseline = tmp_path / "baseline.toml"
    baseline.write_text(out)
    applied = Baseline.load(baseline).apply(THREE)
    assert (applied.new, applied.gone) == ([], frozenset())
    code, out, err = _run(["show", file, "--baseline", str(baseline)])
    assert "repeat" not in out
    assert "Accepted by the baseline: 3" in err


def test_what_is_no_longer_found_is_gone_and_leaves_the_baseline(tmp_path: Path) -> None:
    baseline = Baseline().updated(THREE, "Old.")
    later = replace(THREE, findings=[THREE.findings[0], report_of(4).findings[3]])
    gone = baseline.apply(later).gone
    assert gone == {one.fingerprint for one in THREE.findings[1:]}
    file = tmp_path / "baseline.toml"
    file.write_text(baseline.toml())
    err = _run(["show", _written(tmp_path, later), "--baseline", str(file)])[2]
    assert all(one in err for one in gone)
    words = [_written(tmp_path, later), "--baseline", str(file), "--comment", "New."]
    entries = tomllib.loads(_run(["baseline", *words])[1])["accepted"]
    assert {one["fingerprint"]: one["comment"] for one in entries} == {
        later.findings[0].fingerprint: "Old.",
        later.findings[1].fingerprint: "New.",
    }


def test_what_was_not_asked_is_not_gone() -> None:
    baseline = Baseline().updated(THREE, "Old.")
    silent = [replace(one, verdict=Verdict.NOT_ASKED) for one in THREE.rules]
    assert baseline.apply(replace(THREE, findings=[], rules=silent)).gone == frozenset()
    elsewhere = [replace(one, target="2.1.1 cdrs.sender") for one in THREE.rules]
    assert baseline.apply(replace(THREE, findings=[], rules=elsewhere)).gone == frozenset()
    assert len(baseline.apply(replace(THREE, findings=[], rules=[])).gone) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("accepted = 1", "accepted is not [[accepted]]"),
        ("[other]", "other is not [[accepted]]"),
        ("accepted = [1]", "entry 1 is 1, not a table"),
        ("[[accepted]]\nfingerprint = 'x'", "entry 1 has no comment"),
        ("[[accepted]]\nfingerprnt = 'x'", "did you mean 'fingerprint'?"),
        ("[[accepted]]\ncomment = 3", "comment is 3, not a text"),
        ("[[accepted]]\ntargets = 'x'", "targets is 'x', not a list"),
        ("[[", "is not a baseline"),
    ],
)
def test_what_is_no_baseline_is_wrong_usage(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "baseline.toml"
    file.write_text(text)
    code, _, err = _run(["show", _written(tmp_path, THREE), "--baseline", str(file)])
    assert code == 2
    assert message in err


def test_a_baseline_needs_a_reason(tmp_path: Path) -> None:
    code, _, err = _run(["baseline", _written(tmp_path, THREE), "--comment", " "])
    assert code == 2
    assert "The comment is empty" in err
