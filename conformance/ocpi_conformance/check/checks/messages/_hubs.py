"""Checks of hubs: messages to parties that they do not reach, and who is behind them.

A party counts as a hub if it serves the list of ClientInfo.
"""

from collections.abc import Iterator
from typing import Any, Final

from ocpi_conformance.check._crawl import crawl
from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, Seen, Stopped, check
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.exchanges.checked import envelope_of
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.messages import hubs

_NOBODY: Final = ("ZZ", "ZZZ")
_UNKNOWN: Final = 4001
_NOT_CONNECTED: Final = 4003
_AWAY: Final = frozenset({"OFFLINE", "PLANNED", "SUSPENDED"})
_INFOS: Final = ("hubclientinfo", "sender")


def _of_hub(place: CheckedInterface) -> bool:
    """Return whether a list is the one of a hub that messages to parties are tried with."""
    routed = (place.module, place.interface) == ("locations", "sender")
    return routed and place.sibling(*_INFOS) is not None


@check(hubs.UNKNOWN_RECEIVER, about=_of_hub)
def unknown_receiver(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the list of a party that does not exist."""
    yield from _answered(place, hubs.UNKNOWN_RECEIVER, _NOBODY, _UNKNOWN)


@check(hubs.NOT_CONNECTED, about=_of_hub)
def receiver_not_connected(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the list of a party that is not connected, by its ClientInfo."""
    infos = place.sibling(*_INFOS)
    found = crawl(infos, {}, most=1000).items if infos is not None else []
    away = (one for one in found if isinstance(one, dict) and one.get("status") in _AWAY)
    party = next((_party(one) for one in away), None)
    if party is None:
        raise Stopped("No party behind the hub is OFFLINE, PLANNED or SUSPENDED.")
    yield from _answered(place, hubs.NOT_CONNECTED, party, _NOT_CONNECTED)


@check(hubs.CLIENT_INFOS, about=lambda place: (place.module, place.interface) == _INFOS)
def list_of_parties(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the first page of ClientInfo."""
    checked = place.call(place.get_list())
    if checked.outcome is not Answered.ACCEPTED:
        yield Fault(hubs.CLIENT_INFOS, "a page of ClientInfo", checked.summary())


def _answered(
    place: CheckedInterface, rule: Rule, party: tuple[str, str], wanted: int
) -> Iterator[Outcome]:
    """Send a GET to a party, and compare the status of the answer."""
    country, name = party
    own = place.own
    headers = {
        "ocpi-from-country-code": own.country_code,
        "ocpi-from-party-id": own.party_id,
        "ocpi-to-country-code": country,
        "ocpi-to-party-id": name,
    }
    sent = place.request(place.get_list(), headers=headers)
    exchange = place.session.probe(place.target, sent)
    code = (envelope_of(exchange.answer.body) or {}).get("status_code")
    if code != wanted:
        got = f"HTTP {exchange.answer.status}, OCPI {code or 'without a status'}"
        fault = Fault(rule, f"OCPI {wanted} for a message to {country}-{name}", got)
        yield Seen(fault, (exchange,))


def _party(info: dict[str, Any]) -> tuple[str, str]:
    return str(info.get("country_code", "")), str(info.get("party_id", ""))
