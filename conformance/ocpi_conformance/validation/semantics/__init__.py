"""Checks of what no schema states: values that obey it and still cannot be right."""

from ocpi_conformance.validation.semantics._checks import checks_of
from ocpi_conformance.validation.semantics._context import Context

__all__ = ["Context", "checks_of"]
