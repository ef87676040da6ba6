"""Changing own objects and pushing the changes to partners."""

from collections.abc import Mapping, Sequence
from typing import Any

from ocpi_bridge.versions import version_of
from ocpi_runtime.codec import encode
from ocpi_runtime.errors import UnknownLocation
from ocpi_runtime.patch import merge
from ocpi_runtime.types import Model, PartyId, Raw
from ocpi_server._clock import Clock, after, utc_now
from ocpi_server._versions import OWN_VERSION
from ocpi_server.objects.location_parts import edit, evse, find
from ocpi_server.objects.own_object_writer import OwnObjectWriter, instants, stamped
from ocpi_server.objects.own_sessions import NewSession, OwnSessions
from ocpi_server.objects.rules import Stamp
from ocpi_server.store import Put, Stored
from ocpi_server.sync.fan_out import Taken
from ocpi_server.sync.push import Pusher

__all__ = ["Publisher", "Taken", "as_raw", "written_in"]


class Publisher:
    """Writes own objects and pushes them.

    Args:
        book: Writes own objects.
        sessions: Writes own sessions.
        pusher: Pushes to partners.
        clock: Returns the current time.
    """

    def __init__(
        self, book: OwnObjectWriter, sessions: OwnSessions, pusher: Pusher, clock: Clock = utc_now
    ) -> None:
        self._book = book
        self._sessions = sessions
        self._pusher = pusher
        self._clock = clock

    async def put(self, module: str, value: Model | bytes) -> Put:
        """Create or replace an own object, without a push."""
        return await self._book.put(module, as_raw(value), written_in(value))

    async def put_all(self, module: str, values: Sequence[Model | bytes]) -> list[Put]:
        """Create or replace many own objects, all in one version, in one transaction."""
        version = written_in(values[0]) if values else OWN_VERSION
        return await self._book.put_all(module, [as_raw(value) for value in values], version)

    async def location(self, value: Model | bytes) -> Taken:
        """Put a location and push it."""
        await self.put("locations", value)
        return await self._pusher.location(await self._stored("locations", value))

    async def evse_status(
        self, owner: PartyId, location_id: str, evse_uid: str, status: str
    ) -> Taken:
        """Change the status of an EVSE and push the change.

        Raises:
            NotFound: There is no such location.
            UnknownLocation: It has no such EVSE.
        """
        now, patch = self._clock(), b""

        def change(location: bytes) -> bytes:
            nonlocal patch
            path = [evse(evse_uid)]
            old = find(location, path)
            if old is None:
                raise UnknownLocation(f"EVSE {evse_uid} not found at location {location_id}.")
            last = instants(location, "last_updated") + instants(old, "last_updated")
            patch = stamped(b"{}", {"status": encode(status)}, after(now, *last))
            new = merge(old, patch)
            return edit(location, path, Stamp.must(patch), lambda _old: new)

        await self._book.change("locations", owner, location_id, change)
        location = await self._book.get("locations", owner, location_id)
        return await self._pusher.evse_patch(location, evse_uid, Raw(patch))

    async def token(self, value: Model | bytes) -> Taken:
        """Put a token and push it."""
        await self.put("tokens", value)
        return await self._pusher.token(await self._stored("tokens", value))

    async def tariff(self, value: Model | bytes) -> Taken:
        """Put a tariff and push it."""
        await self.put("tariffs", value)
        return await self._pusher.tariff(await self._stored("tariffs", value))

    async def remove_tariff(self, owner: PartyId, tariff_id: str) -> Taken:
        """Delete a tariff, here and at all partners.

        Raises:
            NotFound: There is no such tariff.
        """
        tariff = await self._book.get("tariffs", owner, tariff_id)
        await self._book.remove("tariffs", owner, tariff_id)
        return await self._pusher.tariff_removal(tariff)

    async def session_news(self, owner: PartyId, session_id: str, news: Mapping[str, Any]) -> Raw:
        """Merge news into a session and push them to its provider.

        Args:
            owner: The platform's party that runs the session.
            session_id: Which session.
            news: The fields that change, models or plain values; ``charging_periods`` are added
                to those that are there.

        Returns:
            The session as it is now.

        Raises:
            NotFound: There is no such session.
        """
        changes = {name: encode(value) for name, value in news.items()}
        now, patch = self._clock(), b""

        def change(old: bytes) -> bytes:
            nonlocal patch
            patch = stamped(b"{}", changes, after(now, *instants(old, "last_updated")))
            return merge(old, patch, append=("charging_periods",))

        session = await self._book.change("sessions", owner, session_id, change)
        stored = await self._book.get("sessions", owner, session_id)
        await self._pusher.session_patch(stored, Raw(patch))
        return session

    async def begin_session(self, new: NewSession) -> Raw:
        """Create a session that a driver began at the charge point, and push it to its provider.

        Raises:
            Duplicate: There is a session of this id.
        """
        session = await self._sessions.begin(new)
        await self._pusher.session(await self._book.get("sessions", new.owner, new.session_id))
        return session

    async def end_session(self, owner: PartyId, session_id: str) -> Raw:
        """Complete a session and push it to its provider.

        Raises:
            NotFound: There is no such session.
        """
        session = await self._sessions.complete(owner, session_id)
        await self._pusher.session(await self._book.get("sessions", owner, session_id))
        return session

    async def cdr(self, value: Model | bytes) -> str | None:
        """Put a CDR, once and for all, and post it to the provider of its token.

        Returns:
            Where it can be read there; None where the provider takes no CDRs.

        Raises:
            Duplicate: There is a CDR of its id.
            OcpiError: The provider did not take it; it is in our list for it all the same.
        """
        await self._book.add("cdrs", as_raw(value), written_in(value))
        return await self._pusher.cdr(await self._stored("cdrs", value))

    async def cdr_again(self, owner: PartyId, cdr_id: str) -> str | None:
        """Post a CDR once more, that its provider did not take or whose answer was lost.

        Returns:
            Where it can be read there; None where the provider takes no CDRs.

        Raises:
            NotFound: There is no such CDR.
            OcpiError: It was not taken; a provider that has it already does not take it again.
        """
        return await self._pusher.cdr(await self._book.get("cdrs", owner, cdr_id))

    async def active_profile(self, owner: PartyId, session_id: str, profile: bytes) -> None:
        """Send the active profile of a session, which has changed, to its eMSP.

        Raises:
            NotFound: There is no such session.
            OcpiError: It was not taken.
        """
        session = await self._book.get("sessions", owner, session_id)
        await self._pusher.active_profile(session, Raw(profile))

    async def _stored(self, module: str, value: Model | bytes) -> Stored:
        key = self._book.draft(module, as_raw(value), written_in(value)).key
        owner = PartyId(key.country_code, key.party_id)
        return await self._book.get(module, owner, key.uid, key.variant)

    async def client_info(self, value: Model | bytes) -> Put:
        """Publish, as a hub, the ClientInfo of a party behind us."""
        return await self._book.put("hubclientinfo", as_raw(value))


def as_raw(value: Model | bytes) -> Raw:
    """Write a model; JSON text stays as it is."""
    return Raw(value if isinstance(value, bytes) else encode(value))


def written_in(value: Model | bytes) -> str:
    """Return the version of a model; JSON text is in the platform's own."""
    return OWN_VERSION if isinstance(value, bytes) else version_of(type(value))
