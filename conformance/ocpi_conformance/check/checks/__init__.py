"""The checks: small functions, in a module of code for each group of rules."""

from collections.abc import Iterable
from types import ModuleType
from typing import Final

from ocpi_conformance.check._registry import Check
from ocpi_conformance.check.checks.later import (
    _bookings,
    _commands,
    _preferences,
    _profiles,
    _tokens,
)
from ocpi_conformance.check.checks.messages import (
    _authorization,
    _hubs,
    _limits,
    _malformed,
    _paging,
    _reading,
    _standards,
    _versions,
)
from ocpi_conformance.check.checks.modules import (
    _booked,
    _charged,
    _credentials,
    _details,
    _semantics,
)
from ocpi_conformance.check.checks.registration import _begin, _end, _renewal
from ocpi_conformance.check.checks.writes import (
    _cdrs,
    _contents,
    _objects,
    _parts,
    _patches,
    _posts,
    _terminals,
)

__all__ = ["CHECKS", "FIRST", "LAST"]

_GROUPS: Final = (
    _versions,
    _standards,
    _paging,
    _reading,
    _authorization,
    _malformed,
    _limits,
    _hubs,
    _semantics,
    _details,
    _charged,
    _booked,
    _credentials,
    _objects,
    _contents,
    _patches,
    _parts,
    _cdrs,
    _posts,
    _terminals,
    _bookings,
    _commands,
    _profiles,
    _preferences,
    _tokens,
)


def _checks_of(groups: Iterable[ModuleType]) -> tuple[Check, ...]:
    return tuple(
        one
        for group in groups
        for one in vars(group).values()
        if isinstance(one, Check) and one.run.__module__ == group.__name__
    )


FIRST: Final = _checks_of((_begin, _renewal))
"""The checks that make a registration, before all others."""

CHECKS: Final = _checks_of(_GROUPS)
"""The checks of each interface, in the order in which they run."""

LAST: Final = _checks_of((_end,))
"""The check that ends a registration, after all others."""
