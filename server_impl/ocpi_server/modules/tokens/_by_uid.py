"""Tokens of partners whose version names no type in URLs (2.1.1 and 2.0)."""

from dataclasses import replace
from typing import Final

from ocpi_runtime.server import Outcome, Partner, Received
from ocpi_runtime.types import Model, Raw
from ocpi_server._clock import changed_at
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.objects.kinds import TOKENS
from ocpi_server.objects.received import ObjectAddress, ReceivedObjects
from ocpi_server.objects.rules import Stamp, require_same_ids
from ocpi_server.store import ObjectStore, Stored
from ocpi_server.versioning.renditions import Renditions

__all__ = ["TokensByUid"]

_TYPES: Final = ("RFID", "OTHER")


class TokensByUid(ReceivedObjects):
    """One token for each uid. A push may change its type, and with it its identity in the store.

    A token that changes its type is written at its new place before the old one is removed; until
    then the newest counts.

    Args:
        store: Where they are kept.
        version: The OCPI version that the bodies are written in.
        renditions: Converts what is stored to other versions.
    """

    def __init__(self, store: ObjectStore, version: str, renditions: Renditions) -> None:
        super().__init__(store, replace(TOKENS, variant_field=None), version, renditions)

    async def found(self, partner: Partner, place: ObjectAddress) -> ObjectAddress:
        """Find the token of a uid, whatever its type; the place itself if there is none.

        Raises:
            NotFound: The URL belongs to another party.
        """
        known = await self._known(partner, place)
        return place if known is None else place._replace(variant=known.key.variant)

    async def put(self, partner: Partner, place: ObjectAddress, body: Received[Model]) -> Outcome:
        """Create or replace a token; a newer one that is stored stays."""
        known = await self._known(partner, place)
        if known is None or known.key.variant == place.variant:
            return await super().put(partner, place, body)
        require_same_ids(body.fields, self._url(place))
        if changed_at(body.fields) >= known.last_updated:
            await super().put(partner, place, body)
            await self.store.remove(known.key)
        return Outcome.UPDATED

    async def patch(self, partner: Partner, place: ObjectAddress, raw: Raw) -> None:
        """Merge news into a token; older ones change nothing."""
        await super().patch(partner, place, raw)
        stored = await self.stored(partner, place)
        kind = text_field(fields(stored.raw), "type") or place.variant
        if kind != place.variant:
            there = self.key(partner, place._replace(variant=kind))
            dated = Stamp.of(stored.raw) is not None
            await self.write(partner, there, stored.raw, stored.last_updated, dated=dated)
            await self.store.remove(stored.key)

    async def _known(self, partner: Partner, place: ObjectAddress) -> Stored | None:
        keys = [self.key(partner, place._replace(variant=each)) for each in _TYPES]
        found = [await self.store.get(key) for key in keys]
        known = [each for each in found if each is not None]
        return max(known, key=lambda each: each.last_updated, default=None)
