"""Writing a package: the same bytes each time, as a whole or not at all, and only when needed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocpi_generator._problems import Refused
from ocpi_generator.generate import GenerationError, GenerationRequest, check, generate
from ocpi_generator.plan import VersionPlan
from ocpi_generator.render import RenderError, render_version
from tests.generator.tinyspec import PACKAGE, ROOT, change, copy_of_tiny, files, generated

LAYERED = Path(__file__).parents[1] / "layered" / "openapi"
MISSING = '[modules.others]\nkind = "functional"\ninterfaces = ["sender"]\n\n'
run = CliRunner().invoke


@pytest.fixture
def request_(tmp_path: Path) -> GenerationRequest:
    """Ask for a package from documents that may be changed."""
    return GenerationRequest(copy_of_tiny(tmp_path), tmp_path / "out" / PACKAGE)


def left_in(request: GenerationRequest) -> list[str]:
    return sorted(path.name for path in request.target.parent.iterdir())


def test_generating_twice_writes_the_same_bytes(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ocpi_generator.generate import *;"
        "generate(GenerationRequest(Path(sys.argv[1]), Path(sys.argv[2])))"
    )
    for seed in ("1", "2"):
        arguments = [sys.executable, "-c", code, str(ROOT), str(tmp_path / seed / PACKAGE)]
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": f"UTC-{seed}"}
        subprocess.run(arguments, check=True, env=environment)  # noqa: S603
    first, second = (files(tmp_path / seed / PACKAGE) for seed in ("1", "2"))
    assert first == second
    assert first == files(generated())


def test_unchanged_input_renders_nothing(
    request_: GenerationRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert generate(request_)
    before = {path: path.stat().st_mtime_ns for path in request_.target.rglob("*")}
    rendered: list[object] = []
    monkeypatch.setattr("ocpi_generator.generate._build.build", rendered.append)
    assert not generate(request_)
    assert not rendered
    assert {path: path.stat().st_mtime_ns for path in request_.target.rglob("*")} == before


def edit_file(target: Path) -> None:
    (target / "v1_0" / "models" / "_base.py").write_text("", encoding="utf-8")


def add_file(target: Path) -> None:
    (target / "v1_0" / "mine.py").write_text("", encoding="utf-8")


def remove_file(target: Path) -> None:
    (target / "v1_0" / "stubs" / "things.py").unlink()


def other_tool(target: Path) -> None:
    path = target / "MANIFEST.json"
    change(path, f'"ruff": "{version("ruff")}"', '"ruff": "0.0.1"')


def break_manifest(target: Path) -> None:
    (target / "MANIFEST.json").write_text("<<<<<<<", encoding="utf-8")


@pytest.mark.parametrize("harm", [edit_file, add_file, remove_file, other_tool, break_manifest])
def test_a_package_that_was_touched_is_generated_again(
    request_: GenerationRequest, harm: Callable[[Path], None]
) -> None:
    generate(request_)
    before = files(request_.target)
    harm(request_.target)
    assert generate(request_)
    assert files(request_.target) == before


def test_only_versions_that_changed_are_generated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = GenerationRequest(
        Path(shutil.copytree(LAYERED, tmp_path / "openapi")), tmp_path / PACKAGE
    )
    generate(request)
    rendered: list[str] = []

    def noted(plan: VersionPlan) -> Mapping[str, str]:
        rendered.append(plan.folder)
        return render_version(plan)

    monkeypatch.setattr("ocpi_generator.generate._build.render_version", noted)
    change(request.root / "1.1" / "types" / "schemas.yaml", "maxLength: 20", "maxLength: 21")
    assert generate(request)
    assert rendered == ["v1_1"]
    assert check(request) == []
    change(request.root / "1.0" / "types" / "schemas.yaml", "maxLength: 10", "maxLength: 11")
    (request.target / "v1_1" / "mine.py").write_text("", encoding="utf-8")
    rendered.clear()
    assert generate(request)
    assert rendered == ["v1_0", "v1_1"]
    assert check(request) == []


def test_what_is_no_longer_described_goes_away(request_: GenerationRequest) -> None:
    generate(request_)
    path = request_.root / "1.0" / "things" / "receiver.yaml"
    change(path, "operationId: delete_thing", "operationId: drop_thing")
    assert generate(request_)
    client = (request_.target / "v1_0" / "clients" / "things.py").read_text(encoding="utf-8")
    assert "def drop_thing(" in client
    assert "delete_thing" not in client


def test_the_manifest_names_inputs_and_tools_and_no_machine(request_: GenerationRequest) -> None:
    generate(request_)
    text = (request_.target / "MANIFEST.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert set(manifest) == {"inputs", "options", "outputs", "tools"}
    assert "openapi/1.0/things/schemas.yaml" in manifest["inputs"]
    assert "ocpi_generator/templates/msgspec/msgspec.jinja2" in manifest["inputs"]
    assert "ocpi_generator/plan/methods.py" in manifest["inputs"]
    assert manifest["tools"]["datamodel-code-generator"] == version("datamodel-code-generator")
    written = {name for name in files(request_.target) if name != "MANIFEST.json"}
    assert set(manifest["outputs"]) == written
    assert str(request_.root.parent) not in text


def test_a_broken_document_leaves_the_package_as_it_was(request_: GenerationRequest) -> None:
    generate(request_)
    before = files(request_.target)
    change(request_.root / "1.0" / "things" / "schemas.yaml", "Kind:\n", "Kind: [\n")
    with pytest.raises(Refused) as refused:
        generate(request_)
    assert refused.value.problems[0].file.endswith("1.0/things/schemas.yaml")
    assert refused.value.problems[0].line
    assert files(request_.target) == before
    assert left_in(request_) == [PACKAGE]


def test_a_failing_tool_leaves_the_package_as_it_was(
    request_: GenerationRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(request_)
    before = files(request_.target)
    change(request_.root / "1.0" / "things" / "sender.yaml", "summary: List", "summary: Give")

    def fail(_: Path) -> None:
        raise RenderError("ruff is missing")

    monkeypatch.setattr("ocpi_generator.generate._build.format_tree", fail)
    with pytest.raises(GenerationError, match="ruff is missing"):
        generate(request_)
    assert files(request_.target) == before
    assert left_in(request_) == [PACKAGE]


def test_a_failure_while_files_change_places_leaves_the_package_as_it_was(
    request_: GenerationRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(request_)
    before = files(request_.target)
    change(request_.root / "1.0" / "things" / "sender.yaml", "summary: List", "summary: Give")
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if target == request_.target and path.name == PACKAGE:
            raise OSError("no space left")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(GenerationError, match="no space left"):
        generate(request_)
    assert files(request_.target) == before
    assert left_in(request_) == [PACKAGE]


def test_a_plan_that_cannot_be_made_says_where(request_: GenerationRequest) -> None:
    path = request_.root / "1.0" / "things" / "sender.yaml"
    change(path, "- name: kind", "- name: from")
    with pytest.raises(GenerationError, match=r"Tiny 1\.0 things: sender, GET /: 'from' cannot"):
        generate(request_)
    assert not request_.target.exists()


def test_a_folder_of_somebody_else_is_not_replaced(request_: GenerationRequest) -> None:
    request_.target.mkdir(parents=True)
    (request_.target / "thesis.txt").write_text("ten years", encoding="utf-8")
    with pytest.raises(GenerationError, match=r"contains files but no MANIFEST\.json"):
        generate(request_)
    assert left_in(request_) == [PACKAGE]
    assert files(request_.target) == {"thesis.txt": b"ten years"}


def test_one_module_brings_what_two_parties_need_to_meet(tmp_path: Path) -> None:
    target = tmp_path / "part"
    generate(GenerationRequest(ROOT, target, versions=("1.0",), modules=("versions",)))
    names = set(files(target))
    assert "v1_0/stubs/versions.py" in names
    assert not [name for name in names if "things" in name]
    text = (target / "v1_0" / "models" / "__init__.py").read_text(encoding="utf-8")
    assert "class Version(" in text
    assert "class Thing(" not in text


def test_pydantic_models_stand_alone(tmp_path: Path) -> None:
    target = tmp_path / "py"
    generate(GenerationRequest(ROOT, target, models="pydantic"))
    assert sorted(files(target)) == [
        "MANIFEST.json",
        "__init__.py",
        "py.typed",
        "v1_0/__init__.py",
        "v1_0/models/__init__.py",
        "v1_0/models/_base.py",
        "v1_0/models/things.py",
        "v1_0/models/versions.py",
    ]
    assert not [name for name, text in files(target).items() if b"import ocpi_runtime" in text]
    assert not [name for name, text in files(target).items() if b"from ocpi_runtime" in text]
