"""``ocpi new-version`` and ``new-module``: whole, registered and generated, or nothing at all."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from ocpi_generator.bundle import VersionBundle, bundle_version
from ocpi_generator.cli import app
from ocpi_generator.lint import lint
from tests.generator.tinyspec import change, files

LAYERED = Path(__file__).parent / "layered"
URL = "https://example.com/boxes/1.2/"


@dataclass(frozen=True)
class Workspace:
    """A copy of a made-up specification, and a package that is generated from it.

    Attributes:
        root: The documents.
        out: The package.
    """

    root: Path
    out: Path

    def run(self, *arguments: str) -> Result:
        options = ("--root", str(self.root), "--out", str(self.out))
        return CliRunner().invoke(app, [*arguments, *options])

    def made(self, *arguments: str) -> Any:
        found = self.run(*arguments, "--json")
        assert found.exit_code == 0, found.stderr
        return json.loads(found.stdout)

    def bundled(self, version: str) -> VersionBundle:
        return bundle_version(self.root, version)

    def everything(self) -> dict[str, bytes]:
        return files(self.root.parent)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    spec = Path(shutil.copytree(LAYERED, tmp_path / "spec"))
    return Workspace(spec / "openapi", spec / "out" / "boxes")


@pytest.fixture
def begun(workspace: Workspace) -> Workspace:
    """Return a place in which 1.2 was begun, written by hand with comments of its own."""
    folder = workspace.root / "1.2"
    folder.mkdir()
    text = (
        '# The third.\nversion = "1.2"  # as on the wire\npackage = "v1_2"\nparent = "1.1"\n'
        f'specification = "{URL}"\n\n'
        '[modules.boxes]\nkind = "configuration"\ninterfaces = [\n  "sender",  # and no other\n]\n'
        "\n# What a PATCH must carry.\n[patch]\nrequired = []\n"
    )
    (folder / "version.toml").write_text(text, encoding="utf-8")
    return workspace


def test_a_new_version_is_its_parent_under_another_number(workspace: Workspace) -> None:
    found = workspace.run("new-version", "1.2", "--from", "1.1")
    assert (found.exit_code, found.stdout) == (0, f"{workspace.root}/1.2/version.toml\n")
    new, old = workspace.bundled("1.2"), workspace.bundled("1.1")
    assert list(new.documents) == list(old.documents)
    assert list(new.modules) == list(old.modules)
    assert new.meta.specification == URL
    assert new.meta.token_base64
    assert lint(workspace.root) == []
    assert (workspace.out / "v1_2" / "stubs" / "boxes.py").is_file()
    assert (workspace.out / "v1_0").is_dir()
    assert "Next:\n 1. Check that https://example.com/boxes/1.2/ is where" in found.stderr


def test_the_next_steps_are_data_too(workspace: Workspace) -> None:
    made = workspace.made(
        "new-version", "1.2", "--from", "1.1", "--specification", "https://x.org/"
    )
    assert made["created"] == [f"{workspace.root}/1.2/version.toml"]
    assert made["changed"] == []
    assert {
        "what": "Generate models, clients, stubs and bundles again.",
        "command": "ocpi generate",
    } in (made["next"])
    assert workspace.bundled("1.2").meta.specification == "https://x.org/"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("1.1", "--from", "1.0"), 1, "1.1/version.toml:1: there is a folder for 1.1"),
        (("1.2", "--from", "0.9"), 2, "Version 0.9 not found. Known: 1.0, 1.1"),
        (("v1.2", "--from", "1.1"), 2, "not a version number"),
        (("1", "--from", "1.1"), 2, "not a version number"),
        (("../1.2", "--from", "1.1"), 2, "not a version number"),
        (("1.2", "--from", "1.1", "--specification", "x"), 1, "1.2/version.toml:5: the specif"),
    ],
)
def test_a_version_that_cannot_be_leaves_nothing_behind(
    workspace: Workspace, arguments: tuple[str, ...], code: int, message: str
) -> None:
    before = workspace.everything()
    found = workspace.run("new-version", *arguments)
    assert (found.exit_code, found.stdout) == (code, "")
    assert message in found.stderr
    assert workspace.everything() == before


def test_a_package_that_cannot_be_written_leaves_nothing_behind(workspace: Workspace) -> None:
    workspace.out.mkdir(parents=True)
    (workspace.out / "thesis.txt").write_text("ten years", encoding="utf-8")
    before = workspace.everything()
    for arguments in (
        ("new-version", "1.2", "--from", "1.1"),
        ("new-module", "x", "--version=1.1"),
    ):
        found = workspace.run(*arguments)
        assert found.exit_code == 1
        assert "contains files but no MANIFEST.json" in found.stderr
        assert workspace.everything() == before


def test_a_broken_parent_is_not_built_upon(workspace: Workspace) -> None:
    change(workspace.root / "1.0" / "types" / "schemas.yaml", "Lid:\n", "Lid: [\n")
    before = workspace.everything()
    found = workspace.run("new-version", "1.2", "--from", "1.1", "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)[0]["file"].endswith("1.0/types/schemas.yaml")
    assert workspace.everything() == before


def test_a_new_module_has_one_class_and_one_operation_for_each_interface(
    workspace: Workspace,
) -> None:
    made = workspace.made("new-module", "crates", "--version", "1.1")
    folder = workspace.root / "1.1" / "crates"
    names = ("schemas.yaml", "sender.yaml", "receiver.yaml")
    assert made["created"] == [f"{folder}/{name}" for name in names]
    assert made["changed"] == [f"{workspace.root}/1.1/version.toml"]
    documents = workspace.bundled("1.1").documents
    assert list(documents)[-2:] == ["crates.sender", "crates.receiver"]
    (listing,) = documents["crates.sender"]["paths"]["/"].values()
    assert (listing["operationId"], listing["x-ocpi-paged"]) == ("get_crates", True)
    ((path, item),) = documents["crates.receiver"]["paths"].items()
    assert path == "/{country_code}/{party_id}/{crate_id}"
    assert item["put"]["operationId"] == "put_crate"
    assert lint(workspace.root) == []
    text = (workspace.out / "v1_1" / "stubs" / "crates.py").read_text(encoding="utf-8")
    assert "class CratesSenderStub" in text
    assert "class CratesReceiverStub" in text


def test_the_next_steps_name_the_stubs_to_implement(workspace: Workspace) -> None:
    found = workspace.run("new-module", "crates", "--version", "1.1", "--interface", "receiver")
    assert "Subclass CratesReceiverStub of boxes.v1_1.stubs.crates, as @final" in found.stderr
    assert "ocpi scaffold --version 1.1 --module crates" in found.stderr
    assert not (workspace.root / "1.1" / "crates" / "sender.yaml").exists()


def test_a_module_is_entered_without_touching_what_is_there(begun: Workspace) -> None:
    path = begun.root / "1.2" / "version.toml"
    before = path.read_text(encoding="utf-8")
    begun.made(
        "new-module", "crates", "--version=1.2", "--kind=configuration", "--interface=sender"
    )
    added = '\n[modules.crates]\nkind = "configuration"\ninterfaces = ["sender"]\n'
    where = before.index("\n# What a PATCH")
    assert path.read_text(encoding="utf-8") == before[:where] + added + before[where:]
    assert not begun.bundled("1.2").meta.modules["crates"].functional


def test_a_module_may_have_a_hyphen_and_its_class_another_name(workspace: Workspace) -> None:
    made = workspace.made("new-module", "acme-crates", "--version=1.1", "--class", "WoodenBox2Go")
    assert made["next"][-1]["what"] == "Call it as peer.acme_crates of a client."
    path = workspace.root / "1.1" / "acme-crates" / "receiver.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    ((_, item),) = document["paths"].items()
    assert item["put"]["operationId"] == "put_wooden_box2_go"
    record = (workspace.out / "v1_1" / "interfaces.py").read_text(encoding="utf-8")
    assert 'module="acme-crates"' in record
    clients = (workspace.out / "v1_1" / "clients" / "__init__.py").read_text(encoding="utf-8")
    assert "def acme_crates(self) -> AcmeCratesClient:" in clients


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("boxes", "--version=1.1"), 1, "there is a module boxes in 1.1 [module]"),
        (("crates", "--version=1.1", "--class=Lid"), 1, "1.1/types/schemas.yaml:1: there is a cl"),
        (("crates", "--version=1.1", "--class=lid"), 2, "'lid' is not a class"),
        (("crates", "--version=3"), 2, "Version 3 not found. Known: 1.0, 1.1"),
        (("Crates", "--version=1.1"), 2, "'Crates' is not a module"),
        (("../x", "--version=1.1"), 2, "is not a module"),
        (("types", "--version=1.1"), 2, "types is the folder of what modules share"),
        (("class", "--version=1.1"), 2, "'class' cannot be a name in Python"),
        (("send", "--version=1.1"), 2, "peers have something of that name"),
        (("crates", "--version=1.1", "--interface=both"), 2, "sender and receiver"),
        (("crates", "--version=1.1", "--interface="), 2, "sender and receiver"),
        (("crates",), 2, "either --version or --overlay"),
    ],
)
def test_a_module_that_cannot_be_leaves_nothing_behind(
    workspace: Workspace, arguments: tuple[str, ...], code: int, message: str
) -> None:
    before = workspace.everything()
    found = workspace.run("new-module", *arguments)
    assert (found.exit_code, found.stdout) == (code, "")
    assert message in " ".join(found.stderr.split())
    assert workspace.everything() == before


def test_a_form_that_cannot_be_added_to_is_reported_with_its_line(begun: Workspace) -> None:
    path = begun.root / "1.2" / "version.toml"
    text = path.read_text(encoding="utf-8").partition("[modules.boxes]")[0]
    inline = 'modules = {boxes = {kind = "functional", interfaces = ["sender"]}}\n'
    path.write_text(text + inline, encoding="utf-8")
    before = begun.everything()
    found = begun.run("new-module", "crates", "--version", "1.2")
    assert found.exit_code == 1
    assert "1.2/version.toml:7: crates cannot be added here" in found.stderr
    assert begun.everything() == before


def test_enumerations_that_list_what_there_is_are_named() -> None:
    from ocpi_generator.documents import Library  # noqa: PLC0415 - used here alone
    from ocpi_generator.scaffolds._next_steps import add_value  # noqa: PLC0415 - likewise

    root = Path(__file__).parents[2] / "openapi"
    version = Library(root).readable("2.3.0")
    (step,) = add_value(root, "2.4.0", version, "ModuleID", "crates")
    assert step.what == (
        f'Add "crates" to ModuleID in {root}/2.4.0/versions/schemas.yaml, copied from '
        f"{root}/2.3.0/versions/schemas.yaml."
    )
    assert not list(add_value(root, "2.3.0", version, "ModuleID", "cdrs"))
