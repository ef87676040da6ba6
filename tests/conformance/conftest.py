"""What tests of the audit share: a made-up specification, and bindings that follow it."""

import shutil
from pathlib import Path

import pytest

from tests.conformance import kettles


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kettles.specification(tmp_path_factory.mktemp("specification"))


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kettles.package(tmp_path_factory.mktemp("bindings") / "kettle_bindings")


@pytest.fixture
def own(clone: Path, tmp_path: Path) -> Path:
    """A clone to write in."""
    return Path(shutil.copytree(clone, tmp_path / "own"))
