"""The methods of the module cdrs."""

from typing import Protocol

from ocpi_runtime.server import Context, Created, PageQuery, RawPage, Received, Stub
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._clock import changed_at
from ocpi_server.modules.cdrs.received import ReceivedCdrs
from ocpi_server.objects.own import OwnObjects

__all__ = ["CdrsReceiverMethods", "CdrsSenderMethods"]


class _Cdr(Protocol):
    @property
    def id(self) -> str: ...


class CdrsSenderMethods(Stub):
    """Our own CDRs, each for the provider of its token only."""

    def __init__(self, own: OwnObjects) -> None:
        self._own = own

    async def get_cdrs(self, context: Context, query: PageQuery) -> RawPage:
        """List CDRs."""
        return await self._own.page(context, query)


class CdrsReceiverMethods(Stub):
    """The CDRs of partners."""

    def __init__(self, received: ReceivedCdrs) -> None:
        self._received = received

    async def post_cdr(self, context: Context, body: Received[_Cdr]) -> Created:
        """Take a CDR."""
        cdr = body.value
        # Before 2.2 the only party of the partner owns it, and nothing is credited.
        owner = min(context.partner.parties, default=PartyId("", ""))
        return await self._received.post(
            context,
            country_code=getattr(cdr, "country_code", owner.country_code),
            party_id=getattr(cdr, "party_id", owner.party_id),
            uid=cdr.id,
            credited=getattr(cdr, "credit_reference_id", None) or None,
            credit=getattr(cdr, "credit", None) is True,
            last_updated=changed_at(cdr),
            raw=body.raw,
        )

    async def get_stored_cdr(self, context: Context, id: str) -> Raw:
        """Read a CDR back."""
        return await self._received.get(context.partner, id)
