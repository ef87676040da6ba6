"""A small platform that does as the specification says with tokens, to be fuzzed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import final

from ocpi_bindings.v2_2_1.models import (
    AllowedType,
    AuthorizationInfo,
    LocationReferences,
    Token,
    TokenPatch,
    TokenType,
    WhitelistType,
)
from ocpi_bindings.v2_2_1.stubs import TokensReceiverStub, TokensSenderStub
from ocpi_runtime import patch
from ocpi_runtime.errors import InvalidParameters, NotFound
from ocpi_runtime.server import Context, Outcome, Page, PageQuery, Partner, Received
from ocpi_runtime.types import UNSET, PartyId, Raw, same_ci

OWN = PartyId("NL", "TNM")
TOKEN = "good-token"
PARTNER = Partner("partner", parties=frozenset({OWN}))


async def authenticate(candidates: Sequence[str]) -> Partner | None:
    return PARTNER if TOKEN in candidates else None


def token(uid: str) -> Token:
    return Token(
        country_code="DE",
        party_id="EMP",
        uid=uid,
        type=TokenType.RFID,
        contract_id="DE8ACC12E46L89",
        issuer="EMP",
        valid=True,
        whitelist=WhitelistType.ALLOWED,
        last_updated=datetime(2026, 11, 2, tzinfo=UTC),
    )


def _is_within(one: Token, query: PageQuery) -> bool:
    return (query.date_from is None or one.last_updated >= query.date_from) and (
        query.date_to is None or one.last_updated < query.date_to
    )


@final
class Sender(TokensSenderStub):
    """Thirty tokens, all good for charging."""

    async def get_tokens(self, context: Context, query: PageQuery) -> Page[Token]:
        all_tokens = [token(f"T{number}") for number in range(30)]
        known = [one for one in all_tokens if _is_within(one, query)]
        last = query.offset + query.limit
        items = known[query.offset : last]
        return Page(items, total=len(known), more=last < len(known) and bool(items))

    async def post_authorize_token(
        self,
        context: Context,
        token_uid: str,
        body: Received[LocationReferences] | None,
        *,
        type: TokenType | None = None,
    ) -> AuthorizationInfo | Raw:
        if token_uid not in {f"T{number}" for number in range(30)}:
            raise NotFound
        return AuthorizationInfo(allowed=AllowedType.ALLOWED, token=token(token_uid))


@final
class Receiver(TokensReceiverStub):
    """Keeps the tokens of the partner and of nobody else."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], Raw] = {}
        self._stamps: dict[tuple[str, str], datetime] = {}

    async def get_stored_token(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        token_uid: str,
        *,
        type: TokenType | None = None,
    ) -> Token | Raw:
        return self._known(context, country_code, party_id, token_uid, type)

    async def put_token(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        token_uid: str,
        body: Received[Token],
        *,
        type: TokenType | None = None,
    ) -> Outcome:
        self._owned(context, country_code, party_id)
        given = (body.value.country_code, body.value.party_id, body.value.uid)
        self._same((country_code, party_id, token_uid), given)
        key = _key(token_uid, type or TokenType.RFID)
        known = key in self.stored
        stamp = body.value.last_updated
        if not known or stamp >= self._stamps[key]:
            self.stored[key], self._stamps[key] = body.raw, stamp
        return Outcome.UPDATED if known else Outcome.CREATED

    async def patch_token(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        token_uid: str,
        body: Received[TokenPatch],
        *,
        type: TokenType | None = None,
    ) -> None:
        old = self._known(context, country_code, party_id, token_uid, type)
        given = (body.value.country_code, body.value.party_id, body.value.uid)
        self._same((country_code, party_id, token_uid), given)
        key = _key(token_uid, type or TokenType.RFID)
        self.stored[key] = Raw(patch.merge(old, body.raw))
        self._stamps[key] = body.value.last_updated

    def _known(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        uid: str,
        type: TokenType | None,
    ) -> Raw:
        self._owned(context, country_code, party_id)
        found = self.stored.get(_key(uid, type or TokenType.RFID))
        if found is None:
            raise NotFound
        return found

    def _owned(self, context: Context, country_code: str, party_id: str) -> None:
        if not context.partner.owns(country_code, party_id):
            raise NotFound

    def _same(self, path: tuple[str, ...], body: tuple[object, ...]) -> None:
        for one, other in zip(path, body, strict=True):
            if other is not UNSET and other is not None and not same_ci(one, str(other)):
                raise InvalidParameters("The ids in the body are not those of the URL.")


def _key(uid: str, kind: TokenType) -> tuple[str, str]:
    return uid.upper(), kind.value
