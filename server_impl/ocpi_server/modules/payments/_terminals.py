"""Payment terminals of this platform, each for one CPO. A PTP's side."""

from collections.abc import Callable
from uuid import NAMESPACE_URL, uuid5

import msgspec

from ocpi_runtime.errors import GenericClientError
from ocpi_runtime.patch import merge
from ocpi_runtime.server import Context, PageQuery, RawPage
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._clock import Clock, after
from ocpi_server._jsonbytes import canonical, fields, text_field
from ocpi_server.objects.objects_for_party import ObjectsForParty
from ocpi_server.objects.own import OwnObjects
from ocpi_server.objects.own_object_writer import stamped
from ocpi_server.objects.rules import Stamp, owned_by, require_same
from ocpi_server.store import Draft, Duplicate, Stored, audience_of

__all__ = ["Terminals"]


class Terminals:
    """What CPOs do with terminals that are theirs to use.

    Args:
        own: Finds terminals for who asks.
        book: Writes them.
        ptp: Our party that owns what is activated.
        clock: Returns the current time.
    """

    def __init__(self, own: OwnObjects, book: ObjectsForParty, ptp: PartyId, clock: Clock) -> None:
        self._own = own
        self._book = book
        self._ptp = ptp
        self._clock = clock

    async def page(self, context: Context, query: PageQuery) -> RawPage:
        """List the terminals of the CPO that asks."""
        return await self._own.page(context, query)

    async def read(self, context: Context, uid: str) -> Raw:
        """Read a terminal.

        Raises:
            NotFound: There is none, or it is another CPO's.
        """
        return await self._own.read(context, uid)

    async def put(self, context: Context, uid: str, raw: Raw) -> None:
        """Replace what is known of a terminal; a newer state that is stored stays.

        Raises:
            NotFound: There is none, it is another CPO's, or it is to be.
            InvalidParameters: The id in the body differs from the URL.
        """
        require_same(raw, {"terminal_id": uid})
        stamp = Stamp.must(raw)
        await self._change(context, uid, lambda old: raw if stamp.micros >= _at(old) else None)

    async def patch(self, context: Context, uid: str, raw: Raw) -> None:
        """Merge news into a terminal; one without last_updated changed now.

        Raises:
            NotFound: There is none, it is another CPO's, or it is to be.
            InvalidParameters: The id in the body differs from the URL.
        """
        require_same(raw, {"terminal_id": uid})
        stamp = Stamp.of(raw)

        def merged(old: Stored) -> bytes | None:
            if stamp is not None:
                return merge(old.raw, raw) if stamp.micros >= _at(old) else None
            return self._renewed(old, raw)

        await self._change(context, uid, merged)

    async def activate(self, context: Context, raw: Raw) -> Stored:
        """Activate a terminal for a CPO; assign an id where it has none yet.

        The same request gets the same id, since the answer to it may have been lost.

        Raises:
            NotFound: The terminal is to be another CPO's.
            GenericClientError: It is another CPO's.
        """
        cpo = self._cpo(context, raw) or self._asking(context)
        given = text_field(fields(raw), "terminal_id")
        uid = given or self._new_id(cpo, raw)
        named = {"terminal_id": msgspec.json.encode(uid)}
        text = stamped(raw, named, self._clock())
        draft = self._book.draft(self._ptp, cpo, text)
        try:
            await self._book.store.add(draft)
        except Duplicate:
            if given:
                await self._again(context, draft, raw)
        return await self._own.get(context, uid)

    async def deactivate(self, context: Context, uid: str) -> None:
        """Take a terminal out of use: it is gone until it is activated again.

        Raises:
            NotFound: There is none, or it is another CPO's.
        """
        found = await self._own.get(context, uid)
        await self._book.store.remove(found.key)

    def _new_id(self, cpo: PartyId, raw: bytes) -> str:
        name = f"ocpi:{self._ptp}/{cpo}/{canonical(raw).decode()}"
        return str(uuid5(NAMESPACE_URL, name))

    async def _again(self, context: Context, draft: Draft, raw: Raw) -> None:
        def change(old: Stored) -> Draft:
            if old.audience not in _audiences(context):
                raise GenericClientError("The terminal is activated by another party.")
            text = self._renewed(old, raw)
            return self._book.draft(self._ptp, draft.audience, text)

        await self._book.store.change(draft.key, change)

    async def _change(
        self, context: Context, uid: str, make: Callable[[Stored], bytes | None]
    ) -> None:
        found = await self._own.get(context, uid)

        def change(old: Stored) -> Draft | None:
            made = make(old)
            if made is None:
                return None
            cpo = self._cpo(context, made) or old.audience
            owner = PartyId(old.key.country_code, old.key.party_id)
            return self._book.draft(owner, cpo, made)

        await self._book.store.change(found.key, change)

    def _renewed(self, old: Stored, raw: bytes) -> bytes:
        """Merge news into a terminal as of now, which is never before its last change."""
        now = after(self._clock(), old.last_updated)
        return stamped(merge(old.raw, raw), {}, now)

    def _cpo(self, context: Context, raw: bytes) -> PartyId | None:
        parts = fields(raw)
        country, party = text_field(parts, "country_code"), text_field(parts, "party_id")
        return owned_by(context.partner, country, party) if country and party else None

    def _asking(self, context: Context) -> PartyId:
        asking, parties = context.from_party, context.partner.parties
        return asking if asking is not None and asking in parties else min(parties)


def _at(old: Stored) -> int:
    return old.last_updated


def _audiences(context: Context) -> frozenset[str]:
    return frozenset(audience_of(party) for party in context.partner.parties)
