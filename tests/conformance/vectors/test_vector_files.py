"""The files with vectors: complete, the same each time, as their schema and the guide have them."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema_rs import Draft202012Validator, meta
from msgspec import UNSET

from ocpi_conformance.vectors import Vector, VectorFile, write_vectors
from ocpi_runtime import codec
from ocpi_runtime.cli import build
from tests.acceptance.support.bundles import SPOKEN
from tests.conformance.vectors.vectors_read import binding, vectors
from tests.support.commands import run_command

_RULES_OF_SCHEMAS = {
    "required", "null", "type", "max-length", "enum", "timestamp", "timestamp-offset", "pattern",
    "minimum", "maximum", "min-items",
}  # fmt: skip


def everything(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize("version", SPOKEN)
def test_every_operation_has_a_good_request_and_malformed_messages(version: str) -> None:
    kinds: dict[tuple[str, str, str], set[str]] = {}
    for file, vector in vectors(version):
        kinds.setdefault((file.module, file.interface, vector.operation), set()).add(vector.kind)
    every = {
        (*key, name)
        for key, interface in binding(version).interfaces.items()
        for name in interface.operations
    }
    assert set(kinds) == every
    whole = {"good", "malformed_request", "malformed_answer"}
    assert {key: found for key, found in kinds.items() if found != whole} == {}


@pytest.mark.parametrize("version", SPOKEN)
def test_ids_are_unique_and_name_where_they_belong(version: str) -> None:
    ids = Counter(vector.id for _, vector in vectors(version))
    assert [name for name, times in ids.items() if times > 1] == []
    for file, vector in vectors(version):
        where = f"{version}/{file.module}/{file.interface}/{vector.operation}/"
        assert vector.id.startswith(where)
        assert len(vector.id) > len(where)


def body_type(file: VectorFile, vector: Vector) -> Any:
    interface = binding(file.version).interfaces[file.module, file.interface]
    return interface.operations[vector.operation].body


@pytest.mark.parametrize("version", SPOKEN)
def test_bodies_break_what_they_claim_to_break(version: str) -> None:
    wrong, rules = [], Counter[str]()
    for file, vector in vectors(version):
        if vector.request.body is UNSET or vector.kind == "malformed_answer":
            continue
        found = codec.violations(msgspec.json.encode(vector.request.body), body_type(file, vector))
        pointers = {one.pointer for one in found}
        if vector.kind == "good" and pointers:
            wrong.append((vector.id, pointers))
        if vector.wrong is UNSET or vector.wrong.rule not in _RULES_OF_SCHEMAS:
            continue
        if vector.wrong.pointer is not UNSET:
            rules[vector.wrong.rule] += 1
            if pointers != {vector.wrong.pointer}:
                wrong.append((vector.id, pointers))
    assert wrong == []
    assert set(rules) >= _RULES_OF_SCHEMAS - {"timestamp-offset", "pattern", "minimum", "maximum"}


def test_files_are_as_their_schema_has_them_and_the_same_each_time(tmp_path: Path) -> None:
    asked = [binding("2.2.1")], ["tokens", "versions"]
    index = write_vectors(tmp_path / "one", *asked)
    write_vectors(tmp_path / "other", *asked)
    written = [everything(tmp_path / name) for name in ("one", "other")]
    assert written[0] == written[1]
    assert {one.file for one in index.files} <= set(written[0])
    assert json.loads(written[0]["index.json"]) == msgspec.to_builtins(index)
    schema = json.loads(written[0]["vectors.schema.json"])
    assert meta.is_valid(schema)
    for one in index.files:
        content = json.loads(written[0][one.file])
        assert Draft202012Validator(schema).is_valid(content)
        assert len(content["vectors"]) == one.vectors
        assert all(_schema_exists(vector["answer"], written[0]) for vector in content["vectors"])


def _schema_exists(answer: dict[str, Any], files: dict[str, bytes]) -> bool:
    if "schema" not in answer:
        return True
    name, _, pointer = answer["schema"].partition("#/")
    found = json.loads(files[name])
    for step in pointer.split("/"):
        found = found[step]
    return bool(found)


def test_the_command_writes_what_was_asked_for(tmp_path: Path) -> None:
    words = ["vectors", "--out", str(tmp_path), "--version", "2.1.1", "--module", "versions"]
    code, out, err = run_command(build(), words)
    assert (code, out) == (0, "")
    assert "vectors in 2 files" in err
    assert set(everything(tmp_path)) == {
        "index.json",
        "vectors.schema.json",
        "2.1.1/versions.list.json",
        "2.1.1/versions.details.json",
        "openapi/2.1.1/versions.list.json",
        "openapi/2.1.1/versions.details.json",
    }
