"""The methods of the module tokens."""

from ocpi_runtime.server import Context, Outcome, PageQuery, RawPage, Received, Stub
from ocpi_runtime.types import Model, Raw
from ocpi_server.modules.tokens._by_uid import TokensByUid
from ocpi_server.modules.tokens.authorization import Authorization
from ocpi_server.objects.own import OwnObjects
from ocpi_server.objects.received import ObjectAddress, ReceivedObjects
from ocpi_server.objects.rules import text_of
from ocpi_server.versioning.messages import MessageConverter

__all__ = ["TokensReceiverMethods", "TokensSenderMethods"]

_DEFAULT = "RFID"


class TokensSenderMethods(Stub):
    """Our own tokens: to be listed, and to be authorized one by one."""

    def __init__(
        self, own: OwnObjects, authorization: Authorization, messages: MessageConverter
    ) -> None:
        self._own = own
        self._messages = messages
        self._authorization = authorization

    async def get_tokens(self, context: Context, query: PageQuery) -> RawPage:
        """List tokens."""
        return await self._own.page(context, query)

    async def post_authorize_token(
        self,
        context: Context,
        token_uid: str,
        body: Received[Model] | None,
        *,
        type: str | None = None,
    ) -> Raw:
        """Return whether a token may charge now, as AuthorizationInfo."""
        location = None
        if body is not None:
            location = await self._messages.read(context, "LocationReferences", body.raw)
        kind = _kind(type)
        info = await self._authorization.authorize(context, token_uid, kind, location)
        return self._messages.write(context, "AuthorizationInfo", info)


class TokensReceiverMethods(Stub):
    """The tokens of partners, each to be touched by its owner only.

    Before 2.2 a URL does not name the type of the token.

    Args:
        received: Takes them.
        typed: Whether URLs name the type.
    """

    def __init__(self, received: ReceivedObjects, *, typed: bool) -> None:
        store, version, renditions = received.store, received.version, received.renditions
        self._received = received if typed else TokensByUid(store, version, renditions)

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
        place = await self._place(context, country_code, party_id, token_uid, type)
        return await self._received.get(context.partner, place)

    async def put_token(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        token_uid: str,
        body: Received[Model],
        *,
        type: str | None = None,
    ) -> Outcome:
        """Take a token."""
        by_uid = isinstance(self._received, TokensByUid)
        kind = text_of(body.fields, "type") if by_uid else type
        place = ObjectAddress(country_code, party_id, token_uid, _kind(kind))
        return await self._received.put(context.partner, place, body)

    async def patch_token(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        token_uid: str,
        body: Received[Model],
        *,
        type: str | None = None,
    ) -> None:
        """Take news of a token."""
        place = await self._place(context, country_code, party_id, token_uid, type)
        await self._received.patch(context.partner, place, body.raw)

    async def _place(
        self, context: Context, country_code: str, party_id: str, token_uid: str, type: str | None
    ) -> ObjectAddress:
        place = ObjectAddress(country_code, party_id, token_uid, _kind(type))
        if isinstance(self._received, TokensByUid):
            return await self._received.found(context.partner, place)
        return place


def _kind(given: str | None) -> str:
    # From 2.3.0 on a type may be any text, an empty one too.
    return _DEFAULT if given is None else given
