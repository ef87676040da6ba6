"""Checks of the credentials object that a registered client reads."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import NotAsked, Outcome, check
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.exchanges.checked import envelope_of
from ocpi_conformance.exchanges.wire import SentRequest
from ocpi_conformance.rules import Fault, Severity
from ocpi_conformance.rules.modules import registration as rules
from ocpi_conformance.rules.modules import semantics
from ocpi_conformance.validation.semantics import Context, checks_of


def _is_credentials(place: CheckedInterface) -> bool:
    return place.is_registration


_OF_OBJECT = (rules.GET_OWN_TOKEN, rules.URL, rules.ROLES_UNIQUE, semantics.COUNTRY_CODE)


@check(rules.GET, *_OF_OBJECT, about=_is_credentials)
def credentials_object(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the credentials."""
    checked = place.call(place.operations["get_credentials"])
    data: Any = (checked.envelope or {}).get("data")
    if checked.outcome is not Answered.ACCEPTED or not isinstance(data, dict):
        yield Fault(rules.GET, "the credentials of the party", checked.summary())
        for rule in _OF_OBJECT:
            yield NotAsked(rule, "The credentials cannot be read.")
        return
    if data.get("token") != place.target.token:
        wanted, cause = "the token with which it was asked", "another token"
        yield Fault(rules.GET_OWN_TOKEN, wanted, cause, cause, "/data/token")
    yield from _url(place, str(data.get("url")))
    yield from _roles(data)
    yield from _countries(data)


def _url(place: CheckedInterface, url: str) -> Iterator[Fault]:
    """Compare with the list of versions; another URL of the same list is as good."""
    listed = place.sibling("versions", "list")
    if listed is None or url.rstrip("/") == listed.target.url.rstrip("/"):
        return
    wanted, cause = f"the versions URL {listed.target.url}", "another URL than that of the versions"
    if urlsplit(url)[:2] != urlsplit(listed.target.url)[:2]:
        # It may be another name of the same platform; our token is not sent there.
        warned = Severity.WARNING
        yield Fault(rules.URL, wanted, url, f"{cause}, on another host", "/data/url", warned)
        return
    operation = listed.any_operation()
    sent = SentRequest("GET", url, place.session.headers(operation))
    answer = place.session.probe(listed.target, sent).answer
    if not _lists_versions(answer.body):
        yield Fault(rules.URL, wanted, url, cause, "/data/url")


def _lists_versions(body: bytes) -> bool:
    data = (envelope_of(body) or {}).get("data")
    return isinstance(data, list) and all(isinstance(one, dict) for one in data)


def _roles(data: dict[str, Any]) -> Iterator[Fault]:
    roles = data.get("roles")
    names = [
        tuple(str(one.get(name)).upper() for name in ("role", "country_code", "party_id"))
        for one in (roles if isinstance(roles, list) else [])
        if isinstance(one, dict)
    ]
    twice = next((name for name, times in Counter(names).items() if times > 1), None)
    if twice is not None:
        got = f"twice: {' '.join(twice)}"
        yield Fault(rules.ROLES_UNIQUE, "each role once", got, "a role twice", "/data/roles")


def _countries(data: dict[str, Any]) -> Iterator[Fault]:
    context = Context(datetime.now(UTC))
    for one in checks_of("Credentials"):
        one(data, "/data", context)
    for warning in context.take_warnings():
        got, cause = f"country_code {warning.message}", "country_code of Credentials"
        wanted = "a code of ISO 3166-1 alpha-2"
        yield Fault(semantics.COUNTRY_CODE, wanted, got, cause, warning.pointer)
