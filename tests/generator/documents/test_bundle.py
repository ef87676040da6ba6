"""Bundles: complete OpenAPI, the same bytes every time, with all that the common parts say."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator
from typer.testing import CliRunner

from ocpi_generator._problems import Refused
from ocpi_generator.bundle import VersionBundle, bundle_version
from ocpi_generator.cli import app

ROOT = Path(__file__).parents[1] / "layered" / "openapi"
GOLDEN = Path(__file__).parents[2] / "golden" / "bundles"
REAL = Path(__file__).parents[3] / "openapi"


@pytest.fixture(scope="module")
def old() -> VersionBundle:
    return bundle_version(ROOT, "1.0")


@pytest.fixture(scope="module")
def real() -> list[VersionBundle]:
    """The bundles of every version in this repository."""
    return [bundle_version(REAL, path.parent.name) for path in REAL.glob("*/version.toml")]


def operation(bundle: VersionBundle, name: str, operation_id: str) -> Any:
    for item in bundle.documents[name]["paths"].values():
        for found in item.values():
            if found["operationId"] == operation_id:
                return found
    raise LookupError(operation_id)


def resolved(document: dict[str, Any], value: dict[str, str]) -> Any:
    _, section, name = value["$ref"].removeprefix("#/").split("/")
    return document["components"][section][name]


def names(found: Any) -> list[str]:
    return [one.get("name") or one["$ref"].rpartition("/")[2] for one in found["parameters"]]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_bundles_are_what_they_were(version: str) -> None:
    """Write them again with `ocpi bundle --root tests/generator/layered/openapi --out GOLDEN`."""
    expected = {path.name: path.read_text() for path in (GOLDEN / version).glob("*.json")}
    assert bundle_version(ROOT, version).files() == expected


def test_the_same_bytes_every_time(real: list[VersionBundle]) -> None:
    for bundle in real:
        assert bundle_version(REAL, bundle.meta.version).files() == bundle.files()


def test_real_bundles_are_valid(real: list[VersionBundle]) -> None:
    for bundle in real:
        for document in [*bundle.documents.values(), bundle.schemas]:
            assert list(OpenAPIV30SpecValidator(document).iter_errors()) == []


def test_every_field_of_real_bundles_is_described(real: list[VersionBundle]) -> None:
    fields = {
        f"{bundle.meta.version} {name}.{field}": body.get("description", "")
        for bundle in real
        for document in [*bundle.documents.values(), bundle.schemas]
        for name, schema in document["components"]["schemas"].items()
        for field, body in schema.get("properties", {}).items()
        if field != "data"  # of an envelope; it is described by its class
    }
    assert len(fields) > 1000
    assert [field for field, text in fields.items() if not text.strip()] == []


def test_meta_is_that_of_the_version(old: VersionBundle) -> None:
    assert old.meta.version == "1.0"
    assert old.meta.package == "v1_0"
    assert not old.meta.token_base64
    assert old.meta.modules["boxes"].functional
    assert not old.meta.modules["stamps"].functional
    assert list(old.documents) == [
        "boxes.sender",
        "boxes.receiver",
        "jobs.sender",
        "jobs.receiver",
        "stamps.both",
    ]
    assert ROOT / "1.0" / "version.toml" in old.sources
    assert ROOT / "common" / "ids.yaml" in old.sources


def test_modules_of_classes(old: VersionBundle) -> None:
    assert dict(old.modules) == {
        "Box": "boxes",
        "BoxPatch": "boxes",
        "DateTime": "types",
        "Job": "jobs",
        "JobAnswer": "jobs",
        "Lid": "types",
        "Size": "boxes",
        "Stamp": "stamps",
    }
    assert old.schemas["components"]["schemas"].keys() == old.modules.keys()


def test_the_envelope_holds_the_data(old: VersionBundle) -> None:
    document = old.documents["boxes.sender"]
    answer = operation(old, "boxes.sender", "get_boxes")["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/BoxListResponse"}
    envelope = resolved(document, schema)
    assert envelope["required"] == ["code", "at"]
    assert envelope["properties"]["data"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/Box"},
    }
    assert "BoxResponse" in document["components"]["schemas"]


def test_an_answer_without_data_has_an_envelope_too(old: VersionBundle) -> None:
    for status in ("200", "201"):
        answer = operation(old, "boxes.receiver", "put_box")["responses"][status]
        schema = answer["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/EmptyResponse"}


def test_errors_stand_where_they_can_occur(old: VersionBundle) -> None:
    assert list(operation(old, "boxes.sender", "get_boxes")["responses"]) == ["200", "401"]
    assert list(operation(old, "boxes.sender", "get_box")["responses"]) == ["200", "401", "404"]
    put = operation(old, "boxes.receiver", "put_box")["responses"]
    assert list(put) == ["200", "201", "401", "404", "413"]
    error = resolved(old.documents["boxes.receiver"], put["413"])
    assert error["content"]["application/json"]["schema"]["$ref"].endswith("/ErrorResponse")
    assert "X-Trace" in error["headers"]


def test_ids_everywhere_and_routing_on_functional_modules(old: VersionBundle) -> None:
    assert names(operation(old, "boxes.receiver", "put_box")) == ["box_id", "X-Trace", "X-To"]
    assert names(operation(old, "stamps.both", "get_stamps")) == ["X-Trace"]
    answers = operation(old, "boxes.receiver", "put_box")["responses"]
    assert list(answers["200"]["headers"]) == ["X-Trace", "X-To"]
    answers = operation(old, "stamps.both", "get_stamps")["responses"]
    assert list(answers["200"]["headers"]) == ["X-Trace"]
    components = old.documents["stamps.both"]["components"]
    assert "X-To" not in components["parameters"]
    assert "X-To" not in components["headers"]


def test_pages(old: VersionBundle) -> None:
    paged = operation(old, "boxes.sender", "get_boxes")
    assert paged["x-ocpi-paged"] is True
    assert names(paged) == ["since", "limit", "X-Trace", "X-To"]
    assert list(paged["responses"]["200"]["headers"]) == ["X-Trace", "X-To", "X-Total"]
    assert "X-Total" not in operation(old, "boxes.sender", "get_box")["responses"]["200"]["headers"]
    assert "since" not in old.documents["boxes.receiver"]["components"]["parameters"]


def test_a_version_goes_without_a_common_parameter(tmp_path: Path) -> None:
    root = tmp_path / "openapi"
    shutil.copytree(ROOT, root)
    meta = root / "1.0" / "version.toml"
    meta.write_text(meta.read_text().replace("[modules", 'without = ["since"]\n[modules', 1))
    for version in ("1.0", "1.1"):
        bundle = bundle_version(root, version)
        paged = operation(bundle, "boxes.sender", "get_boxes")
        assert names(paged) == ["limit", "X-Trace", "X-To"]
        assert "since" not in bundle.documents["boxes.sender"]["components"]["parameters"]


def test_a_choice_of_fields_is_for_whole_objects(tmp_path: Path) -> None:
    root = tmp_path / "openapi"
    shutil.copytree(ROOT, root)
    path = root / "1.0" / "boxes" / "schemas.yaml"
    choice = "  anyOf: [{required: [lid]}, {required: [tags]}]\n"
    path.write_text(path.read_text().replace("  properties:", choice + "  properties:", 1))
    schemas = bundle_version(root, "1.0").schemas["components"]["schemas"]
    assert schemas["Box"]["anyOf"] == [{"required": ["lid"]}, {"required": ["tags"]}]
    assert "anyOf" not in schemas["BoxPatch"]


def test_patch_bodies_are_derived(old: VersionBundle) -> None:
    patch = operation(old, "boxes.receiver", "patch_box")
    assert patch["x-ocpi-patch"] is True
    schema = patch["requestBody"]["content"]["application/json"]["schema"]
    derived = resolved(old.documents["boxes.receiver"], schema)
    whole = old.documents["boxes.receiver"]["components"]["schemas"]["Box"]
    assert derived["properties"] == whole["properties"]
    assert derived["required"] == ["last_updated"]
    assert derived["x-ocpi-patch-of"] == "Box"
    assert derived["x-ocpi-not-null"] == ["id", "size", "last_updated"]
    assert derived["x-ocpi-append"] == ["tags"]


def test_results_are_shown_as_callbacks(old: VersionBundle) -> None:
    in_body = operation(old, "jobs.receiver", "post_job")["callbacks"]["post_job_answer"]
    ((url, item),) = in_body.items()
    assert url == "{$request.body#/response_url}"
    assert item["post"]["operationId"] == "post_job_answer_of_post_job"
    assert names(item["post"]) == ["X-Trace", "X-To"]
    body = item["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["$ref"].endswith("/JobAnswer")
    assert "JobAnswer" in old.documents["jobs.receiver"]["components"]["schemas"]
    in_query = operation(old, "jobs.receiver", "delete_job")["callbacks"]["post_job_answer"]
    assert list(in_query) == ["{$request.query.response_url}"]
    result = operation(old, "jobs.sender", "post_job_answer")
    assert result["x-ocpi-result-of"] == ["post_job", "delete_job"]


def test_formats_become_patterns(old: VersionBundle) -> None:
    schemas = old.schemas["components"]["schemas"]
    assert schemas["Box"]["properties"]["id"]["pattern"] == "^[A-Z]*$"
    assert schemas["Box"]["properties"]["tags"]["items"]["pattern"] == r"^[^\x00-\x1F]*$"
    assert schemas["DateTime"]["pattern"].startswith("^[0-9]{4}-")
    assert "pattern" not in schemas["Size"]
    parameters = old.documents["boxes.receiver"]["components"]["parameters"]
    assert parameters["X-To"]["schema"]["pattern"] == "^[A-Z]*$"
    path = operation(old, "boxes.receiver", "put_box")["parameters"][0]
    assert path["schema"]["pattern"] == "^[A-Z]*$"


def test_security_and_links(old: VersionBundle) -> None:
    document = old.documents["stamps.both"]
    assert document["security"] == [{"Key": []}]
    assert document["components"]["securitySchemes"]["Key"]["name"] == "X-Key"
    assert document["x-ocpi"] == {"version": "1.0", "module": "stamps", "interface": "both"}
    prefix = "https://example.com/boxes/1.0/stamps.asciidoc#"
    assert document["externalDocs"]["url"] == prefix + "both"
    assert document["components"]["schemas"]["Stamp"]["externalDocs"]["url"] == prefix + "stamp"
    assert document["paths"]["/"]["get"]["externalDocs"]["url"] == prefix + "get"


def test_only_used_classes_stand_in_a_bundle(old: VersionBundle) -> None:
    schemas = old.documents["stamps.both"]["components"]["schemas"]
    assert list(schemas) == ["DateTime", "ErrorResponse", "Fault", "Stamp", "StampListResponse"]


def test_real_bundles_say_what_every_message_carries(real: list[VersionBundle]) -> None:
    for bundle in real:
        for name, document in bundle.documents.items():
            module = bundle.meta.modules[name.partition(".")[0]]
            for item in document["paths"].values():
                for found in item.values():
                    carried = set(names(found))
                    routed = "ids" in bundle.meta.parts and "X-Request-ID" in carried
                    assert routed == ("ids" in bundle.meta.parts)
                    expected = module.functional and "routing" in bundle.meta.parts
                    assert ("OCPI-to-party-id" in carried) == expected


# -- the command ---------------------------------------------------------------------------------


def test_the_command_prints_one_bundle() -> None:
    arguments = ["bundle", "--root", str(ROOT), "--version", "1.0", "--module", "stamps"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert result.stdout == (GOLDEN / "1.0" / "stamps.both.json").read_text()


def test_the_command_prints_several_by_name() -> None:
    result = CliRunner().invoke(app, ["bundle", "--root", str(ROOT), "--module", "boxes"])
    assert list(json.loads(result.stdout)) == [
        "1.0/boxes.sender",
        "1.0/boxes.receiver",
        "1.1/boxes.sender",
        "1.1/boxes.receiver",
    ]


def test_the_command_writes_files(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["bundle", "--root", str(ROOT), "--out", str(tmp_path)])
    assert result.exit_code == 0
    written = sorted(result.stdout.split())
    assert written == sorted(path.as_posix() for path in tmp_path.rglob("*.json"))
    expected = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.json")}
    assert {Path(path).relative_to(tmp_path).as_posix() for path in written} == expected


def test_the_command_refuses_unknown_modules() -> None:
    result = CliRunner().invoke(app, ["bundle", "--root", str(ROOT), "--module", "crates"])
    assert result.exit_code == 2


def test_broken_documents_are_not_bundled(tmp_path: Path) -> None:
    (tmp_path / "1.0").mkdir()
    (tmp_path / "1.0" / "version.toml").write_text('version = "1.0"\n')
    with pytest.raises(Refused) as refused:
        bundle_version(tmp_path, "1.0")
    assert {problem.rule for problem in refused.value.problems} == {"version"}
    result = CliRunner().invoke(app, ["bundle", "--root", str(tmp_path), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)[0]["rule"] == "version"
