"""The rules about clients, applied to what a mock has seen."""

from collections.abc import Mapping
from typing import Final

from ocpi_conformance.mock._judging import (
    _commands,
    _discovery,
    _failures,
    _modules,
    _paging,
    _tokens,
    _writes,
)
from ocpi_conformance.mock._judging._judgement import ClientBreach, Judge, Judgement
from ocpi_conformance.mock._judging.observed import Observed

__all__ = ["JUDGES", "ClientBreach", "Judge", "Judgement", "Observed"]

JUDGES: Final[Mapping[str, Judge]] = {
    **_discovery.JUDGES,
    **_tokens.JUDGES,
    **_paging.JUDGES,
    **_failures.JUDGES,
    **_writes.JUDGES,
    **_commands.JUDGES,
    **_modules.JUDGES,
}
"""By the id of the rule."""
