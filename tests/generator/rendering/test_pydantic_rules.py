"""The pydantic models refuse what ``codec.check`` refuses, and take what it takes."""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ocpi_generator.generate import GenerationRequest, generate
from ocpi_runtime import codec
from ocpi_runtime.errors import OcpiError
from tests.generator.samples import Samples
from tests.mutations.mutator import mutate

REPOSITORY = Path(__file__).parents[3]
PACKAGES = ("v2_0", "v2_1_1", "v2_2", "v2_2_1", "v2_3_0")
EACH = 60
"""How many mutated objects of a class are tried."""

EXCEPTIONS = {
    "#NA": "codec takes it for a text that it does not fit, with a warning",
    "1e400": "codec refuses numbers that are too large in unknown fields too",
    "ud800": "codec refuses half a surrogate pair in unknown fields too",
    "comes first": "codec refuses a key that comes twice with unlike values; json takes the last",
}
"""What the two are not to agree on, by what the body or its mutation says."""


@pytest.fixture(scope="module")
def pydantic_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ModuleType]]:
    folder = tmp_path_factory.mktemp("rules")
    generate(GenerationRequest(REPOSITORY / "openapi", folder / "ocpi_rules", models="pydantic"))
    sys.path.insert(0, str(folder))
    yield {each: import_module(f"ocpi_rules.{each}.models") for each in PACKAGES}
    sys.path.remove(str(folder))


def taken_by_codec(text: bytes, kind: Any) -> str:
    try:
        codec.check(text, kind)
    except OcpiError as error:
        return f"refused: {error.violations or error}"
    return ""


def taken_by_pydantic(text: bytes, kind: Any) -> str:
    try:
        kind.from_json(text)
    except (ValueError, RecursionError) as error:
        return f"refused: {error}"
    return ""


@pytest.mark.parametrize("package", PACKAGES)
def test_both_kinds_of_models_take_the_same(
    pydantic_models: dict[str, ModuleType], package: str
) -> None:
    bindings = import_module(f"ocpi_bindings.{package}.models")
    schemas = bindings.Version.OCPI_SCHEMAS.load()["components"]["schemas"]
    chance, counts, different = random.Random(package), Counter[str](), []  # noqa: S311 - to be repeated
    for name in (each for each, schema in schemas.items() if schema.get("type") == "object"):
        full = json.loads(Samples(schemas).variants(name)["full"])
        ours, theirs = getattr(bindings, name), getattr(pydantic_models[package], name)
        for _ in range(EACH):
            made = mutate(full, chance)
            if any(each in made.how or each.encode() in made.text for each in EXCEPTIONS):
                continue
            one, other = taken_by_codec(made.text, ours), taken_by_pydantic(made.text, theirs)
            counts["refused" if one else "taken"] += 1
            if bool(one) != bool(other):
                different.append(f"{name} [{made.how}] {made.text!r}: {one} / {other}")
    assert not different, "\n".join(different[:20])
    assert min(counts["refused"], counts["taken"]) > 300, counts


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("Location", {"country_code": "NLD"}),
        ("Location", {"id": "x" * 100}),
        ("GeoLocation", {"latitude": "abc"}),
        ("Location", {"publish": "true"}),
        ("Location", {"publish": None}),
        ("Location", {"last_updated": "2026-01-01T00:00:00+02:00"}),
        ("Location", {"last_updated": 1700000000}),
        ("EnergySource", {"percentage": 101}),
        ("Connector", {"max_voltage": "230"}),
        ("EVSE", {"connectors": []}),
        ("LocationPatch", {"address": None}),
    ],
)
def test_pydantic_refuses(
    pydantic_models: dict[str, ModuleType], name: str, change: dict[str, Any]
) -> None:
    models = pydantic_models["v2_2_1"]
    bindings = import_module("ocpi_bindings.v2_2_1.models")
    schemas = bindings.Version.OCPI_SCHEMAS.load()["components"]["schemas"]
    valid = json.loads(Samples(schemas).variants(name)["full"])
    kind = getattr(models, name)
    assert taken_by_pydantic(json.dumps(valid).encode(), kind) == ""
    field = next(iter(change))
    refusal = taken_by_pydantic(json.dumps(valid | change).encode(), kind)
    assert field in refusal
    with pytest.raises(ValueError, match=field):
        kind.model_validate_json(json.dumps(valid | change))


def test_modules_re_export_the_models(pydantic_models: dict[str, ModuleType]) -> None:
    models = pydantic_models["v2_2_1"]
    assert import_module("ocpi_rules.v2_2_1.models.locations").Location is models.Location
