"""What tests of the audit share: a made-up specification, and bindings that follow it."""

import shutil
from pathlib import Path

import pytest

from tests.audit import devices


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return devices.specification(tmp_path_factory.mktemp("specification"))


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return devices.package(tmp_path_factory.mktemp("bindings") / "device_bindings")


@pytest.fixture
def own(clone: Path, tmp_path: Path) -> Path:
    """A clone to write in."""
    return Path(shutil.copytree(clone, tmp_path / "own"))


@pytest.fixture
def own_package(package: Path, tmp_path: Path) -> Path:
    """A package of bindings to write in."""
    return Path(shutil.copytree(package, tmp_path / package.name))
