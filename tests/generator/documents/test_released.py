"""What was released changes only beside an erratum."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ocpi_generator.bundle import bundle_version, contract_hash
from ocpi_generator.cli import app
from ocpi_generator.lint import lint

FIXTURE = Path(__file__).parents[1] / "layered"
SENDER = "boxes.sender"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the made-up specification, both versions released."""
    shutil.copytree(FIXTURE, tmp_path / "spec")
    root = tmp_path / "spec" / "openapi"
    assert run(root, "1.0").exit_code == 0
    assert run(root, "1.1").exit_code == 0
    return root


def run(root: Path, version: str, *more: str) -> Result:
    return CliRunner().invoke(app, ["release", "--root", str(root), "--version", version, *more])


def change(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def hashes(root: Path, version: str = "1.0") -> dict[str, str]:
    documents = bundle_version(root, version).documents
    return {name: contract_hash(document) for name, document in documents.items()}


def changed(root: Path) -> list[str]:
    """Name the released bundles that lint says have changed; other things may be wrong too."""
    problems = [one.what for one in lint(root) if one.rule == "released"]
    return [what.split("bundle ")[1].split(" changes")[0] for what in problems]


WORDS = [
    ("1.0/boxes/schemas.yaml", "A box.", "A cardboard box."),
    ("1.0/boxes/schemas.yaml", "Its name.", "What it is called."),
    ("1.0/boxes/schemas.yaml", "boxes.asciidoc#size", "boxes.asciidoc#sizes"),
    ("1.0/boxes/sender.yaml", "summary: Read a box", "summary: Read one box"),
    ("1.0/boxes/sender.yaml", "description: The box.", "description: This box."),
    ("1.0/boxes/sender.yaml", "Where boxes come from.", "Their origin."),
    ("common/errors.yaml", "Wrong key.", "No key."),
    ("1.0/boxes/schemas.yaml", "[id, size, last_updated]", "[size, last_updated, id]"),
    ("1.0/version.toml", "example.com", "example.org"),
]

CONTRACTS = [
    ("1.0/boxes/schemas.yaml", "maxLength: 8", "maxLength: 9"),
    ("1.0/boxes/schemas.yaml", "[SMALL, LARGE]", "[SMALL, BIG]"),
    ("1.0/boxes/schemas.yaml", "[id, size, last_updated]", "[id, last_updated]"),
    ("1.0/types/schemas.yaml", "maxLength: 10", "maxLength: 11"),
    ("1.0/boxes/sender.yaml", "      x-ocpi-paged: true\n", ""),
    ("1.0/boxes/sender.yaml", "/{box_id}:", "/box/{box_id}:"),
    ("common/formats.yaml", "[A-Z]", "[A-Za-z]"),
    ("common/ids.yaml", "required: true", "required: false"),
]


@pytest.mark.parametrize(("file", "old", "new"), WORDS)
def test_words_are_no_contract(root: Path, file: str, old: str, new: str) -> None:
    before = hashes(root)
    change(root, file, old, new)
    assert hashes(root) == before
    assert lint(root) == []


@pytest.mark.parametrize(("file", "old", "new"), CONTRACTS)
def test_limits_and_names_are(root: Path, file: str, old: str, new: str) -> None:
    before = hashes(root)
    change(root, file, old, new)
    assert hashes(root)[SENDER] != before[SENDER]
    assert f"1.0 {SENDER}" in changed(root)


def test_a_property_may_be_called_description(root: Path) -> None:
    before = hashes(root)
    change(
        root,
        "1.0/boxes/schemas.yaml",
        "    tags:\n",
        "    description: {type: boolean}\n    tags:\n",
    )
    assert hashes(root)[SENDER] != before[SENDER]


def test_lint_names_what_changes_by_way_of_the_parent(root: Path) -> None:
    change(root, "1.0/jobs/schemas.yaml", "{type: boolean", "{type: integer")
    assert changed(root) == [
        "1.0 jobs.receiver",
        "1.0 jobs.sender",
        "1.1 jobs.receiver",
        "1.1 jobs.sender",
    ]


def test_the_problem_points_at_the_entry(root: Path) -> None:
    change(root, "1.0/boxes/schemas.yaml", "maxLength: 8", "maxLength: 9")
    problem = next(one for one in lint(root) if SENDER in one.what)
    assert problem.rule == "released"
    lines = Path(problem.file).read_text().splitlines()
    assert lines[problem.line - 1].startswith('"boxes.sender" = "sha256:')
    assert "--erratum" in problem.how


def test_a_change_needs_an_erratum(root: Path) -> None:
    text = (root / "released.toml").read_text()
    change(root, "1.0/boxes/schemas.yaml", "maxLength: 8", "maxLength: 9")
    assert run(root, "1.0").exit_code == 1
    result = run(root, "1.0", "--erratum", "E-2")
    assert result.exit_code == 2  # there is no such erratum
    assert "E-2" in result.stderr
    assert (root / "released.toml").read_text() == text

    assert run(root, "1.0", "--erratum", "E-1").exit_code == 0
    assert run(root, "1.1", "--erratum", "E-1").exit_code == 0
    assert lint(root) == []
    text = (root / "released.toml").read_text()
    assert f'"boxes.sender" = {{hash = "{hashes(root)[SENDER]}", erratum = "E-1"}}' in text
    assert f'"jobs.sender" = "{hashes(root)["jobs.sender"]}"' in text


def test_the_erratum_must_stay(root: Path) -> None:
    change(root, "1.1/boxes/schemas.yaml", "HUGE", "GIANT")
    assert run(root, "1.1", "--erratum", "E-1").exit_code == 0
    change(root, "../docs/errata.toml", "E-1", "E-7")
    assert {problem.rule for problem in lint(root)} == {"erratum"}


ERRATA = [
    ('leniency = "none"\n', "", 2, "leniency of the erratum E-1 is missing"),
    ('["1.0"]', '"1.0"', 2, "versions of the erratum E-1 is missing"),
    ("[[erratum]]", "[erratum]", 1, "there is more than errata in it"),
    ('"E-1"', '"E-1', 3, "Illegal character"),
]


@pytest.mark.parametrize(("old", "new", "line", "what"), ERRATA)
def test_errata_are_whole(root: Path, old: str, new: str, line: int, what: str) -> None:
    change(root, "../docs/errata.toml", old, new)
    (problem,) = lint(root)
    assert problem.line == line
    assert problem.what.startswith(what)
    assert problem.file.endswith("docs/errata.toml")


def test_an_id_names_one_erratum(root: Path) -> None:
    path = root.parent / "docs" / "errata.toml"
    path.write_text(path.read_text() * 2)
    (problem,) = lint(root)
    assert (problem.line, problem.what) == (10, "there are two errata E-1")


def test_releasing_again_changes_nothing(root: Path) -> None:
    text = (root / "released.toml").read_text()
    assert run(root, "1.0").exit_code == 0
    assert (root / "released.toml").read_text() == text


def test_a_released_bundle_must_stay(root: Path) -> None:
    change(root, "1.1/version.toml", 'modules = ["stamps"]', 'modules = ["stamps", "jobs"]')
    gone = [one.what for one in lint(root)]
    assert gone == [
        "the released bundle 1.1 jobs.receiver is missing",
        "the released bundle 1.1 jobs.sender is missing",
    ]


def test_single_modules_are_released(root: Path) -> None:
    (root / "released.toml").unlink()
    assert run(root, "1.0", "--module", "jobs").exit_code == 0
    lines = (root / "released.toml").read_text().splitlines()
    entries = [line.partition(" = ")[0] for line in lines if line.startswith('"')]
    assert entries == ['"jobs.receiver"', '"jobs.sender"']
    assert run(root, "1.0", "--module", "crates").exit_code == 2


@pytest.mark.parametrize(
    ("text", "rule"), [("[1.0\n", "toml-syntax"), ('["1.0"]\n"jobs.sender" = 7\n', "released")]
)
def test_a_broken_file_is_a_problem(root: Path, text: str, rule: str) -> None:
    (root / "released.toml").write_text(text)
    (problem,) = lint(root)
    assert problem.rule == rule
    assert problem.line > 0
    assert run(root, "1.0").exit_code == 1
    assert (root / "released.toml").read_text() == text


def test_a_released_version_names_the_branch_and_commit_that_were_read(root: Path) -> None:
    meta, url = "1.0/version.toml", "https://github.com/boxes/spec/blob/one/"
    change(root, meta, "https://example.com/boxes/1.0/", url)
    problems = [one.what for one in lint(root) if one.rule == "specification"]
    expected = [f"the {key} of {url} that was read is missing" for key in ("branch", "commit")]
    assert problems == expected
    change(root, meta, url, f'{url}"\nbranch = "one"\ncommit = "{"a1" * 20}')
    assert not [one for one in lint(root) if one.rule == "specification"]
