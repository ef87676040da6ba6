"""Checks of the Authorization header."""

import base64
from collections.abc import Iterator
from dataclasses import replace

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, check
from ocpi_conformance.exchanges.checked import Intent
from ocpi_conformance.rules.messages import authorization
from ocpi_runtime import token as tokens

_UNKNOWN = "Token Y2hlY2stdW5rbm93bi10b2tlbg=="


@check(authorization.REQUIRED, about=lambda place: bool(place.paths()))
def unknown_tokens(place: CheckedInterface) -> Iterator[Outcome]:
    """Ask without a token, with unknown and similar ones, with another scheme, and coded twice.

    The rule about exchanges judges the answers.
    """
    operation = place.any_operation()
    sent = place.request(operation, path=place.invented(operation))
    values: tuple[str | None, ...] = (None, "Token", _UNKNOWN, _twice(place), *_alike(place))
    for value in values:
        headers = {**sent.headers, "authorization": value}
        kept = {name: text for name, text in headers.items() if text is not None}
        place.send(operation, replace(sent, headers=kept), intent=Intent.UNAUTHORIZED)
    return iter(())


def _twice(place: CheckedInterface) -> str:
    once = base64.b64encode(place.target.token.encode())
    return f"Token {base64.b64encode(once).decode()}"


def _alike(place: CheckedInterface) -> Iterator[str]:
    """Yield the token with another scheme, and tokens that begin as it does."""
    coded, token = place.target.token_base64, place.target.token
    yield tokens.header_value(token, base64=coded).replace("Token ", "Bearer ")
    for one in (f"{token}x", token[:-1]):
        yield tokens.header_value(one, base64=coded)
