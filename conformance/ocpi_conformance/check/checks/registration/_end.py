"""The check of DELETE of credentials, after which nothing is asked any more."""

from collections.abc import Iterator

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registration import still_accepted
from ocpi_conformance.check._registry import Outcome, Stopped, check
from ocpi_conformance.check.checks.registration._begin import is_credentials
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import registration as rules


@check(rules.DELETE_ENDS, about=is_credentials)
def end(place: CheckedInterface) -> Iterator[Outcome]:
    """End the registration, and use its token again."""
    registration = place.registration
    registration.require()
    if registration.kept:
        raise Stopped("The registration is left, as --keep-registration says.")
    checked = place.call(place.operations["delete_credentials"])
    if checked.outcome is not Answered.ACCEPTED:
        yield Fault(rules.DELETE_ENDS, "success", checked.summary())
        return
    alive = still_accepted(place)
    if alive is not None:
        yield Fault(rules.DELETE_ENDS, "HTTP 401 after DELETE", alive.summary())
