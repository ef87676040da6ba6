"""Sessions that partners push: about tokens that are ours or known. An eMSP's side."""

from ocpi_runtime.server import Outcome, Partner, Received
from ocpi_runtime.types import Model, Raw
from ocpi_server.objects.known_tokens import KnownTokens
from ocpi_server.objects.received import Kind, ObjectAddress, ReceivedObjects
from ocpi_server.store import ObjectStore
from ocpi_server.versioning.renditions import Renditions

__all__ = ["ReceivedSessions"]


class ReceivedSessions(ReceivedObjects):
    """The sessions that partners pushed here.

    Args:
        store: Where they are kept.
        kind: How a PATCH changes them.
        version: The OCPI version that the bodies are written in.
        renditions: Converts what is stored to other versions.
        tokens: Which tokens they may be about.
    """

    def __init__(
        self,
        store: ObjectStore,
        kind: Kind,
        version: str,
        renditions: Renditions,
        tokens: KnownTokens,
    ) -> None:
        super().__init__(store, kind, version, renditions)
        self._tokens = tokens

    async def put(self, partner: Partner, place: ObjectAddress, body: Received[Model]) -> Outcome:
        """Create or replace a session.

        Raises:
            UnknownToken: Its token is neither ours nor known.
            OcpiError: As for every received object.
        """
        await self._tokens.require(self.kind.module, body.raw, self.key(partner, place))
        return await super().put(partner, place, body)

    async def patch(self, partner: Partner, place: ObjectAddress, raw: Raw) -> None:
        """Merge news into a session.

        Raises:
            UnknownToken: They name a token that is neither ours nor known.
            OcpiError: As for every received object.
        """
        await self._tokens.require(self.kind.module, raw, self.key(partner, place))
        await super().patch(partner, place, raw)
