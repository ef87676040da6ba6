"""Checks of requests that must be refused: nothing in them may be stored."""

import codecs
import gzip
from collections.abc import Iterator, Mapping

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import NotApplicable, Outcome, check
from ocpi_conformance.exchanges.checked import Intent
from ocpi_conformance.exchanges.wire import SentRequest
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.messages import malformed
from ocpi_runtime.urls import join

_METHODS = ("PUT", "POST", "PATCH", "DELETE", "GET")
_EMPTY = b"{}"
_FIRST_SERVER_ERROR = 500
_BODIES = (b"", b"{", b"nonsense", b'{"id": NaN}', b'"text"', b"[]", b'{"id": "\xff"}')


def _with_bodies(place: CheckedInterface) -> list[Operation]:
    """Return the operations that take a body, and which change no registration."""
    if place.is_registration:
        return []
    return [one for one in place.operations.values() if one.body is not None and not one.is_result]


def _has_bodies(place: CheckedInterface) -> bool:
    return bool(_with_bodies(place))


@check(malformed.METHOD, malformed.ALLOW, about=lambda place: bool(place.paths()))
def wrong_methods(place: CheckedInterface) -> Iterator[Outcome]:
    """Call each path with the methods that it does not have."""
    for operation in place.paths():
        answered = place.description.answered(operation)
        url = place.url(operation, place.invented(operation))
        for method in _METHODS:
            if method not in answered:
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


@check(malformed.INVALID_REFUSED, malformed.NOT_JSON, malformed.HTTP_ERROR, about=_has_bodies)
def broken_bodies(place: CheckedInterface) -> Iterator[Outcome]:
    """Send bodies that are not JSON, or no object, to each operation that has a body.

    The rules about exchanges judge the answers.
    """
    for operation in _with_bodies(place):
        for body in _BODIES if operation.body_required else _BODIES[1:]:
            sent = place.request(operation, path=place.invented(operation), body=body)
            place.send(operation, sent)
    return iter(())


@check(malformed.GZIP, about=_has_bodies)
def compressed_body(place: CheckedInterface) -> Iterator[Outcome]:
    """Send a compressed body without the required fields."""
    yield from _odd(place, malformed.GZIP, gzip.compress(_EMPTY), {"content-encoding": "gzip"})


@check(malformed.BYTE_ORDER_MARK, about=_has_bodies)
def marked_body(place: CheckedInterface) -> Iterator[Outcome]:
    """Send a body with a byte order mark, without the required fields."""
    yield from _odd(place, malformed.BYTE_ORDER_MARK, codecs.BOM_UTF8 + _EMPTY, {})


@check(malformed.MEDIA_TYPE, about=_has_bodies)
def undeclared_body(place: CheckedInterface) -> Iterator[Outcome]:
    """Send a body without the required fields that is declared as plain text, and as nothing."""
    yield from _odd(place, malformed.MEDIA_TYPE, _EMPTY, {"content-type": "text/plain"})
    yield from _odd(place, malformed.MEDIA_TYPE, _EMPTY, {"content-type": None})


def _odd(
    place: CheckedInterface, rule: Rule, body: bytes, headers: Mapping[str, str | None]
) -> Iterator[Outcome]:
    """Send a body that is refused for its content, if it is read at all."""
    refusing = (one for one in _with_bodies(place) if one.body and one.body.faults({}))
    operation = next(refusing, None)
    if operation is None:
        yield NotApplicable(rule, "No body of the interface has a required field.")
        return
    path = place.invented(operation)
    sent = place.request(operation, path=path, body=body, headers=headers)
    checked = place.send(operation, sent, intent=Intent.PROBE)
    if checked.http >= _FIRST_SERVER_ERROR:
        yield Fault(rule, "a refusal below HTTP 500", f"HTTP {checked.http}")
