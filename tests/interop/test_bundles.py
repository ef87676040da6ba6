"""What other tools ask of a bundle, over every bundle of every version and of its editions."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import ocpi_bindings
import ocpi_operator

FOLDERS = sorted(Path(next(iter(ocpi_bindings.__path__))).glob("*/documents"))
BUNDLES = {
    f"{folder.parent.name}/{path.stem}": path
    for folder in FOLDERS
    for path in sorted(folder.glob("*.*.json"))
}
OPERATOR = {
    f"operator/{path.stem}": path
    for each in ocpi_operator.__path__
    for path in sorted(Path(each).glob("*/documents/*.*.json"))
}
METHODS = {"get", "put", "post", "patch", "delete"}
ERRORS = {"400", "401", "403", "405", "429", "500", "503"}

every_bundle = pytest.mark.parametrize("name", BUNDLES)


@cache
def bundle(name: str) -> Any:
    return json.loads((BUNDLES | OPERATOR)[name].read_bytes())


def nodes(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """List each object of a document; what an example holds is data and none of them."""
    if isinstance(value, dict):
        yield pointer, value
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, dict | list) and key != "example":
            yield from nodes(item, f"{pointer}/{key}")


def operations(paths: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """List the operations of a document, those of callbacks too."""
    for item in paths.values():
        for method in METHODS & item.keys():
            yield item[method]
            for callback in item[method].get("callbacks", {}).values():
                yield from operations(callback)


def resolved(document: Any, node: Any) -> Any:
    if "$ref" not in node:
        return node
    _, _, section, name = node["$ref"].split("/")
    return document["components"][section][name]


def test_every_version_has_bundles() -> None:
    assert len(BUNDLES) > 80
    assert len(FOLDERS) == 5


@every_bundle
def test_nothing_is_beside_a_reference(name: str) -> None:
    found = [at for at, node in nodes(bundle(name)) if "$ref" in node and len(node) > 1]
    assert not found


@every_bundle
def test_a_bundle_says_what_it_is_and_where(name: str) -> None:
    document = bundle(name)
    assert document["info"]["license"].keys() == {"name", "url"}
    assert document["info"]["contact"]["url"]
    for server in document["servers"]:
        assert all(f"{{{one}}}" in server["url"] for one in server["variables"])
        assert all(one["default"] for one in server["variables"].values())
        assert not server["url"].endswith("/")
    assert all(tag["description"] for tag in document["tags"])


@every_bundle
def test_each_operation_has_an_id_of_its_own(name: str) -> None:
    found = [one.get("operationId") for one in operations(bundle(name)["paths"])]
    assert None not in found
    assert max(Counter(found).values()) == 1


@every_bundle
def test_each_error_is_an_envelope(name: str) -> None:
    document = bundle(name)
    for operation in operations(document["paths"]):
        assert operation["responses"].keys() >= ERRORS
        for status, response in operation["responses"].items():
            media = resolved(document, response)["content"]["application/json"]
            fields = resolved(document, media["schema"])["properties"]
            assert {"status_code", "timestamp"} <= fields.keys()
            assert ("violations" in fields) or not status.startswith("4")


@pytest.mark.parametrize("name", [*BUNDLES, *OPERATOR])
def test_every_example_is_valid(name: str) -> None:
    document = bundle(name)
    components = {"components": document["components"]}
    validators: dict[str, jsonschema_rs.Draft4Validator] = {}
    for at, schema, example in examples(document):
        key = json.dumps(schema)
        if key not in validators:
            validators[key] = jsonschema_rs.Draft4Validator({**components, "allOf": [schema]})
        faults = [error.message for error in validators[key].iter_errors(example)]
        assert not faults, at


def examples(document: Any) -> Iterator[tuple[str, Any, Any]]:
    """List schema and example of each class, request, answer and parameter; none may lack one."""
    for name, schema in document["components"]["schemas"].items():
        yield name, {"$ref": f"#/components/schemas/{name}"}, schema["example"]
    for operation in operations(document["paths"]):
        owners = [resolved(document, one) for one in operation["responses"].values()]
        owners += [operation["requestBody"]] if "requestBody" in operation else []
        for owner in owners:
            if "content" not in owner:
                continue  # an answer without a body
            media = owner["content"]["application/json"]
            yield operation["operationId"], media["schema"], media["example"]
        for parameter in operation["parameters"]:
            stated = resolved(document, parameter)
            yield stated["name"], stated["schema"], stated["example"]
