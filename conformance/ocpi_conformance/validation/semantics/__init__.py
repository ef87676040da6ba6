"""Checks of what no schema states: values that obey it and still cannot be right."""

from ocpi_conformance.validation.semantics.checks import checks_of
from ocpi_conformance.validation.semantics.context import Context

__all__ = ["Context", "checks_of"]
