"""Rules about clients, which a mock applies to what it sees of them."""

from collections.abc import Mapping
from typing import Final

from ocpi_conformance.rules._rule import Rule
from ocpi_conformance.rules.clients import modules, reading, requests, writing

__all__ = ["CLIENT_RULES"]

CLIENT_RULES: Final[Mapping[str, Rule]] = {
    one.id: one
    for group in (requests, reading, writing, modules)
    for one in vars(group).values()
    if isinstance(one, Rule)
}
"""By id."""
