"""An edition that differs in one length: audited, and objects validated by it."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from ocpi_runtime.codec import in_edition, violations
from tests.audit import devices
from tests.audit.audited import PROFILES, differences, run
from tests.audit.test_since import git

FIRST = """
[versions."9.2-first"]
of = "9.2"
branches = ["devices-9.2-first"]
dialect = "asciidoc"
edition = "first"
"""
ALIAS = "|alias |<<types.asciidoc#types_cistring_type,string>>(64)"


@pytest.fixture
def first(own: Path) -> Path:
    """A clone in which the text of an earlier edition has a shorter alias."""
    git(own, "branch", "devices-9.2-first", "devices-9.2")
    devices.rewrite(
        own, "devices-9.2-first", "mod_devices.asciidoc", ALIAS, ALIAS.replace("64", "32")
    )
    return own


def edition(package: Path, length: int) -> None:
    """Write the edition into the bindings, with an alias of a length."""
    folder = package / devices.VERSIONS["9.2"] / "documents"
    schemas: Any = json.loads((folder / "schemas.json").read_text())["components"]["schemas"]
    changed = {name: schemas[name] for name in ("Device", "DevicePatch")}
    for schema in changed.values():
        schema["properties"]["alias"]["maxLength"] = length
    (folder / "editions").mkdir(exist_ok=True)
    (folder / "editions" / "first.json").write_text(
        json.dumps({"schemas": changed, "absent": [], "absent_documents": []})
    )


def audited(clone: Path, package: Path, folder: Path) -> Any:
    profiles = folder / "profiles.toml"
    profiles.write_text(PROFILES.read_text() + FIRST)
    words = ("--version", "9.2-first", "--version", "9.2", "--profiles", str(profiles))
    return run(clone, package, *words, "--json")


def test_an_edition_is_audited_and_validates_objects(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = devices.package(tmp_path / "edition_bindings")
    edition(package, 32)
    result = audited(first, package, tmp_path)
    assert result.exit_code == 0, result.output
    monkeypatch.syspath_prepend(str(package.parent))
    models = importlib.import_module(f"{package.name}.{devices.VERSIONS['9.2']}.models")
    stamp = "2026-01-01T00:00:00Z"
    device = {"id": "1", "material": "STEEL", "volume": 1, "on": True, "last_updated": stamp}
    device |= {"alias": "a" * 33, "lids": [{"id": "1", "last_updated": stamp}]}
    text = json.dumps(device).encode()
    assert violations(text, models.Device) == []
    assert [one.pointer for one in violations(text, in_edition(models.Device, "first"))] == [
        "/alias"
    ]

    edition(package, 64)
    result = audited(first, package, tmp_path)
    assert result.exit_code == 1, result.output
    assert set(differences(result)) == {
        "Device.alias length: 32 -> 64",
        "DevicePatch.alias length: 32 -> 64",
    }
