"""The methods of the module invoicereconciliation (2.3.0)."""

from ocpi_bindings.v2_3_0.models import InvoiceReconciliationRecord
from ocpi_runtime.server import Context, Outcome, PageQuery, RawPage, Received, Stub
from ocpi_server.modules._receiver import ReceiverMethods
from ocpi_server.objects.own import OwnObjects
from ocpi_server.objects.received import ObjectAddress

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


class RecordsReceiverMethods(ReceiverMethods):
    """The records of partners, each to be touched by its owner only."""

    async def post_invoice_reconciliation_record(
        self, context: Context, body: Received[InvoiceReconciliationRecord]
    ) -> Outcome:
        """Take a new record; one that is known is replaced, unless it is newer."""
        record = body.value
        place = ObjectAddress(record.country_code, record.party_id, record.id)
        return await self._received.put(context.partner, place, body)

    get_stored_invoice_reconciliation_record = ReceiverMethods.get_object
    put_invoice_reconciliation_record = ReceiverMethods.put_object
    delete_invoice_reconciliation_record = ReceiverMethods.delete_object
