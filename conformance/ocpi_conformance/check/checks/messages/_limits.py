"""Checks of requests beyond all bounds: they are refused, and nothing breaks."""

from collections.abc import Iterator
from dataclasses import replace

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, Stopped, check
from ocpi_conformance.exchanges.checked import Intent
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.messages import limits

_FIRST_SERVER_ERROR = 500
_LONG = "x" * 20_000
_DEEP = b'{"id":' * 5_000 + b"1" + b"}" * 5_000
_BIG = b'{"id": "' + b"x" * 3_000_000 + b'"}'


def _has_bodies(place: CheckedInterface) -> bool:
    return place.has_bodies() and not place.is_registration


@check(limits.BIG_BODY, about=_has_bodies)
def big_body(place: CheckedInterface) -> Iterator[Outcome]:
    """Send three megabytes."""
    yield from _sent(place, limits.BIG_BODY, _BIG)


@check(limits.DEEP_JSON, about=_has_bodies)
def deep_json(place: CheckedInterface) -> Iterator[Outcome]:
    """Send objects inside objects, 5,000 deep."""
    yield from _sent(place, limits.DEEP_JSON, _DEEP)


@check(limits.LONG_HEADER)
def long_header(place: CheckedInterface) -> Iterator[Outcome]:
    """Send a header of 20,000 characters, with a request that is answered without it."""
    operation = place.any_operation()
    plain = place.request(operation, path=place.invented(operation))
    if place.session.probe(place.target, plain).answer.status >= _FIRST_SERVER_ERROR:
        raise Stopped("The request fails without a long header too.")
    sent = replace(plain, headers={**plain.headers, "x-check": _LONG})
    yield from _judged(limits.LONG_HEADER, place.session.probe(place.target, sent).answer.status)


def _sent(place: CheckedInterface, rule: Rule, body: bytes) -> Iterator[Fault]:
    fixed = (one for one in place.operations.values() if not one.is_result)
    operation = next(one for one in fixed if one.body_required)
    sent = place.request(operation, path=place.invented(operation), body=body)
    checked = place.send(operation, sent, intent=Intent.PROBE)
    yield from _judged(rule, checked.http)


def _judged(rule: Rule, status: int) -> Iterator[Fault]:
    # A server that closes the connection protects itself too.
    if status >= _FIRST_SERVER_ERROR:
        yield Fault(rule, "a refusal below HTTP 500", f"HTTP {status}")
