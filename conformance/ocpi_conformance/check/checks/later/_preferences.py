"""Checks of charging preferences, for a session that a command begins."""

from collections.abc import Iterator
from typing import Final

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, check
from ocpi_conformance.check.checks.later._sessions import begun_session
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import profiles

_NONE: Final = "CHK-NONE"
_BODY: Final = {"profile_type": "FAST"}


def _takes_preferences(place: CheckedInterface) -> bool:
    return "put_charging_preferences" in place.operations


def _put(place: CheckedInterface, session: str, *, known: bool) -> CheckedExchange:
    operation = place.operations["put_charging_preferences"]
    sent = place.request(operation, path={"session_id": session}, body=_BODY)
    return place.send(operation, sent, reachable=known)


@check(profiles.PREFERENCES_SESSION, about=_takes_preferences)
def preferences(place: CheckedInterface) -> Iterator[Outcome]:
    """Put preferences for a session that does not exist, and for one that was begun."""
    checked = _put(place, _NONE, known=False)
    if (checked.envelope or {}).get("data") == "ACCEPTED":
        wanted = "a refusal for an unknown session"
        yield Fault(profiles.PREFERENCES_SESSION, wanted, checked.summary())
    with begun_session(place) as session:
        _put(place, session, known=True)
