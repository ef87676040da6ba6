"""Checks of the Authorization header."""

from collections.abc import Iterator
from dataclasses import replace

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, check
from ocpi_conformance.exchanges.checked import Intent
from ocpi_conformance.exchanges.wire import authorization_mask
from ocpi_conformance.rules.messages import authorization

_UNKNOWN = "Token Y2hlY2stdW5rbm93bi10b2tlbg=="


@check(authorization.REQUIRED, about=lambda place: bool(place.paths()))
def unknown_tokens(place: CheckedInterface) -> Iterator[Outcome]:
    """Ask without a token, with unknown and similar ones, with another scheme, and coded twice.

    The rule about exchanges judges the answers.
    """
    operation = place.any_operation()
    sent = place.request(operation, path=place.invented(operation))
    values: tuple[str | None, ...] = (
        None,
        "Token",
        _UNKNOWN,
        authorization_mask(coded=2),
        *_alike(place),
    )
    for value in values:
        headers = {**sent.headers, "authorization": value}
        kept = {name: text for name, text in headers.items() if text is not None}
        place.send(operation, replace(sent, headers=kept), intent=Intent.UNAUTHORIZED)
    return iter(())


def _alike(place: CheckedInterface) -> Iterator[str]:
    """Yield the token with another scheme, and tokens that begin as it does."""
    coded = int(place.target.token_base64)
    yield authorization_mask("Bearer", coded=coded)
    for one in ("${TOKEN}x", "${TOKEN%?}"):
        yield authorization_mask(variable=one, coded=coded)
