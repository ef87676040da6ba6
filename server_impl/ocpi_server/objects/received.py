"""Objects that partners own and push: PUT, PATCH, GET and DELETE on the receiver's side."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ocpi_runtime.errors import GenericClientError, NotFound, StatusError
from ocpi_runtime.patch import merge
from ocpi_runtime.server import Outcome, Partner, Received
from ocpi_runtime.types import Model, PartyId, Raw
from ocpi_server._clock import changed_at, is_dated, is_older
from ocpi_server.objects.class_names import class_name
from ocpi_server.objects.future import warn_of_future
from ocpi_server.objects.rules import Stamp, holder_of, owned_by, require_same, require_same_ids
from ocpi_server.partners import KnownPartner
from ocpi_server.store import Announcement, Draft, Key, ObjectStore, Put, Stored
from ocpi_server.versioning.renditions import Renditions

__all__ = ["BroadcastingPartner", "Kind", "ObjectAddress", "ReceivedObjects", "outcome"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between the kinds of objects that are pushed.

    Attributes:
        module: The OCPI module.
        id_field: The field that repeats the id of the URL.
        variant_field: The field that repeats the variant of the URL, if there is one.
        append: Fields whose items a PATCH adds.
        unknown: What a PATCH or DELETE of an object that is not there is answered with.
    """

    module: str
    id_field: str = "id"
    variant_field: str | None = None
    append: Collection[str] = ()
    unknown: type[StatusError] = GenericClientError


class ObjectAddress(NamedTuple):
    """Where a URL points.

    Attributes:
        country_code: Of the owner.
        party_id: Of the owner.
        uid: The object's id.
        variant: A token's type; empty for other objects.
    """

    country_code: str
    party_id: str
    uid: str
    variant: str = ""


class _OtherVersion(Exception):
    """The object is stored in another version."""


def outcome(done: Put) -> Outcome:
    """Return the HTTP answer to a write."""
    return Outcome.CREATED if done is Put.CREATED else Outcome.UPDATED


@dataclass(frozen=True)
class BroadcastingPartner(KnownPartner):
    """A partner of a hub with a request that the hub passes on.

    Attributes:
        announcement: Other partners that are sent what it writes, noted in the same transaction.
    """

    announcement: Announcement | None = field(default=None, repr=False)


def _announcement(partner: Partner) -> Announcement | None:
    return partner.announcement if isinstance(partner, BroadcastingPartner) else None


class ReceivedObjects:
    """The objects of one kind that partners pushed here.

    Args:
        store: Where they are kept.
        kind: Which objects they are.
        version: The OCPI version that the bodies are written in.
        renditions: Converts what is stored to other versions.
    """

    def __init__(
        self, store: ObjectStore, kind: Kind, version: str, renditions: Renditions
    ) -> None:
        self.store = store
        self.renditions = renditions
        self.kind = kind
        self.version = version

    async def get(self, partner: Partner, place: ObjectAddress) -> Raw:
        """Read an object back.

        Raises:
            NotFound: There is none, or it is another party's.
        """
        return await self.renditions.of(await self.stored(partner, place), self.version)

    async def stored(self, partner: Partner, place: ObjectAddress) -> Stored:
        """Read an object back with what is known of it.

        Raises:
            NotFound: There is none, or it is another party's.
        """
        found = await self.store.get(self.key(partner, place))
        if found is None:
            raise NotFound(f"{class_name(self.kind.module)} {place.uid} not found.")
        return found

    async def has(self, partner: Partner, place: ObjectAddress) -> bool:
        """Return whether an object is stored.

        Raises:
            NotFound: It is another party's.
        """
        return await self.store.get(self.key(partner, place)) is not None

    async def put(self, partner: Partner, place: ObjectAddress, body: Received[Model]) -> Outcome:
        """Create or replace an object; a newer one that is stored stays.

        Raises:
            NotFound: The URL belongs to another party.
            InvalidParameters: The ids in the body differ from the URL.
        """
        key = self.key(partner, place)  # whose URL it is comes before what the body says
        require_same_ids(body.fields, self._url(place))
        stamp, dated = changed_at(body.fields), is_dated(body.fields)
        return await self.write(partner, key, body.raw, stamp, dated=dated)

    async def write(
        self, partner: Partner, key: Key, raw: Raw, last_updated: int, *, dated: bool
    ) -> Outcome:
        """Write an object whose ids were compared with the URL."""
        draft = Draft(key, raw, last_updated, self.version, source=partner.id, undated=not dated)
        warn_of_future(draft)
        done = outcome(await self.store.put(draft, _announcement(partner)))
        await self.renditions.taken(key, self.version)
        return done

    async def patch(self, partner: Partner, place: ObjectAddress, raw: Raw) -> None:
        """Merge a partial object into the stored one; older news change nothing.

        Raises:
            NotFound: The URL belongs to another party.
            InvalidParameters: The ids in the body differ from the URL, or the object grows too
                large.
            StatusError: There is no such object; the class is that of the kind.
        """
        key = self.key(partner, place)
        require_same(raw, self._url(place))
        stamp = Stamp.of(raw)

        def change(old: Stored) -> Draft | None:
            if stamp is not None and is_older(stamp.micros, old.last_updated):
                return None
            merged = merge(old.raw, raw, append=self.kind.append)
            return self.draft(partner, old, merged, stamp.micros if stamp else old.last_updated)

        if await self.changed(partner, key, change) is None:
            raise self.unknown(place)

    async def changed(
        self, partner: Partner, key: Key, change: Callable[[Stored], Draft | None]
    ) -> Stored | None:
        """Replace an object by what ``change`` makes of it, in the version of the partner.

        A partner that has come to another version since it sent the object goes on where it was.

        Returns:
            What was stored before, or None where there is no such object.
        """

        def guarded(old: Stored) -> Draft | None:
            if old.version != self.version:
                raise _OtherVersion
            return change(old)

        try:
            old = await self.store.change(key, guarded, _announcement(partner))
        except _OtherVersion:
            await self._adopt(partner, key)
            old = await self.store.change(key, guarded, _announcement(partner))
        await self.renditions.taken(key, self.version)
        return old

    async def _adopt(self, partner: Partner, key: Key) -> None:
        stored = await self.store.get(key)
        if stored is None:
            return
        rendered = await self.renditions.of(stored, self.version)

        def change(old: Stored) -> Draft | None:
            if old.raw != stored.raw:
                return None
            return self.draft(partner, old, rendered, old.last_updated)

        await self.store.change(key, change)

    async def delete(self, partner: Partner, place: ObjectAddress) -> None:
        """Remove an object.

        Raises:
            NotFound: The URL belongs to another party.
            StatusError: There is no such object; the class is that of the kind.
        """
        if not await self.store.remove(self.key(partner, place), _announcement(partner)):
            raise self.unknown(place)

    def key(self, partner: Partner, place: ObjectAddress) -> Key:
        """Return the key of the object that a URL names.

        Raises:
            NotFound: It belongs to another party.
        """
        owner = owned_by(partner, place.country_code, place.party_id)
        holder = holder_of(partner)
        return Key.of(self.kind.module, owner, place.uid, place.variant, holder=holder)

    def draft(self, partner: Partner, old: Stored, raw: bytes, last_updated: int) -> Draft:
        """Describe the new state of a stored object."""
        return Draft(old.key, raw, last_updated, self.version, partner.id, old.audience)

    def unknown(self, place: ObjectAddress) -> StatusError:
        """Describe an object that is not there."""
        owner = PartyId.of(place.country_code, place.party_id)
        return self.kind.unknown(
            f"No {class_name(self.kind.module)} {place.uid} stored for {owner}.",
            hint="PUT the whole object first.",
        )

    def _url(self, place: ObjectAddress) -> Mapping[str, str]:
        url = {
            "country_code": place.country_code,
            "party_id": place.party_id,
            self.kind.id_field: place.uid,
        }
        if self.kind.variant_field is not None:
            url[self.kind.variant_field] = place.variant
        return url
