"""The generated models of 2.2.1: what they read is what they write, in msgspec and in pydantic."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

import ocpi_bindings.v2_2_1.models as bindings
from ocpi_bindings.v2_2_1 import binding
from ocpi_generator.generate import GenerationRequest, generate
from ocpi_runtime import codec
from ocpi_runtime.types import UNSET, Model, OpenEnum
from tests.generator.samples import NUMBER, Samples

REPOSITORY = Path(__file__).parents[3]
SCHEMAS = bindings.Location.OCPI_SCHEMAS.load()["components"]["schemas"]
PACKAGES = ("v2_0", "v2_1_1", "v2_2", "v2_2_1", "v2_3_0")
CLASSES = [name for name, schema in SCHEMAS.items() if schema.get("type") == "object"]
VARIANTS = [
    pytest.param(name, text, id=f"{name}-{variant}")
    for name in CLASSES
    for variant, text in Samples(SCHEMAS).variants(name).items()
]


@pytest.fixture(scope="module")
def pydantic_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("models")
    request = GenerationRequest(REPOSITORY / "openapi", folder / "ocpi_pydantic", models="pydantic")
    generate(request)
    sys.path.insert(0, str(folder))
    yield import_module("ocpi_pydantic.v2_2_1.models")
    sys.path.remove(str(folder))


def value(text: bytes | str) -> Any:
    return json.loads(text, parse_float=Decimal)


@pytest.mark.parametrize(("name", "text"), VARIANTS)
def test_every_class_writes_what_it_read(name: str, text: str) -> None:
    found = codec.decode(text.encode(), getattr(bindings, name))
    assert value(codec.encode(found)) == value(text)


@pytest.mark.parametrize(("name", "text"), VARIANTS)
def test_pydantic_models_write_the_same(pydantic_models: ModuleType, name: str, text: str) -> None:
    found = getattr(pydantic_models, name).from_json(text)
    assert value(found.to_json()) == value(text)
    assert found.model_fields_set == set(value(text))
    ours = codec.encode(codec.decode(text.encode(), getattr(bindings, name)))
    assert value(found.to_json()) == value(ours)


@pytest.mark.parametrize("name", ["Price", "Location", "Session"])
def test_pydantic_writes_the_same_by_its_own_means_up_to_floats(
    pydantic_models: ModuleType, name: str
) -> None:
    text = Samples(SCHEMAS).variants(name)["full"]
    found = getattr(pydantic_models, name).model_validate_json(text)
    written = found.model_dump_json(exclude_unset=True)
    assert json.loads(written) == json.loads(text)


def test_pydantic_reads_the_forms_of_ocpi(pydantic_models: ModuleType) -> None:
    schedule = pydantic_models.StatusSchedule.from_json(
        '{"period_begin": "2024-06-29T20:39:09.5", "status": "AVAILABLE", "unknown": 1}'
    )
    assert schedule.period_begin == datetime(2024, 6, 29, 20, 39, 9, 500_000, tzinfo=UTC)
    assert value(schedule.to_json())["period_begin"] == "2024-06-29T20:39:09.5Z"
    endpoint = pydantic_models.Endpoint.from_json(
        '{"identifier": "flying", "role": "SENDER", "url": "https://example.com"}'
    )
    assert endpoint.identifier == "flying"
    assert isinstance(endpoint.identifier, pydantic_models.ModuleID)
    with pytest.raises(ValueError, match="must be a number"):
        pydantic_models.Price.from_json('{"excl_vat": "1.0"}')


def test_there_is_a_class_for_every_schema_that_is_no_scalar() -> None:
    enums = {name for name, one in SCHEMAS.items() if "enum" in one or "x-extensible-enum" in one}
    assert set(bindings.__all__) == set(CLASSES) | enums
    for name in CLASSES:
        assert issubclass(getattr(bindings, name), Model)


def test_fields_stand_in_the_order_of_the_class() -> None:
    for name in CLASSES:
        fields = [one.encode_name for one in msgspec.structs.fields(getattr(bindings, name))]
        assert fields == list(SCHEMAS[name]["properties"]), name


def test_absent_null_and_value_differ() -> None:
    text = b'{"uid": "1", "status": "AVAILABLE", "connectors": [], "last_updated": "%s"%s}'
    stamp = b"2024-06-29T20:39:09Z"
    absent = codec.decode(text % (stamp, b""), bindings.EVSE)
    null = codec.decode(text % (stamp, b', "floor_level": null'), bindings.EVSE)
    given = codec.decode(text % (stamp, b', "floor_level": "2"'), bindings.EVSE)
    assert (absent.floor_level, null.floor_level, given.floor_level) == (UNSET, None, "2")


def test_decimals_keep_their_digits() -> None:
    price = codec.decode(b'{"excl_vat": %s}' % NUMBER.encode(), bindings.Price)
    assert price.excl_vat == Decimal(NUMBER)


def test_open_enumerations_keep_what_they_do_not_know() -> None:
    assert issubclass(bindings.ModuleID, OpenEnum)
    found = msgspec.json.decode(b'["cdrs", "flying"]', type=list[bindings.ModuleID])
    assert [one.is_known for one in found] == [True, False]
    assert not issubclass(bindings.Status, OpenEnum)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'"FLYING"', type=bindings.Status)


def test_modules_export_what_they_use() -> None:
    tokens = import_module("ocpi_bindings.v2_2_1.models.tokens")
    assert tokens.Token is bindings.Token
    assert {"Token", "TokenPatch", "AuthorizationInfo", "DisplayText"} <= set(tokens.__all__)
    assert "Location" not in tokens.__all__


def test_the_binding_leads_to_everything() -> None:
    assert binding.model("Location") is bindings.Location
    assert binding.stub("tokens", "sender").INTERFACE is binding.interfaces["tokens", "sender"]
    assert binding.bundle("versions", "list")["paths"].keys() == {"/"}
    assert binding.clients.__name__ == "Clients"
    with pytest.raises(KeyError):
        binding.model("Nothing")


def test_a_bundle_has_references_beside_their_words_and_its_document_around_them() -> None:
    file = files(binding.package) / "documents" / "tokens.receiver.json"
    assert binding.document("tokens", "receiver") == file.read_bytes()
    published = json.loads(file.read_bytes())["components"]["schemas"]["Token"]["properties"]
    field = binding.bundle("tokens", "receiver")["components"]["schemas"]["Token"]["properties"]
    assert published["whitelist"]["allOf"] == [{"$ref": "#/components/schemas/WhitelistType"}]
    assert field["whitelist"]["$ref"] == "#/components/schemas/WhitelistType"
    assert field["whitelist"]["description"] == published["whitelist"]["description"]
    assert "allOf" not in field["whitelist"]


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_model_or_a_stub_imports_no_client_no_server_and_no_other_version(
    package: str,
) -> None:
    code = (
        f"import sys; from ocpi_bindings.{package}.models import Location;"
        "found = set(sys.modules);"
        f"import ocpi_bindings.{package}.stubs; found_later = set(sys.modules);"
        "print(sorted(found & {'httpx2', 'connexion', 'jsonschema_rs', 'jsonschema', 'yaml'}),"
        "sorted(found_later & {'httpx2'}));"
        "from ocpi_bindings." + package + " import binding;"
        "print(*{name.split('.')[1] for name in sys.modules if name.startswith('ocpi_bindings.')})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert run.stdout.split() == ["[]", "[]", package]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_version_lists_its_binding_for_those_who_look_around(package: str) -> None:
    assert "binding" in dir(import_module(f"ocpi_bindings.{package}"))
