"""The methods of the module invoicereconciliation (2.3.0)."""

from ocpi_bindings.v2_3_0.models import InvoiceReconciliationRecord
from ocpi_runtime.server import Context, Outcome, PageQuery, RawPage, Received, Stub
from ocpi_runtime.types import Raw
from ocpi_server.clock import to_micros
from ocpi_server.objects.own import OwnObjects
from ocpi_server.objects.received import ObjectAddress, ReceivedObjects

__all__ = ["RecordsReceiverMethods", "RecordsSenderMethods"]


class RecordsSenderMethods(Stub):
    """The records of our invoices, each for the party that gets the invoice only."""

    def __init__(self, own: OwnObjects) -> None:
        self._own = own

    async def get_invoice_reconciliation_records(
        self, context: Context, query: PageQuery
    ) -> RawPage:
        """List records."""
        return await self._own.page(context, query)


class RecordsReceiverMethods(Stub):
    """The records of partners, each to be touched by its owner only."""

    def __init__(self, received: ReceivedObjects) -> None:
        self._received = received

    async def post_invoice_reconciliation_record(
        self, context: Context, body: Received[InvoiceReconciliationRecord]
    ) -> Outcome:
        """Take a new record; one that is known is replaced, unless it is newer."""
        record = body.value
        place = ObjectAddress(record.country_code, record.party_id, record.id)
        stamp = to_micros(record.last_updated)
        return await self._received.put(context.partner, place, body.raw, stamp)

    async def get_stored_invoice_reconciliation_record(
        self, context: Context, country_code: str, party_id: str, id: str
    ) -> Raw:
        """Read a record back."""
        return await self._received.get(context.partner, ObjectAddress(country_code, party_id, id))

    async def put_invoice_reconciliation_record(
        self,
        context: Context,
        country_code: str,
        party_id: str,
        id: str,
        body: Received[InvoiceReconciliationRecord],
    ) -> Outcome:
        """Take a changed record."""
        place = ObjectAddress(country_code, party_id, id)
        stamp = to_micros(body.value.last_updated)
        return await self._received.put(context.partner, place, body.raw, stamp)

    async def delete_invoice_reconciliation_record(
        self, context: Context, country_code: str, party_id: str, id: str
    ) -> None:
        """Forget a record that was an error."""
        await self._received.delete(context.partner, ObjectAddress(country_code, party_id, id))
