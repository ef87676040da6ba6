"""Charging profiles for the sessions of this platform. A CPO's side."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from ocpi_runtime.server import Context
from ocpi_runtime.types import Raw
from ocpi_server._clock import Clock, to_micros, utc_now
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.async_requests.results import DeferredResult, ResultSender
from ocpi_server.charging import ChargePoints, ProfileOutcome
from ocpi_server.objects.own import OwnObjects
from ocpi_server.objects.session_notes import session_note
from ocpi_server.store import ObjectStore, Stored

__all__ = ["PROFILES", "Profiles"]

PROFILES = "chargingprofiles"
Document = dict[str, Any]


class Profiles:
    """Takes requests about charging profiles and passes them to the charge points.

    Args:
        sessions: Our own sessions, each for its provider only.
        points: The charge points.
        results: Sends results.
        store: Where it is noted which sessions have a profile.
        clock: Returns the current time.
    """

    def __init__(
        self,
        sessions: OwnObjects,
        points: ChargePoints,
        results: ResultSender,
        store: ObjectStore,
        clock: Clock = utc_now,
    ) -> None:
        self._sessions = sessions
        self._points = points
        self._results = results
        self._store = store
        self._clock = clock

    async def active(
        self, context: Context, session_id: str, seconds: int, response_url: str
    ) -> Raw:
        """Request the active charging profile of a session.

        Raises:
            InvalidParameters: The response URL is refused.
        """

        async def ask(name: str) -> ProfileOutcome:
            return await self._points.active_profile(name, seconds)

        self._results.urls.check(context, response_url, "query:response_url")
        post = "chargingprofiles.post_active_charging_profile_result"
        return await self._ask(context, session_id, response_url, post, ask)

    async def set(self, context: Context, session_id: str, raw: Raw) -> Raw:
        """Set the profile of a session.

        Raises:
            InvalidParameters: The response URL is refused.
        """
        parts = fields(raw)
        profile = bytes(parts["charging_profile"])
        response_url = text_field(parts, "response_url") or ""

        async def ask(name: str) -> ProfileOutcome:
            done = await self._points.set_profile(name, profile)
            session = await self._sessions.find(context, session_id)
            if done.result == "ACCEPTED" and session is not None:
                await self._note(context, session, profile)
            return done

        self._results.urls.check(context, response_url)
        post = "chargingprofiles.post_charging_profile_result"
        return await self._ask(context, session_id, response_url, post, ask, len(profile))

    async def clear(self, context: Context, session_id: str, response_url: str) -> Raw:
        """Drop the profile of a session.

        Raises:
            InvalidParameters: The response URL is refused.
        """
        self._results.urls.check(context, response_url, "query:response_url")
        post = "chargingprofiles.post_clear_profile_result"
        ask = self._points.clear_profile
        return await self._ask(context, session_id, response_url, post, ask)

    async def _ask(
        self,
        context: Context,
        session_id: str,
        response_url: str,
        post: str,
        ask: Callable[[str], Awaitable[ProfileOutcome]],
        size: int = 0,
    ) -> Raw:
        session = await self._sessions.find(context, session_id)
        if session is None:
            return self._results.answer("UNKNOWN_SESSION")
        parts = fields(session.raw)
        if text_field(parts, "status") != "ACTIVE":
            return self._results.answer("REJECTED")
        name = text_field(parts, "id") or ""

        async def act() -> Document:
            return _result(await ask(name))

        failed: Document = {"result": "REJECTED"}
        later = DeferredResult(
            post.partition(".")[2], response_url, post, act, failed, failed, size=size
        )
        return await self._results.accept(context, later)

    async def _note(self, context: Context, session: Stored, profile: bytes) -> None:
        # From now on changes of the active profile are pushed to the partner.
        now = to_micros(self._clock())
        await self._store.put(session_note(PROFILES, session, profile, now))


def _result(done: ProfileOutcome) -> Document:
    document: Document = {"result": done.result}
    if done.profile is not None:
        document["profile"] = msgspec.Raw(done.profile)
    return document
