"""Own objects that are each for one party, which their text does not name."""

from typing import Final

from ocpi_runtime.types import PartyId, Raw
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.objects.received import Kind
from ocpi_server.objects.rules import Stamp
from ocpi_server.store import OWN, Announcement, Draft, Key, ObjectStore, Put, audience_of

__all__ = ["WRITTEN_IN", "ObjectsForParty"]

WRITTEN_IN: Final = "2.3.0"
"""The version of own objects of payments, bookings and invoicereconciliation, which others lack."""


class ObjectsForParty:
    """Puts own objects of a kind into the store, and sets the audience of each.

    Args:
        store: Where they are kept.
        kind: Which objects they are.
    """

    def __init__(self, store: ObjectStore, kind: Kind) -> None:
        self.store = store
        self.kind = kind

    def draft(self, owner: PartyId, party: PartyId | str, raw: bytes) -> Draft:
        """Describe an object.

        Args:
            owner: Our party that owns it.
            party: The only one that may see it, or its ``audience`` in the store.
            raw: The object.
        """
        audience = party if isinstance(party, str) else audience_of(party)
        uid = text_field(fields(raw), self.kind.id_field) or ""
        key = Key.of(self.kind.module, owner, uid)
        return Draft(key, raw, Stamp.must(raw).micros, WRITTEN_IN, OWN, audience)

    async def put(
        self, owner: PartyId, party: PartyId, raw: Raw, announcement: Announcement | None = None
    ) -> Put:
        """Create or replace an object, to be pushed; what is newer stays."""
        return await self.store.put(self.draft(owner, party, raw), announcement)

    async def remove(
        self, owner: PartyId, uid: str, announcement: Announcement | None = None
    ) -> bool:
        """Delete an object, to be deleted at partners too; false where there was none."""
        return await self.store.remove(Key.of(self.kind.module, owner, uid), announcement)
