"""What the command needs: a specification, its branches, the right words."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocpi_audit.cli import app
from tests.audit import devices
from tests.audit.audited import ERRATA, PROFILES, edited, report_of, run


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (
            ["--version", "9.9"],
            "9.9 is not supported. Use one of 9.1, 9.2, spouts; did you mean '9.2'?",
        ),
        (["--profiles", "nowhere.toml"], "nowhere.toml cannot be read"),
        (["--profiles", str(ERRATA)], "is not a list of versions"),
        (["--errata", "nowhere.toml"], "nowhere.toml cannot be read"),
        (["--spec", "nowhere"], "nowhere is not a folder."),
        (["--bundles", "nowhere"], "nowhere contains no bundles"),
    ],
)
def test_wrong_usage_ends_with_2(words: list[str], what: str, clone: Path, package: Path) -> None:
    result = run(clone, package, "--version", "9.2", *words)
    assert result.exit_code == 2, result.output
    assert what in result.stderr
    assert result.stdout == ""


def test_a_folder_without_a_specification_ends_with_2(package: Path, tmp_path: Path) -> None:
    result = run(tmp_path, package, "--version", "9.2")
    assert result.exit_code == 2
    assert "neither a git repository nor a folder with .asciidoc files" in result.stderr


def test_files_of_one_version_need_its_name(package: Path) -> None:
    result = run(devices.HERE / "asciidoc", package, "--version", "9.2", "--version", "spouts")
    assert result.exit_code == 2
    assert "Name its version with --version" in result.stderr


def test_an_extension_needs_a_clone(package: Path) -> None:
    result = run(devices.HERE / "asciidoc", package, "--version", "spouts")
    assert result.exit_code == 2
    assert "only be read from a clone" in result.stderr


def test_a_repository_of_something_else_ends_with_2(package: Path, tmp_path: Path) -> None:
    devices._git(tmp_path, "init", "-q")  # noqa: SLF001 - the helper of these tests
    result = run(tmp_path, package, "--version", "9.2")
    assert result.exit_code == 2
    assert "Branches of the specification not found in" in result.stderr
    assert "use a clone of" in result.stderr


def test_a_checkout_of_one_branch_does_for_its_version(
    clone: Path, package: Path, tmp_path: Path
) -> None:
    target, one = tmp_path / "one", ("-b", "devices-9.2", "--single-branch")
    devices._git(tmp_path, "clone", "-q", *one, str(clone), str(target))  # noqa: SLF001
    assert run(target, package, "--version", "9.2").exit_code == 0
    for words in ((), ("--version", "9.2", "--version", "9.1")):
        result = run(target, package, *words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "lacks branches: devices-9.1" in result.stderr
        assert "name with --version what is there: 9.2." in result.stderr


def test_an_extension_needs_the_branch_of_its_version_too(own: Path, package: Path) -> None:
    devices._git(own, "checkout", "-q", "devices-9.2-spouts")  # noqa: SLF001
    devices._git(own, "branch", "-q", "-D", "devices-9.2")  # noqa: SLF001
    result = run(own, package, "--version", "spouts")
    assert result.exit_code == 2
    assert "lacks the branch devices-9.2 of 9.2; fetch it." in result.stderr


def test_that_there_are_no_errata_here_is_reported(
    clone: Path, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = ["--spec", str(clone), "--bundles", str(package), "--profiles", str(PROFILES)]
    result = CliRunner().invoke(app, ["audit", *given, "--version", "9.2"])
    assert result.exit_code == 1
    assert "docs/errata.toml not found, so no readings are accepted" in result.stderr
    assert "No readings" not in run(clone, package, "--version", "9.2").stderr


def test_the_newer_of_two_branches_of_a_name_counts(
    own: Path, package: Path, tmp_path: Path
) -> None:
    target = tmp_path / "fresh"
    devices._git(tmp_path, "clone", "-q", "-b", "devices-9.2", str(own), str(target))  # noqa: SLF001
    edited(own, "|on |boolean |1", "|switched_on |boolean |1")
    devices._git(target, "fetch", "-q")  # noqa: SLF001
    result = run(target, package, "--version", "9.2", "--json")
    assert report_of(result)["audits"][0]["specification"] == "origin/devices-9.2"
    assert result.exit_code == 1


def test_bundles_without_a_known_specification_are_named(
    clone: Path, package: Path, tmp_path: Path
) -> None:
    target = Path(shutil.copytree(package, tmp_path / "more_devices"))
    folder = target / "v9_3" / "documents"
    shutil.copytree(target / "v9_2" / "documents", folder)
    for path in folder.glob("*.*.json"):
        path.write_text(path.read_text().replace('"version": "9.2"', '"version": "9.3"'))
    result = run(clone, target, "--no-examples")
    assert result.exit_code == 0, result.output
    assert "9.3 is not audited" in result.stderr


def test_branches_of_a_remote_are_found(clone: Path, package: Path, tmp_path: Path) -> None:
    target = tmp_path / "fresh"
    devices._git(tmp_path, "clone", "-q", str(clone), str(target))  # noqa: SLF001
    result = run(target, package, "--json")
    assert result.exit_code == 0, result.output
    assert "origin/devices-9.2" in [audit["specification"] for audit in report_of(result)["audits"]]
