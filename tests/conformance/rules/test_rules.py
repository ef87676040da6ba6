"""The catalogue: ids keep their meaning, and what is rendered from it is current."""

import json
import re
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from ocpi_conformance.cli import app
from ocpi_conformance.rules import Severity
from ocpi_conformance.rules.catalogue import EXCHANGE_RULES, RULES
from ocpi_conformance.rules.rendering import page
from tests.rules_page import PAGE, RECORD, digest, recorded, unexplained

RUN = "python -m tests.rules_page"


def test_ids_are_a_group_and_a_name() -> None:
    assert [
        name for name in RULES if not re.fullmatch(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*", name)
    ] == []


def test_exchange_rules_are_of_the_catalogue() -> None:
    assert {one.rule.id for one in EXCHANGE_RULES} <= set(RULES)


def test_every_rule_is_explained() -> None:
    for rule in RULES.values():
        assert rule.title[-1] != ".", rule.id
        assert rule.clause.text.endswith("."), rule.id
        assert rule.fix.endswith("."), rule.id


def test_the_page_of_rules_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), RUN


def test_no_id_changes_its_meaning_without_a_note() -> None:
    record = recorded()
    assert unexplained(record) == [], RUN
    assert set(RULES) == set(record["rules"]), RUN


def test_another_severity_is_another_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = RULES["paging.size"]
    other = replace(rule, severity=Severity.ADVICE)
    assert digest(other) != digest(rule)
    monkeypatch.setitem(RULES, rule.id, other)
    assert unexplained(recorded()) == [rule.id]
    assert RECORD.exists()


def test_the_command_lists_and_explains() -> None:
    runner = CliRunner()
    listed = json.loads(runner.invoke(app, ["rules", "--json"]).stdout)
    assert [one["id"] for one in listed] == list(RULES)
    alone = runner.invoke(app, ["rules", "paging.no-loop"]).stdout
    assert RULES["paging.no-loop"].fix in alone
    wrong = runner.invoke(app, ["rules", "paging.noloop"])
    assert wrong.exit_code == 2
    assert "did you mean 'paging.no-loop'" in " ".join(wrong.output.split())
