"""The methods of the module cdrs."""

from typing import Any

from ocpi_runtime.server import Context, Created, Page, PageQuery, Received
from ocpi_runtime.types import PartyId, Raw
from ocpi_server.clock import changed_at
from ocpi_server.modules.cdrs.received import ReceivedCdrs
from ocpi_server.objects.own import OwnObjects

__all__ = ["CdrsReceiverMethods", "CdrsSenderMethods"]


class CdrsSenderMethods:
    """Our own CDRs, each for the provider of its token only."""

    def __init__(self, own: OwnObjects) -> None:
        self._own = own

    async def get_cdrs(self, context: Context, query: PageQuery) -> Page[Any]:
        """List CDRs."""
        return await self._own.page(context, query)


class CdrsReceiverMethods:
    """The CDRs of partners."""

    def __init__(self, received: ReceivedCdrs) -> None:
        self._received = received

    async def post_cdr(self, context: Context, body: Received[Any]) -> Created:
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
