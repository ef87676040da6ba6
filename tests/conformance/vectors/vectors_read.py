"""The vectors of all versions, made once for all tests."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from ocpi_conformance.vectors import Vector, VectorFile, vector_files
from ocpi_runtime.binding import Binding

__all__ = ["binding", "vectors"]


@cache
def binding(version: str) -> Binding[Any, Any]:
    """Return the binding of a version."""
    package = f"ocpi_bindings.v{version.replace('.', '_')}"
    found: Binding[Any, Any] = import_module(package).binding
    return found


@cache
def _files(version: str) -> tuple[VectorFile, ...]:
    return tuple(vector_files(binding(version)))


def vectors(version: str) -> Iterator[tuple[VectorFile, Vector]]:
    """Yield the vectors of a version with the files that they are in."""
    for file in _files(version):
        for vector in file.vectors:
            yield file, vector
