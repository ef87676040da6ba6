"""All rules: the one list that check, fuzz, mock and replay share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.exchanges.wire import RecordedExchange
from ocpi_conformance.rules._fault import ExchangeRule, Fault
from ocpi_conformance.rules._rule import Rule
from ocpi_conformance.rules.clients import modules as client_modules
from ocpi_conformance.rules.clients import reading, requests, writing
from ocpi_conformance.rules.messages import (
    authorization,
    envelope,
    headers,
    hubs,
    limits,
    malformed,
    paging,
    standards,
    versions,
)
from ocpi_conformance.rules.modules import (
    bookings,
    cdrs,
    commands,
    details,
    objects,
    payments,
    place_semantics,
    profiles,
    pushes,
    registration,
    semantics,
    tokens,
    write,
)

__all__ = ["EXCHANGE_RULES", "RULES", "faults_of", "judged"]

_GROUPS = (
    versions,
    envelope,
    headers,
    authorization,
    paging,
    malformed,
    limits,
    standards,
    hubs,
    objects,
    place_semantics,
    semantics,
    write,
    pushes,
    payments,
    bookings,
    cdrs,
    commands,
    details,
    profiles,
    tokens,
    registration,
    requests,
    reading,
    writing,
    client_modules,
)

RULES: Final[Mapping[str, Rule]] = {
    one.id: one for group in _GROUPS for one in vars(group).values() if isinstance(one, Rule)
}
"""By id, in the order of the groups."""

EXCHANGE_RULES: Final[tuple[ExchangeRule, ...]] = tuple(
    one for group in _GROUPS for one in getattr(group, "EXCHANGE_RULES", ())
)
"""The rules that look at one exchange alone."""


def judged(
    checked: CheckedExchange, wants: Callable[[Rule], bool] = lambda _: True
) -> Iterator[tuple[Rule, list[Fault], RecordedExchange]]:
    """Check an exchange by all rules that look at one exchange alone.

    A redirect is judged by the rule about redirects and by no other: what else is wrong with it
    is its consequence.

    Args:
        checked: The exchange.
        wants: Returns whether a rule is applied.

    Yields:
        A rule that has something to say, what is wrong, and the exchange that shows it.
    """
    first = checked.exchange.redirect
    if first is not None:
        yield from judged(replace(checked, exchange=first), wants)
    redirected = checked.http in versions.REDIRECTS
    for one in EXCHANGE_RULES:
        if redirected and one.rule is not versions.NO_REDIRECT:
            continue
        if not wants(one.rule):
            continue
        faults = one.judge(checked)
        if faults is not None:
            yield one.rule, list(faults), checked.exchange


def faults_of(checked: CheckedExchange) -> list[tuple[Fault, RecordedExchange]]:
    """Return what is wrong with an exchange by those rules, and the exchange that shows it."""
    return [(one, exchange) for _, faults, exchange in judged(checked) for one in faults]
