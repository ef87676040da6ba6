"""Dialects in TOML files, and the proposal of one."""

from pathlib import Path

import pytest

from ocpi_bindings.v2_2_1.models import Location
from ocpi_runtime.dialect import Dialect, DialectError, Learner
from tests.runtime.dialect_samples import CASES, LOCATION, faulty

FILE = """
level = "lenient"
token_base64 = true
trailing_slash = false
leave_out = ["Location.parking_type"]
country_code = "NL"
party_id = "ABC"

[rules]
enum-unknown = false

[defaults]
time_zone = "Europe/Paris"
"Connector.format" = "CABLE"

[headers]
X-Api-Key = "secret"

[max_lengths]
"Location.address" = 45

[unknown_values]
Facility = ["WIFI"]
"""


def test_a_file_is_read_and_written(tmp_path: Path) -> None:
    path = tmp_path / "partner.toml"
    path.write_text(FILE)

    found = Dialect.load(path)

    assert found == Dialect(
        level="lenient",
        rules={"enum-unknown": False},
        country_code="NL",
        party_id="ABC",
        defaults={"time_zone": "Europe/Paris", "Connector.format": "CABLE"},
        token_base64=True,
        trailing_slash=False,
        leave_out=["Location.parking_type"],
        headers={"X-Api-Key": "secret"},
        max_lengths={"Location.address": 45},
        unknown_values={"Facility": ["WIFI"]},
    )
    assert Dialect.parse(found.toml()) == found


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('\nlewel = "lenient"', "x.toml:2: lewel: unknown key; .*did you mean 'level'"),
        ('level = "mild"', "x.toml:1: level: 'mild' is not one of strict, standard, lenient"),
        ("[rules]\n\nenum_unknown = true", "x.toml:3: rules.enum_unknown: .*mean 'enum-unknown'"),
        ("[rules]\nblanks = 1", "x.toml:2: rules.blanks: 1 is not true or false"),
        ('party_id = "ABCD"', "x.toml:1: party_id: 'ABCD' is not a text of 3 letters"),
        ("leave_out = 3", r"x.toml:1: leave_out: 3 is not a list of fields"),
        ('[max_lengths]\n"A.b" = "4"', r"x.toml:2: max_lengths.A.b: '4' is not a number of"),
        ("[paging]\ntotal = false", r"x.toml:2: paging.total: unknown key; use one of total_count"),
        ("[paging]\ntotal_count = 0", r"x.toml:2: paging.total_count: 0 is not true or false"),
        ("[unknown_values]\nA = 4", r"x.toml:2: unknown_values.A: 4 is not a list of values"),
        ("rules = 3", r"x.toml:1: rules: 3 is not a table; write \[rules\]"),
        ("[defaults]\nConnector.format = 1", 'x.toml:.: defaults.Connector: .*"Connector.field"'),
        ("\nlevel = yes", "x.toml:2: not TOML"),
    ],
)
def test_a_fault_in_a_file_is_named_with_its_line(text: str, fault: str) -> None:
    with pytest.raises(DialectError, match=fault):
        Dialect.parse(text, "x.toml")


@pytest.mark.parametrize("text", [f"level = {'9' * 10_000}", f"level = {'[' * 10_000}"])
def test_what_is_too_long_or_too_deep_is_refused(text: str) -> None:
    with pytest.raises(DialectError, match=r"x\.toml: cannot be read: a number has too many"):
        Dialect.parse(text, "x.toml")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DialectError, match=r"none\.toml: cannot be read: No such file"):
        Dialect.load(tmp_path / "none.toml")


def test_a_feed_that_is_valid_needs_no_repairs() -> None:
    assert Dialect.learn([LOCATION], Location).level == "strict"


def test_the_proposal_repairs_the_feed_that_it_was_learned_from() -> None:
    feed = [faulty(case) for case in CASES if case.rule not in {"missing-default", "missing-owner"}]

    proposal = Dialect.learn(feed, Location)

    assert (proposal.level, proposal.country_code, proposal.party_id) == ("standard", "NL", "CPO")
    assert proposal.rules["missing-time-zone"] is True
    assert {proposal.read(each, Location).verdict for each in feed} == {"repaired"}


def test_a_proposal_is_a_file_that_counts_what_each_rule_is_needed_for() -> None:
    learner = Learner()
    for each in (LOCATION, faulty(next(case for case in CASES if case.rule == "missing-publish"))):
        learner.add(Dialect.lenient.read(each, Location))

    assert "missing-publish = true  # 1 of 2 objects." in learner.toml()
    assert Dialect.parse(learner.toml()) == learner.dialect()
