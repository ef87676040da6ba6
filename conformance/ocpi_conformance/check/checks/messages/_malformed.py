"""Checks of requests that must be refused: nothing in them may be stored."""

from collections.abc import Iterator

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, Stopped, check
from ocpi_conformance.exchanges.checked import Intent
from ocpi_conformance.exchanges.wire import SentRequest
from ocpi_conformance.rules.messages import malformed
from ocpi_runtime.urls import join

_METHODS = ("PUT", "POST", "PATCH", "DELETE", "GET")
_BODIES = (b"", b"{", b"nonsense", b'{"id": NaN}', b'"text"', b"[]", b'{"id": "\xff"}')


@check(malformed.METHOD, malformed.ALLOW, about=lambda place: bool(place.paths()))
def wrong_methods(place: CheckedInterface) -> Iterator[Outcome]:
    """Call each path with the methods that it does not have."""
    for operation in place.paths():
        allowed = place.description.allowed(operation)
        url = place.url(operation, place.invented(operation))
        for method in _METHODS:
            if method not in allowed:
                sent = SentRequest(method, url, place.session.headers(operation))
                place.send(operation, sent, intent=Intent.METHOD)
    return iter(())


@check(malformed.UNKNOWN_PATH)
def unknown_path(place: CheckedInterface) -> Iterator[Outcome]:
    """Call a path that is longer than any that the interface has."""
    operation = place.any_operation()
    url = join(place.target.url, *["check"] * (place.description.depth + 1))
    sent = SentRequest("GET", url, place.session.headers(operation))
    place.send(operation, sent, intent=Intent.PATH)
    return iter(())


@check(malformed.INVALID_REFUSED, about=CheckedInterface.has_bodies)
def broken_bodies(place: CheckedInterface) -> Iterator[Outcome]:
    """Send bodies that are no JSON, or no object, to each operation that has a body."""
    asked = False
    for operation in place.operations.values():
        if operation.body is None or not operation.body_required or place.is_registration:
            continue
        if operation.is_result:
            continue
        for body in _BODIES:
            sent = place.request(operation, path=place.invented(operation), body=body)
            place.send(operation, sent)
            asked = True
    if not asked:
        raise Stopped("It would change the registration.")
    return iter(())
