"""Which tokens the sessions and CDRs of partners may be about. An eMSP's side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from ocpi_bridge import short_id
from ocpi_runtime.errors import UnknownToken, Violation
from ocpi_runtime.types import PartyId
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server._versions import OWN_VERSION
from ocpi_server.objects.rules import Stamp
from ocpi_server.settings import Settings
from ocpi_server.store import OWN, Draft, Key, Listing, ObjectStore

__all__ = ["KnownTokens"]

_ISSUERS: Final = frozenset({"EMSP", "OTHER", "HUB", "PTP"})
"""The roles of ours whose parties have tokens."""
_ALL_TOKENS: Final = {"cdrs": frozenset({"HUB"}), "sessions": frozenset({"HUB", "SCSP"})}
"""The roles of ours that get objects about tokens of any eMSP, by module."""

_TOKENS: Final = "tokens"
_SENT: Final = "sent_tokens"
"""Tokens that went out with a command and need not be in the tokens module."""
_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class _Named:
    """The token that a session or a CDR names.

    Attributes:
        pointer: Where it is.
        owner: Its eMSP; None where the version does not name it.
        uid: Its id; empty before 2.2.
        kind: Its type; empty before 2.2.
        contract: Its contract; before 2.2 that is ``auth_id``.
    """

    pointer: str
    owner: PartyId | None
    uid: str
    kind: str
    contract: str

    @classmethod
    def of(cls, raw: bytes) -> Self | None:
        """Read the token of a whole or partial object; None where it names none."""
        parts = fields(raw)
        if "auth_id" in parts:
            contract = text_field(parts, "auth_id") or ""
            return cls("/auth_id", None, "", "", contract)
        if "cdr_token" not in parts or bytes(parts["cdr_token"]) == b"null":
            return None
        token = fields(parts["cdr_token"])
        country, party = text_field(token, "country_code"), text_field(token, "party_id")
        return cls(
            "/cdr_token",
            PartyId.of(country, party) if country and party else None,
            text_field(token, "uid") or "",
            text_field(token, "type") or "",
            text_field(token, "contract_id") or "",
        )

    def __str__(self) -> str:
        return self.uid or self.contract


class KnownTokens:
    """Refuses sessions and CDRs about tokens that are neither ours nor known.

    Args:
        store: Where tokens are kept.
        settings: Who we are.
    """

    def __init__(self, store: ObjectStore, settings: Settings) -> None:
        self._store = store
        self._issuers = sorted({each.id for each in settings.parties if each.role in _ISSUERS})
        self._roles = settings.roles
        self._elsewhere = settings.tokens_elsewhere

    async def require(self, module: str, raw: bytes, session: Key | None = None) -> None:
        """Check the token of a whole or partial object; one that names none passes.

        Args:
            module: ``sessions`` or ``cdrs``.
            raw: The object.
            session: The session that it is, or is about. If that is stored already with the same
                token, the token was known when it began, and may have been removed since.

        Raises:
            UnknownToken: The token is neither ours nor known.
        """
        named = _Named.of(raw)
        if named is None or await self._is_known(named, module):
            return
        begun = None if session is None else await self._store.get(session)
        if begun is not None and _Named.of(begun.raw) == named:
            return
        reason = f"token {named} is not stored"
        if named.owner is not None and named.owner not in self._issuers:
            reason = f"token {named} belongs to {named.owner}, whose tokens are not stored here"
        raise UnknownToken(
            "Unknown token.",
            violations=[Violation(named.pointer, "token", reason)],
            hint="Send sessions and CDRs to the eMSP that owns the token.",
        )

    async def note(self, token: bytes) -> None:
        """Remember a token that is sent with a command, so that its session and CDR are taken."""
        parts = fields(token)
        owner = PartyId.of(
            text_field(parts, "country_code") or "", text_field(parts, "party_id") or ""
        )
        uid, kind = text_field(parts, "uid") or "", text_field(parts, "type") or ""
        if await self._store.get_held([Key.of(_TOKENS, owner, uid, kind)]):
            return
        contract = short_id(text_field(parts, "contract_id") or "")
        key, stamp = Key.of(_SENT, owner, uid, kind), Stamp.must(token)
        draft = Draft(key, token, stamp.micros, OWN_VERSION, source=OWN, alias=contract)
        await self._store.put(draft)

    async def _is_known(self, named: _Named, module: str) -> bool:
        if named.owner is None or named.owner in self._issuers:
            owners = self._issuers if named.owner is None else [named.owner]
            if self._elsewhere or await self._is_ours(named, owners):
                return True
            if named.owner is not None:
                return False
        if not self._roles.isdisjoint(_ALL_TOKENS[module]):
            return True
        return await self._is_stored(named, [named.owner] if named.owner else [])

    async def _is_ours(self, named: _Named, owners: Sequence[PartyId]) -> bool:
        if await self._is_stored(named, owners) or await self._has_contract(named, owners):
            return True
        # A party without any token here keeps its tokens somewhere else.
        return not await self._keep_tokens(owners)

    async def _is_stored(self, named: _Named, owners: Iterable[PartyId]) -> bool:
        keys = [
            Key.of(module, owner, named.uid, named.kind)
            for owner in owners
            for module in (_TOKENS, _SENT)
            if named.uid
        ]
        return bool(keys) and bool(await self._store.get_held(keys))

    async def _has_contract(self, named: _Named, owners: Iterable[PartyId]) -> bool:
        wanted, contract = set(owners), short_id(named.contract)
        for module in (_TOKENS, _SENT):
            found = await self._store.get_alike(module, OWN, contract, _MOST)
            if any(PartyId(each.key.country_code, each.key.party_id) in wanted for each in found):
                return True
        return False

    async def _keep_tokens(self, owners: Sequence[PartyId]) -> bool:
        listing = Listing(module=_TOKENS, source=OWN, owners=tuple(owners), limit=1)
        return bool((await self._store.page(listing)).total)
