"""The files of requirements: what they name exists, and what is wrong in one is reported."""

from pathlib import Path

import pytest

from ocpi_conformance.coverage import (
    RequirementsError,
    load_requirements,
    shipped_requirements,
)
from ocpi_conformance.coverage._requirement import Requirement
from ocpi_server._versions import binding_of
from tests.conformance.coverage.anchors import known_anchors, sections_by_version
from tests.conformance.coverage.document_facts import facts_of, sections_of

CHAPTERS = {
    "bookings", "cdrs", "charging-profiles", "commands", "credentials", "hub-client-info",
    "invoice-reconciliation", "locations", "payments", "sessions", "status", "tariffs", "tokens",
    "transport", "types", "versions",
}  # fmt: skip
ENTRY = """
[[requirement]]
id = "notes.kept"
text = "A note is kept."
section = "mod_notes.asciidoc#mod_notes_put_method"
strength = "must"
versions = ["2.2.1"]
roles = ["receiver"]
rules = ["write.stored"]
"""


@pytest.fixture(scope="module")
def requirements() -> list[Requirement]:
    return [one for chapter in load_requirements() for one in chapter.requirements]


def test_every_chapter_has_requirements_and_all_together_at_least_250() -> None:
    chapters = load_requirements()
    assert {one.name for one in chapters} == CHAPTERS
    assert all(one.requirements for one in chapters)
    assert sum(len(one.requirements) for one in chapters) >= 250


@pytest.mark.parametrize("version", ["2.0", "2.1.1", "2.2", "2.2.1", "2.3.0"])
def test_every_section_and_every_fact_of_the_bundles_exists(version: str) -> None:
    binding = binding_of(version)
    facts = facts_of(binding)
    sections = sections_by_version()[version]
    unknown = set(sections) - sections_of(binding) - known_anchors()[version]
    assert not unknown
    missing = {
        (one.id, fact)
        for chapter in load_requirements()
        for one in chapter.requirements
        if version in one.versions
        for fact in one.document
        if fact not in facts
    }
    assert not missing


def test_no_anchor_is_kept_that_nothing_names() -> None:
    named = sections_by_version()
    assert {version: set(one) for version, one in named.items()} == known_anchors()


def test_words_are_short_and_our_own(requirements: list[Requirement]) -> None:
    long = [one.id for one in requirements if len(one.text) > 110 or not one.text.endswith(".")]
    assert not long
    shouted = [one.id for one in requirements if {"SHALL", "MUST"} & set(one.text.split())]
    assert not shouted


def _folder(directory: Path, text: str) -> Path:
    (directory / "notes.toml").write_text('chapter = "notes"\ntitle = "Notes"\n' + text)
    return directory


def test_a_folder_of_ones_own_is_read(tmp_path: Path) -> None:
    (chapter,) = load_requirements(_folder(tmp_path, ENTRY))
    assert (chapter.title, chapter.requirements[0].section_in("2.2.1")) == (
        "Notes", "mod_notes.asciidoc#mod_notes_put_method",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('strength = "must"', 'strength = "often"', "notes.toml:4: requirement 'notes.kept' is wr"),
        ('versions = ["2.2.1"]', 'versions = ["3.0"]', "Invalid enum value '3.0' - at `$.version"),
        ('roles = ["receiver"]', 'role = "receiver"', "unknown field `role`"),
        ('id = "notes.kept"', 'id = "kept"', "The id 'kept' is wrong."),
        ("asciidoc#mod_notes_put_method", "asciidoc", "The section 'mod_notes.asciidoc' of"),
        ('rules = ["write.stored"]', "", "notes.kept has neither."),
        ('rules = ["write.stored"]', 'faults = ["x"]\nreason = "so"', "has faults and no rules"),
        ("[[requirement]]", "[[requirement", "The file cannot be read."),
    ],
)
def test_what_is_wrong_is_reported_with_its_line(
    tmp_path: Path, old: str, new: str, what: str
) -> None:
    assert old in ENTRY
    with pytest.raises(RequirementsError) as raised:
        load_requirements(_folder(tmp_path, ENTRY.replace(old, new)))
    assert what in str(raised.value)


def test_an_id_stands_for_one_requirement(tmp_path: Path) -> None:
    with pytest.raises(RequirementsError, match="occurs twice"):
        load_requirements(_folder(tmp_path, ENTRY + ENTRY))


def test_a_chapter_is_called_like_its_file(tmp_path: Path) -> None:
    (tmp_path / "memos.toml").write_text('chapter = "notes"\n')
    with pytest.raises(RequirementsError, match="chapter is 'notes'"):
        load_requirements(tmp_path)


def test_files_are_part_of_the_wheel() -> None:
    wheel = (shipped_requirements().parent / "pyproject.toml").read_text()
    assert '"requirements" = "ocpi_conformance/requirements"' in wheel
