"""What changed between versions and revisions, and whom it breaks."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocpi_generator.bundle import bundle_version
from ocpi_generator.cli import app
from ocpi_generator.diff import Change, compare
from tests.generator.edits import BOTH, BOX, EDITS, LID, META

REPOSITORY = Path(__file__).parents[2]
LAYERED = Path(__file__).parent / "layered" / "openapi"
runner = CliRunner()


def changes(before: Path, after: Path, module: str | None = None) -> list[Change]:
    bundles = [bundle_version(root, "1.0") for root in (before, after)]
    return list(compare(bundles[0], bundles[1], ("old", "new"), module).changes)


def edited(folder: Path, file: str, old: str, new: str) -> Path:
    root = folder / "openapi"
    if not root.exists():
        shutil.copytree(LAYERED, root)
    path = root / "1.0" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return root


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_named_with_whom_it_breaks(name: str, tmp_path: Path) -> None:
    edit = EDITS[name]
    found = changes(LAYERED, edited(tmp_path, edit.file, edit.old, edit.new))
    by_name = {(one.subject, one.kind): one for one in found}
    assert by_name.keys() == set(edit.seen)
    assert not edit.seen or by_name[edit.seen[0]].breaks == edit.breaks


def test_back_and_forth_are_each_others_mirror(tmp_path: Path) -> None:
    integers = edited(
        tmp_path, LID, "weight: {type: number, format: decimal", "weight: {type: integer"
    )
    assert [one.breaks for one in changes(LAYERED, integers)] == [("sender",)]
    assert [one.breaks for one in changes(integers, LAYERED)] == [("receiver",)]


TIME = "^[0-2][0-9]:[0-5][0-9]$"


@pytest.mark.parametrize(
    ("old", "new", "breaks"),
    [
        (TIME, "^([0-1][0-9]|2[0-3]):[0-5][0-9]$", ("sender",)),
        ("^-?[0-9]{1,2}\\.[0-9]{6}$", "^-?[0-9]{1,2}\\.[0-9]{5,7}$", ("receiver",)),
        (TIME, "^(?:0|1|2)\\d:[0-5]\\d$", ()),
        (TIME, "^[0-9]+$", ("sender", "receiver")),
        ("^[^\\x00-\\x1F]*$", "^[ -~]+$", ("sender",)),
        ("^a*b?$", "^(a*b)?$", ("sender",)),
        ("^a|b$", "^a$", ("sender", "receiver")),
        ("^(?=a)a$", "^a$", ("sender", "receiver")),
        ("^a{1,99999}$", "^a{1,9}$", ("sender", "receiver")),
        ("^[^a]*$", "^.*$", ("sender", "receiver")),
    ],
)
def test_of_two_patterns_the_wider_one_breaks_the_reader(
    old: str, new: str, breaks: tuple[str, ...], tmp_path: Path
) -> None:
    code = "hinge: {type: string, format: code, maxLength: 4"
    roots = [
        edited(tmp_path / side, LID, code, f"{code}, pattern: '{pattern}'")
        for side, pattern in (("old", old), ("new", new))
    ]
    (change,) = changes(roots[0], roots[1])
    assert (change.subject, change.breaks) == ("Lid.hinge", breaks)


@pytest.mark.parametrize(
    ("values", "breaks"),
    [
        ("SMALL, LARGE", ()),
        ("SMALL, LARGE, HUGE", ("receiver",)),
        ("SMALL", ("sender",)),
        ("TINY, LARGE", ("sender", "receiver")),
    ],
)
def test_another_name_of_a_class_breaks_nobody_but_other_content_does(
    values: str, breaks: tuple[str, ...], tmp_path: Path
) -> None:
    edited(tmp_path, BOX, '"schemas.yaml#/Size"', '"schemas.yaml#/Extent"')
    root = edited(tmp_path, BOX, "Size:\n", "Extent:\n")
    edited(tmp_path, BOX, "[SMALL, LARGE]", f"[{values}]")
    found = {one.subject: one for one in changes(LAYERED, root)}
    assert found["Box.size"].breaks == breaks
    assert ("by another name" in found["Box.size"].text) == (not breaks)


def test_an_object_of_another_name_is_compared_by_its_fields(tmp_path: Path) -> None:
    edited(tmp_path, BOX, "schemas.yaml#/Lid", "schemas.yaml#/Cover")
    root = edited(tmp_path, LID, "Lid:\n", "Cover:\n")
    assert {one.subject: one.breaks for one in changes(LAYERED, root)}["Box.lid"] == ()
    edited(tmp_path, LID, "[colour]", "[colour, weight]")
    assert {one.subject: one.breaks for one in changes(LAYERED, root)}["Box.lid"] == ("sender",)


def test_a_choice_that_is_always_made_breaks_nobody(tmp_path: Path) -> None:
    choice = "  anyOf:\n    - required: [hinge]\n    - required: [weight]\n  required: [colour]\n"
    root = edited(tmp_path, LID, "  required: [colour]\n", choice)
    assert [one.breaks for one in changes(LAYERED, root)] == [("sender",)]
    assert [one.breaks for one in changes(root, LAYERED)] == [("receiver",)]
    sure = edited(tmp_path / "sure", LID, "[colour]", "[colour, weight]")
    marks = {one.kind: one.breaks for one in changes(root, sure)}
    assert marks == {"choice": (), "cardinality": ("sender",)}


def test_a_header_of_many_operations_is_reported_once(tmp_path: Path) -> None:
    found = changes(LAYERED, edited(tmp_path, META, '"routing", ', ""))
    assert {one.module for one in found} == {"messages"}
    assert len({one.subject for one in found}) == len(found)
    assert all("in all operations of boxes, jobs" in one.text for one in found)


def test_a_module_that_is_gone_breaks_both() -> None:
    old, new = (bundle_version(LAYERED, version) for version in ("1.0", "1.1"))
    found = {(one.subject, one.kind): one for one in compare(old, new, ("1.0", "1.1")).changes}
    assert found["stamps", "module-removed"].breaks == BOTH
    back = {(one.subject, one.kind): one for one in compare(new, old, ("1.1", "1.0")).changes}
    assert back["stamps", "module-added"].breaks == ()
    assert back["GET / (both)", "operation-added"].breaks == ()


def test_with_a_module_only_its_messages_count() -> None:
    assert run("2.2", "2.2.1", "--module", "tokens", root=REPOSITORY / "openapi")[1].startswith(
        "From 2.2 to 2.2.1, module tokens. No changes."
    )
    text = run("2.2", "2.2.1", "--module", "locations", root=REPOSITORY / "openapi")[1]
    assert "Capability: value START_SESSION_CONNECTOR_REQUIRED added [breaks receiver]" in text
    assert "CdrToken" not in text


def run(*arguments: str, root: Path = LAYERED) -> tuple[int, str]:
    result = runner.invoke(app, ["diff", *arguments, "--root", str(root)])
    return result.exit_code, result.stdout


def test_formats_tell_the_same() -> None:
    found = json.loads(run("1.0", "1.1", "--format", "json")[1])
    text, tables = (run("1.0", "1.1", "--format", form)[1] for form in ("text", "md"))
    assert (found["old"], found["new"], found["module"]) == ("1.0", "1.1", None)
    for change in found["changes"]:
        assert change["subject"] in text
        assert f"`{change['subject']}`" in tables


def test_a_revision_is_compared_with_what_is_there(tmp_path: Path) -> None:
    root = edited(tmp_path, LID, "maxLength: 10", "maxLength: 12")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    edited(tmp_path, LID, "maxLength: 12", "maxLength: 10")
    code, text = run("1.0@HEAD", "1.0", root=root)
    assert code == 0
    assert "From 1.0@HEAD to 1.0. 1 change: 1 breaks the sender, 0 break the receiver" in text
    assert "Lid.colour: at most 10 characters; was at most 12 characters [breaks sender]" in text


def test_what_is_wrong_with_a_revision_is_reported(tmp_path: Path) -> None:
    root = edited(tmp_path, LID, "maxLength: 10", "maxLength: 12")
    assert "is in no repository of git" in complaint("1.0@HEAD", root)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "nothing yet")
    assert "git has no revision no-such-thing" in complaint("1.0@no-such-thing", root)
    assert "HEAD contains no openapi" in complaint("1.0@HEAD", root)
    edited(tmp_path, BOX, "Size:\n", "Size: [\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "broken")
    assert "HEAD:openapi/1.0/boxes/schemas.yaml:" in complaint("1.0@HEAD", root, code=1)
    assert "HEAD contains no version 3.0, only 1.0" in complaint("3.0@HEAD", root)


def test_what_is_wrong_with_a_folder_is_reported(tmp_path: Path) -> None:
    assert "contains no versions; --root names the folder" in complaint("1.0", tmp_path)
    assert "not found; name that of the documents with --root" in complaint(
        "1.0@HEAD", tmp_path / "nowhere"
    )


def complaint(name: str, root: Path, *, code: int = 2) -> str:
    result = runner.invoke(app, ["diff", name, name, "--root", str(root)])
    assert result.exit_code == code, result.output
    return " ".join(result.stderr.replace("│", " ").split())


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True)  # noqa: S603, S607


@pytest.mark.parametrize(
    "arguments",
    [
        ("1.0",),
        ("1.0", "9.9"),
        ("1.0@", "1.1"),
        ("1.0@--output=x", "1.1"),
        ("1.0", "1.1", "--module", "none"),
        ("1.0", "1.1", "--format", "html"),
        ("1.0", "1.1", "--check"),
        ("1.0", "1.1", "--pages", "docs"),
        ("receiver",),
    ],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2


def test_broken_documents_are_refused(tmp_path: Path) -> None:
    root = edited(tmp_path, BOX, "Size:\n", "Size: [\n")
    assert run("1.0", "1.1", root=root)[0] == 1


def test_pages_are_written_checked_and_cleared(tmp_path: Path) -> None:
    pages = tmp_path / "versions"
    assert run("--pages", str(pages), "--check")[0] == 4
    assert run("--pages", str(pages))[0] == 0
    assert [path.name for path in pages.iterdir()] == ["1.0-to-1.1.md"]
    (pages / "0.9-to-1.0.md").write_text("old", encoding="utf-8")
    assert run("--pages", str(pages), "--check")[0] == 4
    assert run("--pages", str(pages))[0] == 0
    assert run("--pages", str(pages), "--check")[0] == 0
