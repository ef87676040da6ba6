"""What other versions need besides the text of an object, looked up in the store."""

from typing import Any, Final

import msgspec

from ocpi_bridge import ConversionContext, short_id
from ocpi_runtime.parties import EMSP
from ocpi_runtime.types import Model, PartyId
from ocpi_server._clock import from_micros
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server._versions import OWN_VERSION
from ocpi_server.settings import Settings
from ocpi_server.store import OWN, Key, ObjectStore, Stored, party_of
from ocpi_server.versioning.translation import KINDS, model

__all__ = ["Contexts", "before_roles"]

_MOST_TOKENS: Final = 100
_LONGEST_UID: Final = 36


def before_roles(version: str) -> bool:
    """Return whether sessions and CDRs of a version embed their location, without a token."""
    return version in {"2.0", "2.1.1"}


class Contexts:
    """Finds what belongs to an object.

    Args:
        store: Where objects are kept.
        settings: Who we are, and which time zone locations without one are in.
    """

    def __init__(self, store: ObjectStore, settings: Settings) -> None:
        self._store = store
        self._zone = settings.time_zone
        emsps = [party.id for party in settings.parties if party.role == EMSP]
        self._own_emsp = emsps[0] if emsps else settings.parties[0].id

    async def of(self, stored: Stored, target: str) -> ConversionContext:
        """Return the context for converting a stored object to another version."""
        owner = PartyId(stored.key.country_code, stored.key.party_id)
        tokens = stored.key.module == "tokens"
        old = before_roles(stored.version) != before_roles(target)
        held = old and stored.key.module in {"sessions", "cdrs"}
        return ConversionContext(
            cpo=None if tokens else owner,
            emsp=owner if tokens else self._provider(stored),
            last_updated=from_micros(stored.last_updated),
            time_zone=self._zone,
            location=await self._location(stored, owner) if held else None,
            token=await self._token(stored) if held else None,
        )

    def _provider(self, stored: Stored) -> PartyId:
        """Return the eMSP of a session or CDR: its audience, or else ourselves."""
        theirs = stored.source == OWN and stored.audience
        return party_of(stored.audience) if theirs else self._own_emsp

    async def _location(self, stored: Stored, owner: PartyId) -> Model | None:
        parts = fields(stored.raw)
        if "cdr_location" in parts:
            uid = text_field(fields(parts["cdr_location"]), "id")
        else:
            uid = text_field(parts, "location_id")
        key = Key.of("locations", owner, uid or "", holder=stored.key.holder)
        return None if uid is None else _model(await self._store.get(key))

    async def _token(self, stored: Stored) -> Model | None:
        parts = fields(stored.raw)
        if "cdr_token" in parts:
            return await self._named(fields(parts["cdr_token"]), self._provider(stored))
        return await self._by_contract(text_field(parts, "auth_id") or "")

    async def _named(self, token: dict[str, msgspec.Raw], emsp: PartyId) -> Model | None:
        country, party = text_field(token, "country_code"), text_field(token, "party_id")
        owner = PartyId.of(country, party) if country and party else emsp
        uid, kind = text_field(token, "uid") or "", text_field(token, "type") or ""
        found = await self._store.get_held([Key.of("tokens", owner, uid, kind)])
        return _model(found[0] if found else None)

    async def _by_contract(self, contract: str) -> Model:
        """Find a token of the contract that an old session has; else make one with it.

        Several tokens may have one contract: then it is a valid one, the oldest of these.
        """
        alike = await self._store.get_alike("tokens", OWN, short_id(contract), _MOST_TOKENS)
        if alike:
            valid = [each for each in alike if bytes(fields(each.raw)["valid"]) == b"true"]
            found = (valid or alike)[0]
            return model(found.raw, KINDS["tokens"], found.version)
        country, party = self._own_emsp
        known: dict[str, Any] = {
            "country_code": country,
            "party_id": party,
            "uid": contract[:_LONGEST_UID],
            "type": "OTHER",
            "contract_id": contract[:_LONGEST_UID],
            "issuer": str(self._own_emsp),
            "valid": True,
            "whitelist": "NEVER",
            "last_updated": "1970-01-01T00:00:00Z",
        }
        return model(msgspec.json.encode(known), "Token", OWN_VERSION)


def _model(found: Stored | None) -> Model | None:
    return None if found is None else model(found.raw, KINDS[found.key.module], found.version)
