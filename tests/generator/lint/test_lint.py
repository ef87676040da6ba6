"""Each broken document is named with file, line and rule; whole ones are let through."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocpi_generator._problems import Problem, Refused
from ocpi_generator.bundle import bundle_version
from ocpi_generator.cli import app
from ocpi_generator.lint import lint
from tests.generator.lint.faults import BOX, CHILD, CHILD_META, FAULTS, META, SENDER, STAMPS, Fault

FIXTURE = Path(__file__).parents[1] / "layered"
REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the made-up specification that may be broken."""
    shutil.copytree(FIXTURE, tmp_path / "spec")
    return tmp_path / "spec" / "openapi"


def damage(root: Path, fault: Fault) -> int:
    """Work a fault in and return the line where it is to be found."""
    path = root / fault.file
    text = path.read_text()
    start = text.index(fault.old)
    path.write_text(text.replace(fault.old, fault.new, 1))
    return text[:start].count("\n") + 1 + fault.below


def places(problems: list[Problem], root: Path) -> list[tuple[str, str, int]]:
    return [(one.rule, Path(one.file).relative_to(root).as_posix(), one.line) for one in problems]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: f"{one.rule}-{one.new.strip()[:24]}")
def test_a_fault_is_named_with_file_and_line(root: Path, fault: Fault) -> None:
    line = damage(root, fault)
    problems = lint(root)
    assert (fault.rule, *(fault.seen or (fault.file, line))) in places(problems, root)
    for problem in problems:
        assert problem.what
        assert problem.why
        assert problem.how


JUNK = ["7", "x", "[]", "{}", "true", "[{}]", "{$ref: 7}", '{$ref: "schemas.yaml#/Box"}']


def test_nothing_that_is_written_makes_lint_fall_over(root: Path) -> None:
    """Replace the values of a few dozen lines by what nobody expects there."""
    files = sorted(root.rglob("*.yaml"))
    places = [(path, i) for path in files for i in range(len(path.read_text().splitlines()))]
    for number, (path, i) in enumerate(places[::9]):
        text = path.read_text()
        lines = text.splitlines()
        key, colon, _ = lines[i].partition(":")
        lines[i] = f"{key}: {JUNK[number % len(JUNK)]}" if colon else f"{key}: ["
        path.write_text("\n".join(lines))
        for problem in lint(root):
            assert problem.what and problem.why and problem.how  # noqa: PT018 - any of them
        path.write_text(text)


def test_whole_documents_have_no_problems() -> None:
    assert lint(FIXTURE / "openapi") == []


def test_a_file_that_is_not_utf8(root: Path) -> None:
    path = root / BOX
    path.write_bytes(path.read_bytes().replace(b"A box.", b"A b\xf6x."))
    assert places(lint(root), root)[0] == ("yaml-encoding", BOX, 2)


def test_an_empty_document(root: Path) -> None:
    (root / STAMPS).write_text("")
    assert ("yaml-syntax", STAMPS, 1) in places(lint(root), root)


def test_a_document_that_is_a_list(root: Path) -> None:
    (root / STAMPS).write_text("- a\n")
    assert ("yaml-root", STAMPS, 1) in places(lint(root), root)


def test_an_operation_may_move_when_its_old_place_is_removed(root: Path) -> None:
    (root / CHILD).write_text((root / CHILD).read_text().replace("/lid:", "/cover:"))
    assert lint(root) == []
    (root / CHILD).write_text((root / CHILD).read_text().replace("get_lid", "get_boxes"))
    meta = root / CHILD_META
    meta.write_text(
        meta.read_text().replace("operations = [", 'operations = ["boxes.sender.get_boxes", ')
    )
    assert "operation-clash" not in [one.rule for one in lint(root)]


def test_brackets_without_end(root: Path) -> None:
    (root / STAMPS).write_text("a: " + "[" * 5000)
    assert ("yaml-syntax", STAMPS) in [each[:2] for each in places(lint(root), root)]


def test_brackets_without_number(root: Path) -> None:
    (root / STAMPS).write_text("a: " + "[" * 500 + "]" * 500)
    assert ("yaml-value", STAMPS, 1) in places(lint(root), root)
    with pytest.raises(Refused, match="nested too deep"):
        bundle_version(root, "1.0")


def test_a_file_that_is_no_document(root: Path) -> None:
    (root / "1.0/boxes/notes.txt").write_text("later")
    assert places(lint(root), root) == [("file", "1.0/boxes/notes.txt", 0)]


def test_a_document_outside_its_module(root: Path) -> None:
    (root / "1.0/boxes.yaml").write_text("a: b")
    assert places(lint(root), root) == [("file", "1.0/boxes.yaml", 0)]


def test_a_folder_that_is_no_version(root: Path) -> None:
    (root / "1.2/boxes").mkdir(parents=True)
    assert places(lint(root), root) == [("version", "1.2", 0)]


def test_a_document_outside_version_toml(root: Path) -> None:
    (root / "1.0/boxes/both.yaml").write_text((root / STAMPS).read_text())
    assert ("interface-name", "1.0/boxes/both.yaml", 1) in places(lint(root), root)


def test_an_interface_without_document(root: Path) -> None:
    (root / STAMPS).unlink()
    assert ("interface-missing", META, 16) in places(lint(root), root)


def test_a_folder_that_is_no_module(root: Path) -> None:
    shutil.copytree(root / "1.0/stamps", root / "1.1/stumps")
    found = places(lint(root), root)
    assert ("module", "1.1/stumps/both.yaml", 1) in found


def test_a_part_that_no_version_uses(root: Path) -> None:
    (root / "common/spare.yaml").write_text("applies: everywhere\n")
    assert places(lint(root), root) == [("unused", "common/spare.yaml", 1)]


def test_a_class_of_the_parent_that_is_used_no_more(root: Path) -> None:
    path = root / CHILD_META
    path.write_text(path.read_text().replace('modules = ["stamps"]', ""))
    with (root / "1.1/boxes/schemas.yaml").open("a") as file:
        file.write(
            (root / BOX)
            .read_text()
            .partition("\nSize:")[0]
            .replace('    lid: {$ref: "../types/schemas.yaml#/Lid", description: Its lid.}\n', "")
        )
    text = (root / CHILD).read_text().partition("  /{box_id}/lid:")[0]
    (root / CHILD).write_text(text)
    (root / "1.1/types/schemas.yaml").unlink()
    found = lint(root)
    assert [(one.rule, one.what) for one in found] == [
        ("unused", "nothing uses the class types/Lid of 1.0 any more")
    ]


def test_a_class_may_require_one_of_several_fields(root: Path) -> None:
    path = root / BOX
    choice = "  anyOf:\n    - required: [lid]\n    - required: [tags]\n"
    path.write_text(path.read_text().replace("  properties:", choice + "  properties:", 1))
    assert lint(root) == []


def test_what_a_version_goes_without_is_no_repeat(root: Path) -> None:
    path = root / SENDER
    since = '{name: since, in: query, schema: {$ref: "../types/schemas.yaml#/DateTime"}}'
    stated = f"      parameters: [{since}]\n      x-ocpi-paged"
    path.write_text(path.read_text().replace("      x-ocpi-paged", stated))
    assert "repeats-common" in [one.rule for one in lint(root)]
    meta = root / META
    meta.write_text(meta.read_text().replace("[modules", 'without = ["since"]\n[modules', 1))
    assert lint(root) == []


def test_a_parameter_that_differs_from_the_common_one_is_meant(root: Path) -> None:
    path = root / SENDER
    stated = (
        "      parameters: [{name: since, in: query, required: %s, schema: {$ref: "
        '"../types/schemas.yaml#/DateTime"}}]\n      x-ocpi-paged'
    )
    original = path.read_text()
    path.write_text(original.replace("      x-ocpi-paged", stated % "true"))
    assert lint(root) == []
    path.write_text(original.replace("      x-ocpi-paged", stated % "false"))
    assert [one.rule for one in lint(root)] == ["repeats-common"]


def test_one_version_alone(root: Path) -> None:
    damage(root, Fault("", "1.1/boxes/schemas.yaml", "[SMALL, LARGE, HUGE]", "[A, A]"))
    assert lint(root, ["1.0"]) == []
    assert [one.rule for one in lint(root, ["1.1"])] == ["enum"]


# -- the command ---------------------------------------------------------------------------------


def test_the_command_says_that_all_is_well(root: Path) -> None:
    result = CliRunner().invoke(app, ["lint", "--root", str(root)])
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == "No problems (versions: 1.0, 1.1).\n"


def test_the_command_prints_text(root: Path) -> None:
    damage(root, Fault("", BOX, ", maxLength: 8", ""))
    result = CliRunner().invoke(app, ["lint", "--root", str(root)])
    assert result.exit_code == 1
    assert (
        f"{(root / BOX).as_posix()}:7: the length of the string is missing [string-length]"
        in result.stdout
    )
    assert "/Box/properties/id" in result.stdout
    assert "x-ocpi-unbounded" in result.stdout


def test_the_command_prints_json(root: Path) -> None:
    damage(root, Fault("", BOX, ", maxLength: 8", ""))
    result = CliRunner().invoke(app, ["lint", "--json", "--root", str(root)])
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)
    assert problem["file"] == (root / BOX).as_posix()
    assert problem["line"] == 7
    assert problem["pointer"] == "/Box/properties/id"
    assert problem["rule"] == "string-length"
    assert problem.keys() == {"file", "line", "pointer", "rule", "what", "why", "how"}


@pytest.mark.parametrize("arguments", [["--version", "9.9"], ["--root", "nowhere"]])
def test_wrong_usage_ends_with_2(root: Path, arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["lint", "--root", str(root), *arguments])
    assert result.exit_code == 2


# -- the real documents --------------------------------------------------------------------------


def test_the_documents_of_this_repository_are_whole() -> None:
    assert lint(REPOSITORY / "openapi") == []
