"""All rules: the one list that check, fuzz, mock and replay share."""

from collections.abc import Mapping
from typing import Final

from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.rules._fault import ExchangeRule, Fault
from ocpi_conformance.rules._rule import Rule
from ocpi_conformance.rules.clients import reading, requests, writing
from ocpi_conformance.rules.messages import (
    authorization,
    envelope,
    headers,
    limits,
    malformed,
    paging,
    versions,
)
from ocpi_conformance.rules.modules import (
    cdrs,
    commands,
    objects,
    place_semantics,
    registration,
    semantics,
    write,
)

__all__ = ["EXCHANGE_RULES", "RULES", "faults_of"]

_GROUPS = (
    versions, envelope, headers, authorization, paging, malformed, limits,
    objects, place_semantics, semantics, write, cdrs, commands,
    registration,
    requests, reading, writing,
)  # fmt: skip

RULES: Final[Mapping[str, Rule]] = {
    one.id: one for group in _GROUPS for one in vars(group).values() if isinstance(one, Rule)
}
"""By id, in the order of the groups."""

EXCHANGE_RULES: Final[tuple[ExchangeRule, ...]] = tuple(
    one for group in _GROUPS for one in getattr(group, "EXCHANGE_RULES", ())
)
"""The rules that look at one exchange alone."""


def faults_of(checked: CheckedExchange) -> list[Fault]:
    """Check an exchange by all rules that look at one exchange alone."""
    return [fault for one in EXCHANGE_RULES for fault in one.judge(checked) or ()]
