"""Which objects of a partner a full pull has met, so that the others can be dropped after it.

A bit for each place in the store: 200 000 objects take 25 KB.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from ocpi_runtime.types import PartyId, Raw
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.access_control import parties_that_may
from ocpi_server.partners import PartnerRecord
from ocpi_server.store import Key, Listing, ObjectStore

__all__ = ["DROPPED", "SeenObjects", "key_of"]

DROPPED: Final = frozenset({"locations", "tokens", "tariffs"})
"""The modules whose whole list is the truth. Sessions and CDRs stay: bills depend on them."""

_CHUNK: Final = 500


class SeenObjects:
    """What a pull has met of what was there when it began.

    Args:
        store: Where objects are kept.
        partner: Whose list is pulled.
        module: Of which module.
        began: When the pull began, in microseconds; what was updated later stays.
    """

    def __init__(self, store: ObjectStore, partner: PartnerRecord, module: str, began: int) -> None:
        self._store = store
        self._parties = parties_that_may(partner.roles, module, "receiver", write=True)
        self._listing = Listing(module=module, source=partner.id)
        self._began = began
        self._bits = bytearray()
        self._met: set[PartyId] = set()
        self._last = 0

    async def begin(self) -> None:
        """Note what is there."""
        self._last = await self._store.last(self._listing)
        self._bits = bytearray(self._last // 8 + 1)

    def go_on(self, last: int, bits: bytes) -> None:
        """Go on where an earlier pull of the list was."""
        self._last, self._bits = last, bytearray(bits)

    @property
    def state(self) -> tuple[int, bytes]:
        """The last place that is looked at, and a bit for each place that was met."""
        return self._last, bytes(self._bits)

    async def meet(self, keys: Iterable[Key]) -> None:
        """Note what came."""
        known = list(keys)
        self._met.update(PartyId(key.country_code, key.party_id) for key in known)
        for place in await self._store.places(known):
            if place <= self._last:
                self._bits[place // 8] |= 1 << place % 8

    async def drop(self) -> int:
        """Remove what did not come; return how much that was.

        A partner with several parties may have answered for some of them only, as a hub does: what
        belongs to parties none of whose objects came stays.
        """
        parties = self._parties if len(self._parties) == 1 else self._met
        dropped = after = 0
        while places := await self._store.behind(self._listing, after, _CHUNK):
            after = max(places)
            missing = list(self._missing(places))
            dropped += await self._store.drop(missing, self._listing.source, self._began, parties)
        return dropped

    def _missing(self, places: Iterable[int]) -> Iterator[int]:
        for place in places:
            if place <= self._last and not self._bits[place // 8] >> place % 8 & 1:
                yield place


def key_of(partner: PartnerRecord, module: str, raw: Raw) -> Key | None:
    """Return the key of a broken object; None where it has no ids."""
    try:
        bytes(raw).decode()  # fields are not decoded before they are read
        return _key(partner, module, fields(raw))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _key(partner: PartnerRecord, module: str, parts: Mapping[str, msgspec.Raw]) -> Key | None:
    tokens = module == "tokens"
    uid = text_field(parts, "uid" if tokens else "id")
    variant = text_field(parts, "type") if tokens else ""
    owners = parties_that_may(partner.roles, module, "receiver", write=True)
    owner = min(owners, default=PartyId("", ""))
    country = text_field(parts, "country_code") or owner.country_code
    party = text_field(parts, "party_id") or owner.party_id
    if uid is None or variant is None:
        return None
    return Key.of(module, PartyId.of(country, party), uid, variant, holder=partner.company)
