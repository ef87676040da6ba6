"""Changing own objects, and noting what partners must be sent of the changes."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ocpi_bridge.versions import version_of
from ocpi_runtime.codec import encode
from ocpi_runtime.errors import UnknownLocation
from ocpi_runtime.patch import merge
from ocpi_runtime.types import Model, PartyId, Raw
from ocpi_server._clock import Clock, after, utc_now
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server._versions import OWN_VERSION
from ocpi_server.objects.location_parts import edit, evse, find
from ocpi_server.objects.own_object_writer import OwnObjectWriter, instants, stamped
from ocpi_server.objects.own_sessions import NewSession, OwnSessions
from ocpi_server.objects.rules import Stamp
from ocpi_server.store import Announcement, ChangedParts, Key, Outbox, Put
from ocpi_server.sync.own_changes import touched
from ocpi_server.sync.profiles import ActiveProfileSender
from ocpi_server.sync.push import Announcer

__all__ = ["Publisher", "Recipients", "as_raw", "written_in"]

Recipients = tuple[str, ...]
"""The ids of the partners that are sent a change."""


class Publisher:
    """Writes own objects, with a note of what partners must be sent.

    Methods return when both are durable. They do not wait for partners.

    Args:
        book: Writes own objects.
        sessions: Writes own sessions.
        announcer: Finds the partners that changes are for.
        profiles: Sends active profiles.
        outbox: What partners have not been sent.
        clock: Returns the current time.
    """

    def __init__(
        self,
        book: OwnObjectWriter,
        sessions: OwnSessions,
        announcer: Announcer,
        profiles: ActiveProfileSender,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._book = book
        self._sessions = sessions
        self._announcer = announcer
        self._profiles = profiles
        self._outbox = outbox
        self._clock = clock

    async def put(self, module: str, value: Model | bytes) -> Put:
        """Create or replace an own object, without a push."""
        return await self._book.put(module, as_raw(value), written_in(value))

    async def put_all(self, module: str, values: Sequence[Model | bytes]) -> list[Put]:
        """Create or replace many own objects, all in one version, in one transaction."""
        version = written_in(values[0]) if values else OWN_VERSION
        return await self._book.put_all(module, [as_raw(value) for value in values], version)

    async def location(self, value: Model | bytes) -> Recipients:
        """Put a location, to be pushed."""
        return await self._put("locations", value)

    async def evse_status(
        self, owner: PartyId, location_id: str, evse_uid: str, status: str
    ) -> Recipients:
        """Change the status of an EVSE, to be pushed.

        Raises:
            NotFound: There is no such location.
            UnknownLocation: It has no such EVSE.
        """
        now = self._clock()

        def change(location: bytes) -> bytes:
            path = [evse(evse_uid)]
            old = find(location, path)
            if old is None:
                raise UnknownLocation(f"EVSE {evse_uid} not found at location {location_id}.")
            last = instants(location, "last_updated") + instants(old, "last_updated")
            patch = stamped(b"{}", {"status": encode(status)}, after(now, *last))
            new = merge(old, patch)
            return edit(location, path, Stamp.must(patch), lambda _old: new)

        parts = ChangedParts(("status", "last_updated"), evse_uid)
        announcement = await self._announcer.for_all("locations", lambda _: parts)
        await self._book.change("locations", owner, location_id, change, announcement)
        return announcement.partners

    async def token(self, value: Model | bytes) -> Recipients:
        """Put a token, to be pushed."""
        return await self._put("tokens", value)

    async def tariff(self, value: Model | bytes) -> Recipients:
        """Put a tariff, to be pushed."""
        return await self._put("tariffs", value)

    async def remove_tariff(self, owner: PartyId, tariff_id: str) -> Recipients:
        """Delete a tariff here, to be deleted at all partners.

        Raises:
            NotFound: There is no such tariff.
        """
        tariff = fields((await self._book.get("tariffs", owner, tariff_id)).raw)
        removed = {
            name: text_field(tariff, name) or "" for name in ("country_code", "party_id", "id")
        }
        announcement = await self._announcer.for_all("tariffs", removed=removed)
        await self._book.remove("tariffs", owner, tariff_id, announcement)
        return announcement.partners

    async def session_news(self, owner: PartyId, session_id: str, news: Mapping[str, Any]) -> Raw:
        """Merge news into a session, to be pushed to its provider.

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
        now = self._clock()

        def change(old: bytes) -> bytes:
            patch = stamped(b"{}", changes, after(now, *instants(old, "last_updated")))
            return merge(old, patch, append=("charging_periods",))

        async def announce(audience: str) -> Announcement:
            parts = partial(touched, changes=changes)
            return await self._announcer.for_provider("sessions", audience, parts)

        session, _ = await self._book.change_announced(
            "sessions", owner, session_id, change, announce
        )
        return session

    async def begin_session(self, new: NewSession) -> Raw:
        """Create a session that a driver began at the charge point, to be pushed to its provider.

        Raises:
            Duplicate: There is a session of this id.
        """
        return await self._sessions.begin(new)

    async def end_session(self, owner: PartyId, session_id: str) -> Raw:
        """Complete a session, to be pushed to its provider.

        Raises:
            NotFound: There is no such session.
        """
        return await self._sessions.complete(owner, session_id)

    async def cdr(self, value: Model | bytes) -> Recipients:
        """Put a CDR, once and for all, to be posted to the provider of its token.

        It is posted until the provider accepts or refuses it. A refusal is kept, see
        :meth:`Platform.push_status`.

        Raises:
            Duplicate: There is a CDR of its id.
        """
        draft = await self._book.as_its_session(
            self._book.draft("cdrs", as_raw(value), written_in(value))
        )
        announcement = await self._announcer.for_provider("cdrs", draft.audience)
        await self._book.add(draft, announcement)
        return announcement.partners

    async def cdr_again(self, owner: PartyId, cdr_id: str) -> Recipients:
        """Post a CDR again, that its provider did not take or has lost.

        Raises:
            NotFound: There is no such CDR.
        """
        stored = await self._book.get("cdrs", owner, cdr_id)
        announcement = await self._announcer.for_provider("cdrs", stored.audience)
        await self._outbox.note(stored.key, announcement)
        return announcement.partners

    async def cdr_url(self, owner: PartyId, cdr_id: str) -> str | None:
        """Return where a CDR can be read at its provider; None before the provider has taken it."""
        return await self._outbox.posted_url(Key.of("cdrs", owner, cdr_id))

    async def active_profile(self, owner: PartyId, session_id: str, profile: bytes) -> None:
        """Send the active profile of a session, which has changed, to its eMSP.

        Raises:
            NotFound: There is no such session.
            OcpiError: It was not taken.
        """
        session = await self._book.get("sessions", owner, session_id)
        await self._profiles.send(session, Raw(profile))

    async def _put(self, module: str, value: Model | bytes) -> Recipients:
        announcement = await self._announcer.for_all(module)
        await self._book.put(module, as_raw(value), written_in(value), announcement)
        return announcement.partners

    async def client_info(self, value: Model | bytes) -> Put:
        """Publish, as a hub, the ClientInfo of a party behind us."""
        return await self._book.put("hubclientinfo", as_raw(value))


def as_raw(value: Model | bytes) -> Raw:
    """Write a model; JSON text stays as it is."""
    return Raw(value if isinstance(value, bytes) else encode(value))


def written_in(value: Model | bytes) -> str:
    """Return the version of a model; JSON text is in the platform's own."""
    return OWN_VERSION if isinstance(value, bytes) else version_of(type(value))
