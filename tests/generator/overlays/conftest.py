"""A workspace for the tests of overlays."""

import shutil
from pathlib import Path

import pytest

from tests.generator.overlays.workspaces import BOX, GET, LAYERED, SETTINGS, VERSION, Workspace
from tests.generator.tinyspec import change


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Add ACME's notes on boxes, whose sizes are an open enumeration here."""
    root = Path(shutil.copytree(LAYERED, tmp_path / "spec")) / "openapi"
    sizes = "x-extensible-enum: [SMALL, LARGE, HUGE]\n  x-ocpi-unbounded: true"
    change(root / "1.1/boxes/schemas.yaml", "enum: [SMALL, LARGE, HUGE]", sizes)
    own = tmp_path / "acme"
    (own / "boxes").mkdir(parents=True)
    (own / "version.toml").write_text(VERSION + SETTINGS, encoding="utf-8")
    (own / "boxes" / "schemas.yaml").write_text(BOX, encoding="utf-8")
    (own / "boxes" / "sender.yaml").write_text(GET.replace("boolean", "integer"), encoding="utf-8")
    (own / ".git").mkdir()
    (own / ".git" / "index").write_bytes(b"\0")
    return Workspace(root, own, tmp_path / "out" / "acme_boxes")
