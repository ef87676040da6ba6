"""The commands generate and scaffold: what they print, write and refuse."""

import ast
import json
from pathlib import Path

import pytest

from ocpi_generator.cli import app
from tests.generator.rendering.test_generate import MISSING, run
from tests.generator.tinyspec import PACKAGE, ROOT, change, copy_of_tiny


def test_the_command_reports_on_stderr_and_prints_json_on_stdout(tmp_path: Path) -> None:
    out = tmp_path / PACKAGE
    arguments = ["generate", "--root", str(ROOT), "--out", str(out)]
    first = run(app, arguments)
    assert (first.exit_code, first.stdout) == (0, "")
    assert "is written" in first.stderr
    second = run(app, [*arguments, "--json"])
    assert json.loads(second.stdout) == {"written": False, "package": str(out)}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--version", "1.0"], "need --out"),
        (["--module", "things"], "need --out"),
        (["--models", "pydantic"], "need --out"),
        (["--out", "no-name"], "cannot be the name of a Python package"),
        (["--out", "tiny", "--version", "3"], "Version 3 not found. Known: 1.0."),
        (["--out", "tiny", "--module", "x"], "Module x not found. Known: things, versions."),
        (["--models", "attrs"], "attrs"),
    ],
)
def test_wrong_usage_ends_with_2(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = run(app, ["generate", "--root", str(ROOT), *arguments])
    assert found.exit_code == 2, found.stderr
    assert message in " ".join(found.stderr.split())
    assert list(tmp_path.iterdir()) == []


def test_the_command_names_file_and_line_of_a_broken_document(tmp_path: Path) -> None:
    root = copy_of_tiny(tmp_path)
    change(root / "1.0" / "things" / "schemas.yaml", "Kind:\n", "Kind: [\n")
    arguments = ["generate", "--root", str(root), "--out", str(tmp_path / PACKAGE)]
    for_people = run(app, arguments)
    assert for_people.exit_code == 1
    assert "1.0/things/schemas.yaml:" in for_people.stderr
    for_machines = run(app, [*arguments, "--json"])
    assert json.loads(for_machines.stdout)[0]["file"].endswith("things/schemas.yaml")
    assert not (tmp_path / PACKAGE).exists()


@pytest.mark.parametrize("command", ["generate", "diff"])
def test_where_a_document_cannot_be_worked_with_lint_explains_it(
    tmp_path: Path, command: str
) -> None:
    root = copy_of_tiny(tmp_path)
    change(root / "1.0" / "version.toml", "[modules.versions]", MISSING + "[modules.versions]")
    options = {
        "generate": ["--out", str(tmp_path / PACKAGE)],
        "diff": ["1.0", "1.0"],
    }
    found = run(app, [command, "--root", str(root), *options[command]])
    assert (found.exit_code, type(found.exception)) == (1, SystemExit)
    assert "1.0/version.toml:" in found.stderr
    assert "operations of others for sender are missing" in found.stderr


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    arguments = ["generate", "--root", str(tmp_path), "--out", str(tmp_path / PACKAGE)]
    found = run(app, arguments)
    assert found.exit_code == 1
    assert "No folder with a version.toml was found" in found.stderr


def test_a_scaffold_has_every_method_of_every_interface() -> None:
    arguments = ["scaffold", "--root", str(ROOT), "--version", "1.0", "--module", "things"]
    found = run(app, [*arguments, "--package", PACKAGE])
    assert found.exit_code == 0
    classes = {
        one.name: one for one in ast.parse(found.stdout).body if isinstance(one, ast.ClassDef)
    }
    methods = {
        name: [one.name for one in node.body if isinstance(one, ast.AsyncFunctionDef)]
        for name, node in classes.items()
    }
    assert methods == {
        "ThingsSender": ["get_things", "post_start_result"],
        "ThingsReceiver": [
            "post_thing",
            "post_start",
            "put_thing",
            "patch_thing",
            "delete_thing",
        ],
    }
    assert f"from {PACKAGE}.v1_0.stubs import ThingsReceiverStub, ThingsSenderStub" in found.stdout


def test_a_scaffold_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "handlers.py"
    arguments = ["scaffold", "--root", str(ROOT), "--version", "1.0", "--module", "things"]
    assert run(app, [*arguments, "--out", str(path)]).exit_code == 0
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}# mine", encoding="utf-8")
    assert run(app, [*arguments, "--out", str(path)]).exit_code == 1
    assert path.read_text(encoding="utf-8").endswith("# mine")


def test_a_scaffold_of_what_is_not_there_is_wrong_usage() -> None:
    for version_, module in (("3", "things"), ("1.0", "nothing")):
        arguments = ["scaffold", "--root", str(ROOT), "--version", version_, "--module", module]
        assert run(app, arguments).exit_code == 2
