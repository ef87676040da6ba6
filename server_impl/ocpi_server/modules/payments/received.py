"""Objects that partners push to URLs without an owner: terminals and what was paid at them."""

from ocpi_runtime.errors import NotFound
from ocpi_runtime.server import Context, Outcome, Partner
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._clock import Clock, after, utc_now
from ocpi_server.access_control import parties_that_may
from ocpi_server.objects.class_names import class_name
from ocpi_server.objects.own_object_writer import stamped
from ocpi_server.objects.received import Kind, outcome
from ocpi_server.objects.rules import Stamp, holder_of
from ocpi_server.partners import PartnerRecord
from ocpi_server.store import Draft, Key, ObjectStore, Put, Stored

__all__ = ["UnownedObjects"]

Speaker = Partner | PartnerRecord
"""Who pushed an object, or was asked for it."""


class UnownedObjects:
    """The objects of one kind that partners pushed here; each partner sees its own only.

    They are kept under the party of the partner that sent them first.

    Args:
        store: Where they are kept.
        kind: Which objects they are.
        version: The OCPI version that the bodies are written in.
        clock: Returns the current time, for objects without last_updated.
    """

    def __init__(
        self, store: ObjectStore, kind: Kind, version: str, clock: Clock = utc_now
    ) -> None:
        self._store = store
        self._kind = kind
        self._version = version
        self._clock = clock

    async def post(self, context: Context, uid: str, raw: Raw) -> Outcome:
        """Take an object; a newer one that is stored stays."""
        return outcome(await self.keep(context.partner, uid, raw, context.from_party))

    async def keep(
        self, partner: Speaker, uid: str, raw: bytes, sender: PartyId | None = None
    ) -> Put:
        """Store an object of a partner.

        Args:
            partner: Whose it is.
            uid: Its id.
            raw: The object; without last_updated, it changed now.
            sender: Which of the partner's parties sent it, if that is known.
        """
        known = await self._known(partner, uid)
        key = self._key(partner, _voice(partner, sender), uid) if known is None else known.key
        if Stamp.of(raw) is None:
            last = () if known is None else (known.last_updated,)
            raw = stamped(raw, {}, after(self._clock(), *last))
        stamp = Stamp.must(raw)
        draft = Draft(key, raw, stamp.micros, self._version, source=partner.id)
        return await self._store.put(draft)

    async def get(self, partner: Speaker, uid: str) -> Raw:
        """Read an object back.

        Raises:
            NotFound: There is none, or it is another partner's.
        """
        found = await self._known(partner, uid)
        if found is None:
            raise NotFound(f"{class_name(self._kind.module)} {uid} not found.")
        return found.raw

    async def forget(self, partner: Speaker, uid: str) -> None:
        """Remove an object, if it is there."""
        known = await self._known(partner, uid)
        if known is not None:
            await self._store.remove(known.key)

    async def _known(self, partner: Speaker, uid: str) -> Stored | None:
        for party in sorted(_voices(partner)):
            found = await self._store.get(self._key(partner, party, uid))
            if found is not None:
                return found
        return None

    def _key(self, partner: Speaker, party: PartyId, uid: str) -> Key:
        return Key.of(self._kind.module, party, uid, holder=holder_of(partner))


def _voice(partner: Speaker, sender: PartyId | None) -> PartyId:
    parties = _voices(partner)
    return sender if sender is not None and sender in parties else min(parties)


def _voices(partner: Speaker) -> frozenset[PartyId]:
    """Return the parties of a partner that may have objects here."""
    if isinstance(partner, PartnerRecord):
        return parties_that_may(partner.roles, "payments", "receiver", write=True)
    return partner.parties
