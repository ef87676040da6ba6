"""Checks of PUT of credentials, and of the token that it returns."""

from collections.abc import Iterator

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registration import accepted_after_use, still_accepted
from ocpi_conformance.check._registry import NotAsked, Outcome, Stopped, check
from ocpi_conformance.check.checks.registration._begin import fetched, is_credentials, new_token
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault, Needs
from ocpi_conformance.rules.messages import malformed
from ocpi_conformance.rules.modules import registration as rules

_UNAUTHORIZED = 401


@check(rules.PUT_FAILURE, about=is_credentials)
def failed_renewal(place: CheckedInterface) -> Iterator[Outcome]:
    """Update with a versions URL that leads nowhere; use the token that was valid before."""
    registration = place.registration
    registration.require()
    checked = registration.send(place, "put", registration.own.nowhere)
    if checked.outcome is Answered.ACCEPTED:
        if still_accepted(place) is None:
            registration.take(checked)
        raise Stopped("An update whose versions URL leads nowhere was accepted.")
    if still_accepted(place) is None:
        wanted = "the token of before, after an update that failed"
        yield Fault(rules.PUT_FAILURE, wanted, "HTTP 401", "locked out")


_RENEWAL = (
    rules.PUT_UPDATES,
    rules.PUT_NEW_TOKEN,
    rules.PUT_FETCHES,
    rules.PUT_OLD_TOKEN_DEAD,
)


@check(*_RENEWAL, about=is_credentials)
def renewal(place: CheckedInterface) -> Iterator[Outcome]:
    """Update with another token of ours."""
    registration = place.registration
    registration.require()
    registration.own.renew()
    checked = registration.send(place, "put")
    before = registration.take(checked)
    if before is None:
        yield Fault(rules.PUT_UPDATES, "credentials with a token", checked.summary())
        for rule in _RENEWAL[1:]:
            yield NotAsked(rule, "The update did not succeed.")
        return
    yield from new_token(rules.PUT_NEW_TOKEN, registration, before)
    yield from fetched(rules.PUT_FETCHES, registration)
    if before == registration.token:
        yield NotAsked(rules.PUT_OLD_TOKEN_DEAD, "The old token is the new one.")
        return
    alive = accepted_after_use(place, before)
    if alive is not None:
        yield Fault(rules.PUT_OLD_TOKEN_DEAD, "HTTP 401 for the old token", alive.summary())


@check(rules.TOKEN_C_WORKS, about=is_credentials)
def token_c(place: CheckedInterface) -> Iterator[Outcome]:
    """Read every list with the token of the registration."""
    place.registration.require()
    for one in place.party.of(place.version):
        if one.listing is None:
            continue
        checked = one.send(one.listing, one.request(one.listing))
        if checked.http == _UNAUTHORIZED:
            got = f"{checked.summary()} at {one.name}"
            yield Fault(rules.TOKEN_C_WORKS, "an answer to the new token", got, "HTTP 401")
            return


@check(
    malformed.INVALID_REFUSED,
    malformed.NOT_JSON,
    malformed.HTTP_ERROR,
    about=is_credentials,
    needs=Needs.REGISTER,
)
def broken_credentials(place: CheckedInterface) -> Iterator[Outcome]:
    """Update with bodies that are not JSON, and with credentials whose URL is a list.

    The rules about exchanges judge the answers.
    """
    registration = place.registration
    registration.require()
    operation = place.operations["put_credentials"]
    for body in (b"{", b"nonsense", {**registration.own.credentials(), "url": []}):
        registration.take(place.send(operation, place.request(operation, body=body)))
    return iter(())
