"""Requirements, rules and faults name each other, and what is alone has a reason."""

import tomllib
from pathlib import Path

from ocpi_conformance.coverage import Requirement, load_faults, load_requirements
from ocpi_conformance.rules.catalogue import RULES
from tests.conformance.fuzz.injected_faults import INJECTED_FAULTS
from tests.conformance.fuzz.spoiled_answers import FAULTS as SPOILED
from tests.conformance.mock.test_bad_client import BEHAVIOURS, CHANGED
from tests.conformance.mock.test_module_rules import BEHAVIOURS as OF_MODULES
from tests.conformance.mock.test_registrations import BEHAVIOURS as REGISTERED

APART = tomllib.loads(Path(__file__).with_name("apart.toml").read_text())
REQUIREMENTS: list[Requirement] = [
    one for chapter in load_requirements() for one in chapter.requirements
]
FAULTS = {one.name: one for one in load_faults()}


def test_requirements_name_rules_and_faults_that_exist() -> None:
    assert {name for one in REQUIREMENTS for name in one.rules} <= RULES.keys()
    assert {name for one in REQUIREMENTS for name in one.faults} <= FAULTS.keys()


def test_a_fault_of_a_requirement_is_found_by_a_rule_of_it() -> None:
    wrong = {
        (one.id, name)
        for one in REQUIREMENTS
        for name in one.faults
        if FAULTS[name].rule not in one.rules
    }
    assert not wrong


def test_every_rule_belongs_to_a_requirement_or_has_a_reason() -> None:
    named = {name for one in REQUIREMENTS for name in one.rules}
    assert RULES.keys() - named == APART["rules_without_requirement"].keys()


def test_every_fault_belongs_to_a_requirement_where_its_rule_does() -> None:
    named = {name for one in REQUIREMENTS for name in one.faults}
    alone = {FAULTS[name].rule for name in FAULTS.keys() - named}
    assert alone <= APART["rules_without_requirement"].keys()


def test_every_rule_is_proved_by_a_fault_or_has_a_reason() -> None:
    proved = {one.rule for one in FAULTS.values()}
    assert proved <= RULES.keys()
    assert RULES.keys() - proved == APART["rules_without_fault"].keys()


def test_faults_that_other_commands_find_are_those_of_their_tests() -> None:
    fuzzed = {name: one.rule for name, one in INJECTED_FAULTS.items()}
    fuzzed |= {name: rule for name, (_, rule, _) in SPOILED.items()}
    behaving = {**CHANGED, **BEHAVIOURS, **REGISTERED, **OF_MODULES}
    clients = {name: f"client.{rule}" for name, rule in behaving.items()}
    for one in FAULTS.values():
        known = {"fuzz": fuzzed, "mock": clients, "check": {one.name: one.rule}}
        assert known[one.found_by].get(one.name) == one.rule
