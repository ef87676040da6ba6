"""What somebody adds to a version privately: checked, bundled, and generated for them alone."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocpi_generator.cli import app
from ocpi_generator.documents import Library
from tests.generator.overlays.workspaces import SETTINGS, Workspace, bundled
from tests.generator.tinyspec import change, files


def test_an_overlay_has_the_number_of_its_version_and_more_in_it(workspace: Workspace) -> None:
    assert workspace.problems() == []
    bundle = bundled(workspace)
    classes = bundle.schemas["components"]["schemas"]
    assert (bundle.meta.version, bundle.meta.package) == ("1.1", "v1_1")
    assert list(classes["Box"]["properties"])[-1] == "acme_notes"
    assert classes["BoxPatch"]["x-ocpi-append"] == ["tags", "acme_notes"]
    assert classes["Size"]["x-extensible-enum"] == ["SMALL", "LARGE", "HUGE", "ACME"]
    assert "hinge" not in classes["Lid"]["properties"]
    names = [
        one.get("name")
        for one in bundle.documents["boxes.sender"]["paths"]["/{box_id}"]["get"]["parameters"]
    ]
    assert names[:3] == ["box_id", "fields", "acme_notes"]


def test_links_lead_to_the_version_or_to_the_pages_of_the_company(workspace: Workspace) -> None:
    classes = bundled(workspace).schemas["components"]["schemas"]
    assert (
        classes["Box"]["externalDocs"]["url"] == "https://example.com/boxes/1.1/boxes.asciidoc#box"
    )
    assert classes["AcmeNote"]["externalDocs"]["url"] == "https://acme.example/notes"


def test_the_version_itself_is_as_it_was(workspace: Workspace) -> None:
    library = Library(workspace.root)
    library.overlay(workspace.own)
    version = library.readable("1.1")
    assert "acme_notes" not in version.schemas["boxes", "Box"].body["properties"]
    assert not version.overlay


FIELDS = """\
        - name: fields
          in: query
          required: false
          schema: {type: string, maxLength: 99}
"""


CLASSES, DETAILS, SIDE = "boxes/schemas.yaml", "version.toml", "boxes/sender.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "what"),
    [
        (CLASSES, "maxLength: 8", "maxLength: 9", 7, "Box.id differs from the version"),
        (
            CLASSES,
            (
                "    tags:\n      description: Words on it.\n      type: array\n"
                "      items: {type: string, x-ocpi-unbounded: true}\n"
            ),
            "",
            1,
            "Box lacks the field tags",
        ),
        (CLASSES, "last_updated]", "last_updated, acme_notes]", 5, "Box requires acme_notes"),
        (CLASSES, "[id, size, ", "[id, ", 5, "Box no longer requires size"),
        (CLASSES, "HUGE, ACME", "ACME", 24, "Size lacks the value HUGE"),
        (
            CLASSES,
            "  x-extensible-enum: [SMALL, LARGE, HUGE, ACME]\n  x-ocpi-unbounded: true",
            "  enum: [SMALL, LARGE, HUGE]",
            20,
            "Size is another kind of class",
        ),
        (SIDE, "maxLength: 99", "maxLength: 98", 12, "the parameter fields differs"),
        (
            SIDE,
            "- name: acme_notes\n",
            "- name: acme_notes\n          required: true\n",
            16,
            "acme_notes is required",
        ),
        (
            SIDE,
            "description: The box.",
            "description: The box.\n          headers: {X: {schema: {type: integer}}}",
            3,
            "get_box differs from the version",
        ),
        (
            SIDE,
            FIELDS,
            "",
            3,
            "get_box lacks the parameter",
        ),
        (DETAILS, '"Box.tags", ', "", 5, "[patch] append lacks Box.tags"),
        (
            DETAILS,
            "\n[patch]",
            '\n[modules.jobs]\nkind = "functional"\ninterfaces = ["sender"]\n\n[patch]',
            4,
            "jobs is a module of 1.1",
        ),
    ],
)
def test_an_overlay_that_takes_something_away_is_refused(
    workspace: Workspace, file: str, old: str, new: str, line: int, what: str
) -> None:
    change(workspace.own / file, old, new)
    found = [(at, message) for rule, at, message in workspace.problems() if rule == "overlay"]
    assert len(found) == 1
    assert found[0][1].startswith(what), found
    assert found[0][0] == line


def test_a_closed_enumeration_gets_no_values(workspace: Workspace) -> None:
    opened = "x-extensible-enum: [SMALL, LARGE, HUGE]\n  x-ocpi-unbounded: true"
    change(workspace.root / "1.1" / CLASSES, opened, "enum: [SMALL, LARGE, HUGE]")
    added = "x-extensible-enum: [SMALL, LARGE, HUGE, ACME]\n  x-ocpi-unbounded: true"
    change(workspace.own / CLASSES, added, "enum: [SMALL, LARGE, HUGE, ACME]")
    what = "Size is a closed enumeration, and these are other values"
    assert workspace.problems() == [("overlay", 24, what)]


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('"1.1"', '"3"', 1, "version 3, its parent, was not found"),
        ('parent = "1.1"\n', "", 1, "the overlay lacks `parent`"),
        ('package = "v1_1"', 'package = "1.1"', 2, "1.1 cannot be the name of a package"),
        ('package = "v1_1"', 'package = "class"', 2, "class cannot be the name of a package"),
        ("[patch]", 'version = "1.1"\n\n[patch]', 4, "the overlay has an unknown `version`"),
        (
            "[patch]",
            '[removed]\nmodules = ["boxes"]\n\n[patch]',
            4,
            "the overlay has an unknown `removed`",
        ),
        ("[patch]", "[patch", 4, "Expected"),
    ],
)
def test_a_version_file_that_cannot_be_used_is_reported_with_its_line(
    workspace: Workspace, old: str, new: str, line: int, what: str
) -> None:
    change(workspace.own / "version.toml", old, new)
    found = workspace.problems()
    assert len(found) == 1
    assert found[0][1] == line
    assert found[0][2].startswith(what), found


def test_what_is_added_keeps_the_rules_of_every_document(workspace: Workspace) -> None:
    change(workspace.own / CLASSES, "text: {type: string, maxLength: 10,", "text: {type: string,")
    change(workspace.own / CLASSES, "https://acme.example/notes", "notes")
    assert {rule for rule, _, _ in workspace.problems()} == {"string-length", "external-docs-form"}
    refused = workspace.generate()
    assert refused.exit_code == 1
    assert "acme/boxes/schemas.yaml:29: `notes` is not file#anchor" in refused.stderr
    assert not workspace.out.exists()


def test_released_contracts_do_not_concern_an_overlay(workspace: Workspace) -> None:
    release = ("release", "--version", "1.1", "--root", str(workspace.root))
    assert CliRunner().invoke(app, release).exit_code == 0
    assert workspace.problems() == []


def test_an_overlay_becomes_a_package_and_nothing_else_is_touched(workspace: Workspace) -> None:
    before = files(workspace.root), files(workspace.own)
    assert workspace.generate().exit_code == 0
    assert sorted(path.name for path in workspace.out.iterdir()) == [
        "MANIFEST.json",
        "__init__.py",
        "py.typed",
        "v1_1",
    ]
    assert (files(workspace.root), files(workspace.own)) == before
    manifest = (workspace.out / "MANIFEST.json").read_text(encoding="utf-8")
    assert "acme/boxes/schemas.yaml" in json.loads(manifest)["inputs"]
    assert str(workspace.own.parent) not in manifest
    models = (workspace.out / "v1_1" / "models" / "__init__.py").read_text(encoding="utf-8")
    assert "acme_notes: list[AcmeNote]" in models
    assert "# Made from acme/boxes/schemas.yaml" in models


def test_a_package_with_an_overlay_is_kept_current(workspace: Workspace) -> None:
    assert "is written" in workspace.generate().stderr
    assert "is up to date" in workspace.generate().stderr
    assert workspace.generate("--check").exit_code == 0
    change(workspace.own / CLASSES, "maxLength: 10", "maxLength: 11")
    stale = workspace.generate("--check")
    assert stale.exit_code == 4
    assert "v1_1/documents/schemas.json" in stale.stdout
    assert "is written" in workspace.generate().stderr


def test_two_overlays_become_one_package_if_their_names_differ(
    workspace: Workspace, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(workspace.own, tmp_path / "acme2"))
    change(other / "version.toml", 'parent = "1.1"', 'parent = "1.0"')
    shutil.rmtree(other / "boxes")
    change(other / "version.toml", SETTINGS, "")
    clash = workspace.generate("--overlay", str(other))
    assert clash.exit_code == 1
    assert "Two overlays have the package v1_1" in clash.stderr
    change(other / "version.toml", 'package = "v1_1"', 'package = "more"')
    assert workspace.generate("--overlay", str(other)).exit_code == 0
    assert (workspace.out / "more").is_dir()
    twin = Path(shutil.copytree(other, tmp_path / "twin" / "acme"))
    clash = workspace.generate("--overlay", str(twin))
    assert clash.exit_code == 1
    assert "Two folders of documents acme" in clash.stderr


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("generate",), "need --out"),
        (("generate", "--out", "x", "--version", "1.1"), "leave --version out"),
        (("generate", "--out", "generated/ocpi_bindings"), "Overlays cannot be written to"),
        (("scaffold", "--module", "boxes", "--version", "1.1"), "either --version or --overlay"),
        (("new-module", "x", "--version", "1.1"), "either --version or --overlay"),
        (("new-module", "acme-x"), "needs --docs"),
    ],
)
def test_wrong_usage_ends_with_2(
    workspace: Workspace, command: tuple[str, ...], message: str
) -> None:
    found = workspace.run(*command)
    assert found.exit_code == 2
    assert message in " ".join(found.stderr.split())


def test_a_folder_without_version_toml_is_no_overlay(workspace: Workspace) -> None:
    (workspace.own / "version.toml").unlink()
    assert [what for _, _, what in workspace.problems()] == [
        "the file cannot be read: No such file or directory"
    ]


def test_a_module_of_an_overlay_is_created_checked_and_gets_handlers(workspace: Workspace) -> None:
    before = (workspace.own / "version.toml").read_text(encoding="utf-8")
    docs = ("--docs", "https://acme.example/fobs", "--json")
    made = json.loads(workspace.run("new-module", "acme-fobs", *docs).stdout)
    assert made["created"][0] == f"{workspace.own}/acme-fobs/schemas.yaml"
    text = (workspace.own / "version.toml").read_text(encoding="utf-8")
    added = '\n[modules.acme-fobs]\nkind = "functional"\ninterfaces = ["sender", "receiver"]\n'
    assert text == before + added
    assert workspace.problems() == []
    handlers = workspace.run("scaffold", "--module", "acme-fobs", "--package", "acme_boxes")
    assert "from acme_boxes.v1_1.stubs import AcmeFobsReceiverStub" in handlers.stdout
    assert "class AcmeFobsSender(AcmeFobsSenderStub):" in handlers.stdout
    commands = [step["command"] for step in made["next"] if step.get("command")]
    assert len(commands) == 3
    assert all(
        f"--overlay {workspace.own}" in one and f"--root {workspace.root}" in one
        for one in commands
    )
    assert "--package PACKAGE" in commands[-1]
    again = workspace.run("new-module", "acme-fobs", *docs)
    assert again.exit_code == 1
    assert "there is a module acme-fobs" in json.loads(again.stdout)[0]["what"]
