"""The methods of the module tokens."""

from typing import Any

from ocpi_runtime.server import Context, Outcome, Page, PageQuery, Received
from ocpi_runtime.types import Raw
from ocpi_server.clock import to_micros
from ocpi_server.services.authorization import Authorization
from ocpi_server.services.own import OwnObjects
from ocpi_server.services.received import Place, ReceivedObjects

__all__ = ["TokensReceiverMethods", "TokensSenderMethods"]

_DEFAULT = "RFID"


class TokensSenderMethods:
    """Our own tokens: to be listed, and to be authorized one by one."""

    def __init__(self, own: OwnObjects, authorization: Authorization) -> None:
        self._own = own
        self._authorization = authorization

    async def get_tokens(self, context: Context, query: PageQuery) -> Page[Any]:
        """List tokens."""
        return await self._own.page(context, query)

    async def post_authorize_token(
        self,
        context: Context,
        token_uid: str,
        body: Received[Any] | None,
        *,
        type: str | None = None,
    ) -> Raw:
        """Tell whether a token may charge now."""
        location = None if body is None else body.raw
        return await self._authorization.authorize(context, token_uid, type or _DEFAULT, location)


class TokensReceiverMethods:
    """The tokens of partners, each to be touched by its owner only."""

    def __init__(self, received: ReceivedObjects) -> None:
        self._received = received

    async def get_stored_token(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        token_uid: str,
        *,
        type: str | None = None,
    ) -> Raw:
        """Read a token back."""
        place = Place(country_code, party_id, token_uid, type or _DEFAULT)
        return await self._received.get(context.partner, place)

    async def put_token(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        token_uid: str,
        body: Received[Any],
        *,
        type: str | None = None,
    ) -> Outcome:
        """Take a token."""
        place = Place(country_code, party_id, token_uid, type or _DEFAULT)
        stamp = to_micros(body.value.last_updated)
        return await self._received.put(context.partner, place, body.raw, stamp)

    async def patch_token(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        token_uid: str,
        body: Received[Any],
        *,
        type: str | None = None,
    ) -> None:
        """Take news of a token."""
        place = Place(country_code, party_id, token_uid, type or _DEFAULT)
        await self._received.patch(context.partner, place, body.raw)
