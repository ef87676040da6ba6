"""Active charging profiles that CPOs report to an eMSP."""

from ocpi_runtime.errors import GenericClientError
from ocpi_runtime.server import Outcome, Partner
from ocpi_runtime.types import Raw
from ocpi_server.modules.chargingprofiles.profiles import PROFILES
from ocpi_server.objects.received import outcome
from ocpi_server.objects.rules import holder_of
from ocpi_server.objects.session_notes import session_key
from ocpi_server.store import Draft, Key, ObjectStore

__all__ = ["ActiveProfiles"]


class ActiveProfiles:
    """The active profiles of sessions that partners pushed.

    Args:
        store: Where they are kept.
        version: The OCPI version that the bodies are written in.
    """

    def __init__(self, store: ObjectStore, version: str) -> None:
        self._store = store
        self._version = version

    async def put(self, partner: Partner, session_id: str, raw: Raw, calculated: int) -> Outcome:
        """Take the active profile of a session.

        Args:
            partner: Who sends it.
            session_id: Which session, as the partner named it.
            raw: The ActiveChargingProfile.
            calculated: When it was made, in microseconds since 1970.

        Raises:
            GenericClientError: The partner pushed no such session.
        """
        for party in sorted(partner.parties):
            named = Key.of("sessions", party, session_id, holder=holder_of(partner))
            session = await self._store.get(named)
            if session is not None:
                key = session_key(PROFILES, session)
                draft = Draft(key, raw, calculated, self._version, source=partner.id)
                return outcome(await self._store.put(draft))
        raise GenericClientError(
            f"No Session {session_id} stored for you.", hint="PUT the session first."
        )
