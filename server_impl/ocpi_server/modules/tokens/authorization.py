"""Real-time authorization: may this token charge here and now? An eMSP's side."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import msgspec

from ocpi_runtime.errors import NotEnoughInformation, UnknownToken
from ocpi_runtime.server import Context
from ocpi_runtime.types import Raw
from ocpi_server._jsonbytes import fields
from ocpi_server.objects.own import OwnObjects

__all__ = ["Authorization", "Authorizer", "Decision", "by_validity"]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a token may charge.

    Attributes:
        allowed: A value of OCPI's AllowedType.
        location: The LocationReferences that it may charge at, as JSON text; None for nowhere in
            particular.
    """

    allowed: str
    location: bytes | None = None


Authorizer = Callable[[bytes, bytes | None], Awaitable[Decision]]
"""Decides from the Token and the LocationReferences (JSON text, or None) of a request."""


async def by_validity(token: bytes, location: bytes | None) -> Decision:
    """Allow every valid token everywhere."""
    if fields(token).get("valid") != msgspec.Raw(b"true"):
        return Decision("BLOCKED")
    return Decision("ALLOWED", location)


class Authorization:
    """Answers partners that ask whether one of our tokens may charge.

    Args:
        tokens: Our own tokens.
        decide: Decides.
        needs_location: Whether a request without location is refused.
    """

    def __init__(
        self, tokens: OwnObjects, decide: Authorizer = by_validity, *, needs_location: bool = False
    ) -> None:
        self._tokens = tokens
        self._decide = decide
        self._needs_location = needs_location

    async def authorize(
        self, context: Context, uid: str, token_type: str, location: Raw | None
    ) -> Raw:
        """Return the AuthorizationInfo of a token.

        Raises:
            UnknownToken: It is none of ours; HTTP 404, as the specification asks for.
            NotEnoughInformation: A location is needed to decide.
        """
        token = await self._tokens.find(context, uid, token_type)
        if token is None:
            raise UnknownToken(f"Token {uid} of type {token_type} not found.", http_status=404)
        if location is None and self._needs_location:
            raise NotEnoughInformation(
                "LocationReferences are required to authorize this token.",
                hint="Send LocationReferences in the body.",
            )
        text = await self._tokens.own_text(token)
        decision = await self._decide(text, location)
        info: dict[str, Any] = {"allowed": decision.allowed, "token": msgspec.Raw(text)}
        if decision.allowed == "ALLOWED":
            info["authorization_reference"] = str(uuid4())
            if decision.location is not None:
                info["location"] = msgspec.Raw(decision.location)
        return Raw(msgspec.json.encode(info))
