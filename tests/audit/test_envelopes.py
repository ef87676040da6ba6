"""What an envelope holds beside the result: audit reads the classes that it refers to."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.audit.audited import ERRATA, differences, run

FAULT = {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}}

ACCEPTED = """
[[erratum]]
id = "K-FAULTS"
versions = ["9.2"]
explains = [
    "Envelope.faults property: nothing -> there",
    "Fault class: nothing -> object",
]
"""


def change(package: Path, edit: Callable[[str, dict[str, Any]], None]) -> None:
    """Add a list of faults to each envelope of 9.2, and edit the classes of each document."""
    for path in sorted(package.glob("*/documents/*.*.json")):
        document = json.loads(path.read_text())
        schemas = document["components"]["schemas"]
        if document["x-ocpi"]["version"] != "9.2":
            continue
        for schema in list(schemas.values()):
            if "status_code" in schema.get("properties", {}):
                faults = {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}}
                schema["properties"]["faults"] = faults
                schemas["Fault"] = json.loads(json.dumps(FAULT))
        edit(path.name, schemas)
        path.write_text(json.dumps(document))


def found(clone: Path, package: Path, errata: Path = ERRATA) -> list[str]:
    words = ("--version", "9.2", "--no-examples", "--json")
    return differences(run(clone, package, *words, errata=errata))


def test_a_class_of_the_envelope_is_reported(clone: Path, own_package: Path) -> None:
    change(own_package, lambda *_: None)
    assert found(clone, own_package) == [
        "Envelope.faults property: nothing -> there",
        "Fault class: nothing -> object",
    ]


def test_what_errata_accept_is_reported_in_full(
    clone: Path, own_package: Path, tmp_path: Path
) -> None:
    def edit(name: str, schemas: dict[str, Any]) -> None:
        if name == "devices.sender.json":
            schemas["Fault"]["properties"]["code"]["maxLength"] = 8

    change(own_package, edit)
    accepted = tmp_path / "errata.toml"
    accepted.write_text(ERRATA.read_text() + ACCEPTED)
    assert found(clone, own_package, accepted) == [
        "Envelope.faults cardinality: nothing -> *",
        "Envelope.faults type: nothing -> Fault",
        "Fault.code property: nothing -> there",
        "Fault.code cardinality: nothing -> 1",
        "Fault.code type: nothing -> string",
        "Fault.code pattern: nothing -> anything",
        'Fault.code more: nothing -> {"unlimited": true}',
        "Fault copy: nothing -> another one in devices.sender.json",
    ]
