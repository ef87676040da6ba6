"""Locations that partners push: whole ones, single EVSEs, single connectors."""

from collections.abc import Callable, Sequence

from ocpi_runtime.errors import NotFound, UnknownLocation
from ocpi_runtime.patch import merge
from ocpi_runtime.server import Outcome, Partner, Received
from ocpi_runtime.types import Model, Raw
from ocpi_server._clock import after, is_older, utc_now
from ocpi_server.objects.kinds import LOCATIONS
from ocpi_server.objects.location_parts import LocationPart, edit, find
from ocpi_server.objects.received import Kind, ObjectAddress, ReceivedObjects
from ocpi_server.objects.rules import Stamp, require_same, require_unique_evses
from ocpi_server.store import Draft, ObjectStore, Stored
from ocpi_server.versioning.renditions import Renditions

__all__ = ["ReceivedLocations"]


class _Stale(Exception):
    """What is stored is newer."""


class ReceivedLocations(ReceivedObjects):
    """The locations of partners.

    Args:
        store: Where they are kept.
        version: The OCPI version that the bodies are written in.
        renditions: Converts what is stored to other versions.
        kind: Locations, or what else has parts of its own: booking locations.
    """

    def __init__(
        self, store: ObjectStore, version: str, renditions: Renditions, kind: Kind = LOCATIONS
    ) -> None:
        super().__init__(store, kind, version, renditions)

    async def put(self, partner: Partner, place: ObjectAddress, body: Received[Model]) -> Outcome:
        """Create or replace a location; a newer one that is stored stays.

        Raises:
            NotFound: The URL belongs to another party.
            InvalidParameters: The ids in the body differ from the URL, or two EVSEs have the same
                uid.
        """
        require_unique_evses(body.fields)
        return await super().put(partner, place, body)

    async def get_part(
        self, partner: Partner, place: ObjectAddress, path: Sequence[LocationPart]
    ) -> Raw:
        """Read an EVSE or connector back.

        Raises:
            NotFound: There is none, or it is another party's.
        """
        found = find(await self.get(partner, place), path)
        if found is None:
            raise NotFound(f"{path[-1]} of location {place.uid} not found.")
        return Raw(found)

    async def put_part(
        self, partner: Partner, place: ObjectAddress, path: Sequence[LocationPart], raw: Raw
    ) -> Outcome:
        """Add or replace an EVSE or connector; its parents become as new as it is.

        Raises:
            NotFound: The URL belongs to another party.
            UnknownLocation: The location, or the EVSE above a connector, is not there.
            InvalidParameters: The id in the body differs from the URL.
        """
        stamp = _stamp(raw, path)
        done = Outcome.UPDATED

        def make(old: bytes | None) -> bytes:
            nonlocal done
            done = Outcome.CREATED if old is None else Outcome.UPDATED
            _keep_newer(old, stamp)
            return raw

        await self._edit(partner, place, path, stamp, make)
        return done

    async def patch_part(
        self, partner: Partner, place: ObjectAddress, path: Sequence[LocationPart], raw: Raw
    ) -> None:
        """Merge news into an EVSE or connector; its parents become as new as it is.

        Raises:
            NotFound: The URL belongs to another party.
            UnknownLocation: The part is not there.
            InvalidParameters: The id in the body differs from the URL.
        """
        stamp = _stamp(raw, path)

        def make(old: bytes | None) -> bytes:
            if old is None:
                raise UnknownLocation(
                    f"{path[-1]} of location {place.uid} not found.",
                    hint="PUT the whole object first.",
                )
            _keep_newer(old, stamp)
            return merge(old, raw)

        await self._edit(partner, place, path, stamp, make)

    async def _edit(
        self,
        partner: Partner,
        place: ObjectAddress,
        path: Sequence[LocationPart],
        given: Stamp | None,
        make: Callable[[bytes | None], bytes],
    ) -> None:
        key = self.key(partner, place)

        def change(old: Stored) -> Draft | None:
            # Objects of 2.0 have no last_updated.
            stamp = given or Stamp.at(after(utc_now(), old.last_updated))
            try:
                edited = edit(old.raw, path, stamp, make)
            except _Stale:
                return None
            older = is_older(stamp.micros, old.last_updated)
            micros = old.last_updated if older else stamp.micros
            return self.draft(partner, old, edited, micros)

        if await self.changed(partner, key, change) is None:
            raise self.unknown(place)


def _stamp(raw: bytes, path: Sequence[LocationPart]) -> Stamp | None:
    step = path[-1]
    require_same(raw, {step.id_field: step.wanted})
    return Stamp.of(raw)


def _keep_newer(old: bytes | None, stamp: Stamp | None) -> None:
    known = None if old is None else Stamp.of(old)
    if known is not None and stamp is not None and is_older(stamp.micros, known.micros):
        raise _Stale
