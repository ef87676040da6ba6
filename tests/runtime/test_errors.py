"""The tree of errors: what its docstring draws, and what every class of it keeps."""

import copy
import pickle
import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest

import ocpi_bridge
import ocpi_runtime
import ocpi_server
from ocpi_runtime import errors
from ocpi_runtime.errors import OcpiError, Violation

VIOLATION = Violation("/id", "required", "is missing")
for package in (ocpi_runtime, ocpi_bridge, ocpi_server):
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)


def _below(kind: type[OcpiError]) -> Iterator[type[OcpiError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _below(each)


EVERY = list(dict.fromkeys(_below(OcpiError)))


def _drawn(kind: type[OcpiError], depth: int = 0) -> Iterator[tuple[int, str]]:
    yield depth, kind.__name__
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from _drawn(each, depth + 1)


def test_the_docstring_draws_the_tree() -> None:
    lines = re.findall(r"^( +)[*x+-] (\w+)$", errors.__doc__ or "", re.MULTILINE)
    drawn = [(len(indent) // 2 - 2, name) for indent, name in lines]
    assert drawn == list(_drawn(OcpiError))


def test_the_tree_has_classes_of_all_packages() -> None:
    packages = {each.__module__.partition(".")[0] for each in EVERY}
    assert packages >= {"ocpi_runtime", "ocpi_bridge", "ocpi_server"}


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_every_class_keeps_what_its_base_takes(kind: type[OcpiError]) -> None:
    error = kind(
        "wrong", violations=[VIOLATION], hint="Correct it.", http_status=418, status_code=2999
    )
    for each in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):  # noqa: S301 - ours
        assert (each.message, each.hint, each.violations) == ("wrong", "Correct it.", (VIOLATION,))
        assert (each.http_status, each.status_code) == (418, 2999)
    assert error.__notes__ == ["/id: is missing"]


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_every_class_has_a_message_of_its_own(kind: type[OcpiError]) -> None:
    assert kind().message
