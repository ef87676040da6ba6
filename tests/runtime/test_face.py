"""What ``ocpi_runtime`` exports from its top, and what that costs."""

import subprocess
import sys
from importlib import import_module

import pytest

import ocpi_runtime

HEAVY = {"httpx2", "connexion", "starlette", "jsonschema_rs", "typer"}


@pytest.mark.parametrize("name", ocpi_runtime.__all__)
def test_a_name_is_that_of_its_module(name: str) -> None:
    module = import_module(f"ocpi_runtime.{ocpi_runtime._MODULES[name]}")  # noqa: SLF001 - the table
    assert getattr(ocpi_runtime, name) is getattr(module, name)


def test_all_names_are_listed() -> None:
    assert sorted(ocpi_runtime._MODULES) == sorted(ocpi_runtime.__all__)  # noqa: SLF001 - the table
    assert set(dir(ocpi_runtime)) >= set(ocpi_runtime.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'dial'"):
        ocpi_runtime.dial  # noqa: B018 - what is tested


def test_the_import_loads_nothing_heavy() -> None:
    code = "import sys, ocpi_runtime; from ocpi_runtime import PartyId, decode; print(*sys.modules)"
    done = subprocess.run(  # noqa: S603 - code of our own
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(done.stdout.split()) - {"jsonschema_rs"}
