"""``ocpi lint --stats``: what a version holds itself, and what it takes over."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from ocpi_generator.cli import app

LAYERED = Path(__file__).parents[1] / "layered" / "openapi"
REAL = Path(__file__).parents[3] / "openapi"


def counted(root: Path, *options: str) -> Any:
    result = CliRunner().invoke(app, ["lint", "--stats", "--root", str(root), *options])
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_own_and_inherited_are_distinguished() -> None:
    old, new = json.loads(counted(LAYERED, "--json"))
    assert (old["version"], old["parent"], new["parent"]) == ("1.0", None, "1.0")
    assert old["total"]["inherited_schemas"] == old["total"]["inherited_operations"] == 0
    assert new["modules"]["boxes"]["own_schemas"] == 1
    assert new["modules"]["boxes"]["inherited_schemas"] == 1
    assert new["modules"]["boxes"]["own_operations"] == 2
    assert new["modules"]["jobs"]["lines"] == 0
    assert "stamps" not in new["modules"]


def test_lines_are_those_of_the_files() -> None:
    for one in json.loads(counted(REAL, "--json")):
        files = (REAL / one["version"]).glob("*/*.yaml")
        documents = [path for path in files if path.name != "vectors.yaml"]
        lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in documents)
        assert one["total"]["lines"] == lines


def test_later_versions_hold_little_of_their_own() -> None:
    found = {one["version"]: one["total"] for one in json.loads(counted(REAL, "--json"))}
    assert found["2.2.1"]["lines"] < found["2.2"]["lines"] / 4
    for version in ("2.2.1", "2.3.0"):
        assert found[version]["inherited_operations"] > found[version]["own_operations"]


def test_people_get_a_table() -> None:
    lines = counted(LAYERED, "--version", "1.1").splitlines()
    assert lines[0].split() == "lines classes inherited operations inherited".split()  # noqa: SIM905
    assert lines[1].startswith("1.1 (after 1.0)")
    assert any(line.startswith("  boxes") for line in lines)
