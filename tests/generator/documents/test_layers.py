"""A version is its parent plus what changed, one schema or one operation at a time."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from ocpi_generator._problems import Refused
from ocpi_generator.bundle import VersionBundle, bundle_version

ROOT = Path(__file__).parents[1] / "layered" / "openapi"


@pytest.fixture(scope="module")
def old() -> VersionBundle:
    return bundle_version(ROOT, "1.0")


@pytest.fixture(scope="module")
def new() -> VersionBundle:
    return bundle_version(ROOT, "1.1")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the made-up specification that may be changed."""
    return Path(shutil.copytree(ROOT, tmp_path / "openapi"))


def classes(bundle: VersionBundle) -> Any:
    return bundle.schemas["components"]["schemas"]


def test_settings_are_taken_over_or_changed(old: VersionBundle, new: VersionBundle) -> None:
    assert new.meta.parent == "1.0"
    assert new.meta.parts == old.meta.parts
    assert new.meta.patch == old.meta.patch
    assert new.meta.token_base64
    assert not old.meta.token_base64


def test_a_schema_is_changed(old: VersionBundle, new: VersionBundle) -> None:
    assert classes(old)["Size"]["enum"] == ["SMALL", "LARGE"]
    assert classes(new)["Size"]["enum"] == ["SMALL", "LARGE", "HUGE"]


def test_a_field_is_removed(old: VersionBundle, new: VersionBundle) -> None:
    assert list(classes(old)["Lid"]["properties"]) == ["colour", "hinge", "weight"]
    assert list(classes(new)["Lid"]["properties"]) == ["colour", "weight"]


def test_an_unchanged_class_picks_up_a_changed_part(new: VersionBundle) -> None:
    document = new.documents["boxes.receiver"]["components"]["schemas"]
    assert document["Box"]["properties"]["lid"]["$ref"] == "#/components/schemas/Lid"
    assert document["Lid"] == classes(new)["Lid"]
    assert document["Lid"]["properties"]["colour"]["maxLength"] == 20


def test_an_operation_is_changed_where_it_stood(new: VersionBundle) -> None:
    paths = new.documents["boxes.sender"]["paths"]
    assert list(paths) == ["/", "/{box_id}", "/{box_id}/lid"]
    parameters = paths["/{box_id}"]["get"]["parameters"]
    assert [one["name"] for one in parameters[:2]] == ["box_id", "fields"]
    assert paths["/"]["get"]["operationId"] == "get_boxes"


def test_an_operation_and_a_module_are_removed(new: VersionBundle) -> None:
    item = new.documents["boxes.receiver"]["paths"]["/{box_id}"]
    assert list(item) == ["put", "patch"]
    assert "stamps.both" not in new.documents
    assert "Stamp" not in classes(new)


def test_what_is_taken_over_bears_the_new_version(new: VersionBundle) -> None:
    document = new.documents["jobs.receiver"]
    assert document["info"] == {"title": "Jobs 1.1: receiver", "version": "1.1"}
    assert document["x-ocpi"] == {"version": "1.1", "module": "jobs", "interface": "receiver"}
    link = document["components"]["schemas"]["Job"]["externalDocs"]["url"]
    assert link == "https://example.com/boxes/1.1/jobs.asciidoc#job"


def test_sources_are_those_of_all_layers(new: VersionBundle) -> None:
    files = {path.relative_to(ROOT).as_posix() for path in new.sources}
    assert {"1.0/boxes/schemas.yaml", "1.1/boxes/schemas.yaml", "1.1/version.toml"} <= files


def test_an_operation_moves_to_another_path(root: Path) -> None:
    path = root / "1.1/boxes/sender.yaml"
    path.write_text(path.read_text().replace("  /{box_id}:\n", "  /one/{box_id}:\n"))
    paths = bundle_version(root, "1.1").documents["boxes.sender"]["paths"]
    assert list(paths) == ["/", "/one/{box_id}", "/{box_id}/lid"]


def test_a_third_layer(root: Path) -> None:
    (root / "1.2" / "boxes").mkdir(parents=True)
    (root / "1.2" / "version.toml").write_text(
        'version = "1.2"\npackage = "v1_2"\nparent = "1.1"\n'
        'specification = "https://example.com/boxes/1.2/"\n'
        "[modules.boxes]\n"
        'kind = "configuration"\ninterfaces = ["receiver"]\n'
    )
    bundle = bundle_version(root, "1.2")
    assert list(bundle.documents) == ["boxes.receiver", "jobs.sender", "jobs.receiver"]
    assert "hinge" not in classes(bundle)["Lid"]["properties"]
    headers = bundle.documents["boxes.receiver"]["components"]["headers"]
    assert list(headers) == ["X-Trace"]


def test_versions_do_not_disturb_their_parents(old: VersionBundle, new: VersionBundle) -> None:
    assert bundle_version(ROOT, "1.0").files() == old.files()
    assert classes(old)["Box"]["properties"] == classes(new)["Box"]["properties"]


def test_a_class_of_the_parent_that_is_still_used_cannot_go(root: Path) -> None:
    path = root / "1.1/version.toml"
    path.write_text(path.read_text().replace("[removed]", '[removed]\nschemas = ["jobs/Job"]'))
    with pytest.raises(Refused) as refused:
        bundle_version(root, "1.1")
    (problem,) = refused.value.problems
    assert problem.rule == "reference"
    assert problem.file == (root / "1.0/jobs/receiver.yaml").as_posix()
    assert problem.line == 15
    assert "version 1.1" in problem.what


def test_a_parent_that_is_not_there(root: Path) -> None:
    path = root / "1.1/version.toml"
    path.write_text(path.read_text().replace('parent = "1.0"', 'parent = "0.9"'))
    with pytest.raises(Refused) as refused:
        bundle_version(root, "1.1")
    assert refused.value.problems[0].file == path.as_posix()
