"""Checks of credentials while there is no registration, and of POST."""

from collections.abc import Iterator

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registration import (
    CheckRegistration,
    accepted_after_use,
    still_accepted,
)
from ocpi_conformance.check._registry import NotAsked, Outcome, Stopped, check
from ocpi_conformance.exchanges.checked import OCPI_SUCCESS, CheckedExchange, envelope_of
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.modules import registration as rules

_OK = 200
_NOT_ALLOWED, _UNAUTHORIZED = 405, 401
_UNREACHABLE, _NO_VERSION, _NO_ENDPOINTS = 3001, 3002, 3003


def is_credentials(place: CheckedInterface) -> bool:
    """Return whether an interface is that of credentials."""
    return place.is_registration


def not_allowed(rule: Rule, checked: CheckedExchange) -> Iterator[Fault]:
    """Require HTTP 405."""
    if checked.http != _NOT_ALLOWED:
        yield Fault(rule, "HTTP 405", checked.summary())


@check(rules.PUT_UNREGISTERED, rules.DELETE_UNREGISTERED, about=is_credentials)
def with_token_a(place: CheckedInterface) -> Iterator[Outcome]:
    """Update and end a registration that does not exist."""
    registration = place.registration
    yield from not_allowed(rules.PUT_UNREGISTERED, registration.send(place, "put"))
    operation = place.operations["delete_credentials"]
    deleted = place.send(operation, place.request(operation))
    yield from not_allowed(rules.DELETE_UNREGISTERED, deleted)


@check(rules.TOKEN_A_LIMITED, about=is_credentials)
def lists_with_token_a(place: CheckedInterface) -> Iterator[Outcome]:
    """Read a list before the registration."""
    own = place.party.of(place.version)
    known = (one for one in (*own, *place.party.others.values()) if one.version == place.version)
    for one in known:
        if one.listing is not None:
            checked = one.send(one.listing, one.request(one.listing))
            if checked.http != _UNAUTHORIZED:
                got = f"{checked.summary()} at {one.name}"
                cause = "a list is read" if checked.outcome is Answered.ACCEPTED else "no HTTP 401"
                yield Fault(rules.TOKEN_A_LIMITED, "HTTP 401 for token A", got, cause)
            return
    raise Stopped("The party offers no list.")


_UNUSABLE = (rules.UNREACHABLE_CLIENT, rules.NO_COMMON_VERSION, rules.MISSING_ENDPOINTS)


@check(*_UNUSABLE, about=is_credentials)
def unusable_clients(place: CheckedInterface) -> Iterator[Outcome]:
    """Register with a versions URL that leads nowhere, to another version, to no endpoints."""
    registration = place.registration
    wrong = (
        (rules.UNREACHABLE_CLIENT, registration.own.nowhere, _UNREACHABLE),
        (rules.NO_COMMON_VERSION, registration.own.foreign_versions_url, _NO_VERSION),
        (rules.MISSING_ENDPOINTS, registration.own.bare_versions_url, _NO_ENDPOINTS),
    )
    for at, (rule, url, code) in enumerate(wrong):
        checked = registration.send(place, "post", url)
        if checked.outcome is Answered.ACCEPTED or checked.code != code:
            yield Fault(rule, f"OCPI {code}, and no registration", checked.summary())
        if checked.outcome is Answered.ACCEPTED and _is_registered(place, checked):
            registration.take(checked)
            for later, _, _ in wrong[at + 1 :]:
                yield NotAsked(later, "The party registered a client that it cannot call.")
            return


def _is_registered(place: CheckedInterface, checked: CheckedExchange) -> bool:
    """Return whether the token of an answer reads credentials, or token A nothing any more."""
    data = (checked.envelope or {}).get("data")
    token = data.get("token") if isinstance(data, dict) else None
    if isinstance(token, str) and token not in {"", place.registration.token}:
        sent = place.request(place.operations["get_credentials"])
        with place.registration.with_token(token):
            answer = place.session.probe(place.target, sent).answer
        code = (envelope_of(answer.body) or {}).get("status_code")
        if answer.status == _OK and code in OCPI_SUCCESS:
            return True
    return still_accepted(place) is None


@check(rules.POST_REGISTERS, rules.POST_NEW_TOKEN, rules.POST_FETCHES, about=is_credentials)
def post(place: CheckedInterface) -> Iterator[Outcome]:
    """Register."""
    registration = place.registration
    if registration.registered:
        raise Stopped("The party registered the client before, with a wrong versions URL.")
    checked = registration.send(place, "post")
    before = registration.take(checked)
    if before is None:
        yield Fault(rules.POST_REGISTERS, "credentials with a token", checked.summary())
        for rule in (rules.POST_NEW_TOKEN, rules.POST_FETCHES):
            yield NotAsked(rule, "The registration did not succeed.")
        return
    yield from new_token(rules.POST_NEW_TOKEN, registration, before)
    yield from fetched(rules.POST_FETCHES, registration)


def new_token(rule: Rule, registration: CheckRegistration, before: str) -> Iterator[Fault]:
    """Require a token that is neither the one of before nor ours."""
    if registration.token in {before, registration.own.token}:
        whose = "that of before" if registration.token == before else "that of the client"
        yield Fault(rule, "a new token", f"the token is {whose}", "no new token", "/data/token")


def fetched(rule: Rule, registration: CheckRegistration) -> Iterator[Fault]:
    """Require that our versions and details were read."""
    if not registration.own.is_read():
        called = ", ".join(one.url for one in registration.own.reads()) or "none"
        wanted = "requests for the versions and the details of the client"
        yield Fault(rule, wanted, f"requests for {called}", "versions or details not read")


@check(rules.TOKEN_B_USED, about=is_credentials)
def token_b(place: CheckedInterface) -> Iterator[Outcome]:
    """Look at the tokens of the requests that came during the registration."""
    registration = place.registration
    registration.require()
    if not any(registration.own.reads()):
        raise Stopped("The party sent no request during the registration.")
    strange = registration.own.strange_tokens()
    if strange:
        wanted = "the token of our credentials in every request"
        got = f"another token, or none, in {strange[0].method} {strange[0].url}"
        yield Fault(rules.TOKEN_B_USED, wanted, got, "another token than that of the credentials")


@check(rules.TOKEN_A_DEAD, about=is_credentials)
def token_a(place: CheckedInterface) -> Iterator[Outcome]:
    """Use token A after the registration."""
    registration = place.registration
    registration.require()
    alive = accepted_after_use(place, registration.token_a)
    if alive is not None:
        yield Fault(rules.TOKEN_A_DEAD, "HTTP 401 for token A", alive.summary())


@check(rules.POST_REGISTERED, about=is_credentials)
def post_again(place: CheckedInterface) -> Iterator[Outcome]:
    """Register again with the token of the registration."""
    registration = place.registration
    registration.require()
    yield from not_allowed(rules.POST_REGISTERED, registration.send(place, "post"))
