"""The checks: small functions, in a module of code for each group of rules."""

from typing import Final

from ocpi_conformance.check._registry import Check
from ocpi_conformance.check.checks.messages import (
    _authorization,
    _limits,
    _malformed,
    _paging,
    _reading,
    _versions,
)
from ocpi_conformance.check.checks.modules import _semantics
from ocpi_conformance.check.checks.writes import _objects

__all__ = ["CHECKS"]

_GROUPS = (
    _versions,
    _paging,
    _reading,
    _authorization,
    _malformed,
    _limits,
    _semantics,
    _objects,
)

CHECKS: Final[tuple[Check, ...]] = tuple(
    one for group in _GROUPS for one in vars(group).values() if isinstance(one, Check)
)
"""All checks, in the order in which they run at an interface."""
