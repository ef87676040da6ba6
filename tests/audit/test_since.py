"""``ocpi audit --since``: what changed in the specification since it was read."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.audit import devices
from tests.audit.audited import run

CHAPTER = "mod_devices.asciidoc"


def git(clone: Path, *words: str) -> str:
    who = ["-c", "user.name=Device", "-c", "user.email=device@example.org"]
    command = ["git", "-C", str(clone), *who, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 - words of ours


@pytest.fixture
def root(own: Path, tmp_path: Path) -> Path:
    """Documents that name the commits that were read."""
    folder = tmp_path / "openapi" / "9.2"
    folder.mkdir(parents=True)
    core, spouts = (git(own, "rev-parse", f"devices-9.2{each}") for each in ("", "-spouts"))
    text = f'commit = "{core}"\n[modules.spouts]\ncommit = "{spouts}"\n'
    (folder / "version.toml").write_text(text)
    return folder.parent


def since(own: Path, package: Path, root: Path, *words: str, code: int) -> Any:
    result = run(
        own, package, "--since", "--json", "--root", str(root),
        "--version", "9.2", "--version", "spouts", *words,
    )  # fmt: skip
    assert result.exit_code == code, result.output
    return json.loads(result.stdout) if code < 2 else result.stderr


def test_nothing_is_new_in_a_text_that_was_read(own: Path, package: Path, root: Path) -> None:
    found = since(own, package, root, code=0)
    assert (found["changed"], found["refs"]) == (False, [])
    assert [each["name"] for each in found["versions"]] == ["9.2", "spouts"]
    assert [each["commits"] for each in found["versions"]] == [0, 0]


def test_chapters_and_facts_that_changed_are_listed(own: Path, package: Path, root: Path) -> None:
    devices.rewrite(own, "devices-9.2", CHAPTER, "|GLASS |It does.", "|WOOD |It does.")
    first, second = since(own, package, root, code=1)["versions"]
    assert (first["chapters"], first["commits"], second["chapters"]) == ([CHAPTER], 1, [])
    facts = {(each["subject"], each["before"], each["after"]) for each in first["facts"]}
    assert facts == {("Material.GLASS", "there", "nothing"), ("Material.WOOD", "nothing", "there")}
    text = run(own, package, "--since", "--root", str(root), "--version", "9.2")
    assert "9.2: devices-9.2 is at" in text.stdout
    assert "Material.WOOD value: nothing -> there" in text.stdout


def test_branches_tags_and_pull_requests_that_were_not_read_are_listed(
    own: Path, package: Path, root: Path
) -> None:
    git(own, "checkout", "-q", "-b", "proposal", "devices-9.2")
    devices.rewrite(own, "proposal", CHAPTER, "|GLASS |It does.", "|WOOD |It does.")
    git(own, "update-ref", "refs/pull/7/head", "proposal")
    git(own, "tag", "-a", "v10", "-m", "ten")
    git(own, "checkout", "-q", "-b", "scripts", "devices-9.2")
    (own / "make.sh").write_text("echo")
    git(own, "add", ".")
    git(own, "commit", "-q", "-m", "no chapter")
    found = since(own, package, root, code=0)["refs"]
    listed = {(each["kind"], each["name"], *each["chapters"]) for each in found}
    assert listed == {
        ("branch", "proposal", CHAPTER), ("tag", "v10", CHAPTER), ("pull request", "7", CHAPTER),
    }  # fmt: skip


def test_chapters_are_listed_although_a_clone_lacks_their_texts(
    own: Path, package: Path, root: Path
) -> None:
    git(own, "checkout", "-q", "-b", "proposal", "devices-9.2")
    text = (own / CHAPTER).read_text()
    (own / CHAPTER).unlink()
    (own / "mod_kinds.asciidoc").write_text(f"{text}\n")
    git(own, "add", "-A")
    git(own, "commit", "-q", "-m", "renamed")
    blob = git(own, "rev-parse", "proposal:mod_kinds.asciidoc")
    (own / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (found,) = since(own, package, root, code=0)["refs"]
    assert set(found["chapters"]) == {CHAPTER, "mod_kinds.asciidoc"}


def test_a_commit_can_be_named_and_must_be_there(own: Path, package: Path, root: Path) -> None:
    before = git(own, "rev-parse", "devices-9.2")
    devices.rewrite(own, "devices-9.2", CHAPTER, "|GLASS |It does.", "|WOOD |It does.")
    now = git(own, "rev-parse", "devices-9.2")
    (root / "9.2" / "version.toml").write_text(f'commit = "{now}"\n')
    result = run(own, package, before, "--since", "--root", str(root), "--version", "9.2")
    assert (result.exit_code, "1 chapters changed" in result.stdout) == (1, True)
    assert "lacks the commit 0000 of 9.2" in since(own, package, root, "0000", code=2)
    assert "version.toml names no commit of spouts" in since(own, package, root, code=2)
    alone = run(own, package, before)
    assert (alone.exit_code, "only used with --since" in alone.stderr) == (2, True)
