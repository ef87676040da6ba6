"""Decisions about tokens that the back end makes."""

from typing import Final

import msgspec

from ocpi_server.modules.tokens.authorization import Authorizer, Decision
from ocpi_server.operator_records import OrderBook

__all__ = ["by_back_end"]


_SECONDS: Final = 5.0
"""How long the back end may take; the partner waits."""


def by_back_end(orders: OrderBook) -> Authorizer:
    """Return what passes each decision to the back end.

    A token is not allowed where the back end does not decide in time.

    Args:
        orders: What the back end has to decide.
    """

    async def decide(token: bytes, location: bytes | None) -> Decision:
        body = {"token": msgspec.Raw(token)}
        if location is not None:
            body["location"] = msgspec.Raw(location)
        found = await orders.ask("AUTHORIZE", body, _SECONDS)
        if found is None:
            return Decision("NOT_ALLOWED")
        allowed = msgspec.json.decode(found)["result"]
        return Decision(allowed, location if allowed == "ALLOWED" else None)

    return decide
