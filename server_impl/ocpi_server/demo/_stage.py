"""A platform of the demo, and what is read from it between the steps."""

from datetime import datetime, timedelta
from typing import TypeVar

from ocpi_bindings.v2_2_1.models import Session
from ocpi_runtime import codec
from ocpi_runtime.errors import StatusError
from ocpi_server._clock import utc_now
from ocpi_server._platform import Platform
from ocpi_server._versions import OWN_VERSION
from ocpi_server.async_requests.requests import RequestOutcome
from ocpi_server.demo import _samples as samples
from ocpi_server.partners import PartnerRecord
from ocpi_server.store import Key
from ocpi_server.store.listing import Listing

__all__ = [
    "DemoPlatform",
    "ScenarioClock",
    "UnexpectedError",
    "arrived",
    "own_object",
    "own_session",
    "received_objects",
    "require_accepted",
]

T = TypeVar("T")


class UnexpectedError(StatusError):
    """A step of the scenario did not end as it should."""


class DemoPlatform:
    """A platform and what it remembers between acts.

    Attributes:
        platform: The platform.
        clock: Its clock, which the scenario puts forward.
        partner_id: The other platform, once it is known.
    """

    def __init__(self, platform: Platform, clock: "ScenarioClock") -> None:
        self.platform = platform
        self.clock = clock
        self.partner_id = ""

    async def partner(self) -> PartnerRecord:
        """Look up the other platform as it is now."""
        return await self.platform.partner(self.partner_id)


class ScenarioClock:
    """The real time, and how far the scenario has put it forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """Return the present instant of the scenario."""
        return utc_now() + self._ahead

    def forward(self, minutes: float) -> None:
        """Advance the clock."""
        self._ahead += timedelta(minutes=minutes)


async def arrived(stage: DemoPlatform) -> None:
    """Wait until all changes have arrived at the partner.

    Raises:
        UnexpectedError: One did not, or there is no partner.
    """
    pushed = await stage.platform.pushed()
    faults = [fault for fault in pushed.values() if fault is not None]
    if faults or not pushed:
        raise UnexpectedError(faults[0] if faults else "There was nobody to push to.")


def require_accepted(answered: RequestOutcome) -> str:
    """Return the result of a request, which must be ACCEPTED."""
    if answered.outcome != "ACCEPTED":
        raise UnexpectedError(f"{answered.response}, then {answered.outcome}.")
    return answered.outcome


async def own_session(stage: DemoPlatform, session_id: str) -> Session:
    """Return a session of the platform itself."""
    return await own_object(stage, "sessions", session_id, Session)


async def own_object(stage: DemoPlatform, module: str, uid: str, kind: type[T]) -> T:
    """Return an own object in the version that the demo is written in."""
    stored = await stage.platform.parts.store.get(Key.of(module, samples.CPO, uid))
    if stored is None:
        raise UnexpectedError(f"{uid} not found in {module}.")
    return codec.decode(await stage.platform.parts.renditions.of(stored, OWN_VERSION), kind)


async def received_objects(stage: DemoPlatform, module: str, kind: type[T]) -> list[T]:
    """Return the objects that the other platform pushed or was asked for, oldest first."""
    listing = Listing(module=module, source=stage.partner_id, audiences=("",), limit=100)
    page = await stage.platform.parts.store.page(listing)
    items = await stage.platform.parts.renditions.page(page, OWN_VERSION)
    return [codec.decode(raw, kind) for raw in items]
