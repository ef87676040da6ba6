"""The methods of the module invoicereconciliation on the stubs of each version."""

from collections.abc import Mapping
from typing import Final, final

from ocpi_bindings.v2_3_0.stubs import invoicereconciliation as v2_3_0
from ocpi_server.modules.invoicereconciliation.handlers import (
    RecordsReceiverMethods,
    RecordsSenderMethods,
)

__all__ = ["RECEIVERS", "SENDERS"]


@final
class RecordsSenderV230(RecordsSenderMethods, v2_3_0.InvoiceReconciliationSenderStub):
    """OCPI 2.3.0."""


SENDERS: Final[Mapping[str, type[RecordsSenderMethods]]] = {
    "2.3.0": RecordsSenderV230,
}
"""By version."""


@final
class RecordsReceiverV230(RecordsReceiverMethods, v2_3_0.InvoiceReconciliationReceiverStub):
    """OCPI 2.3.0."""


RECEIVERS: Final[Mapping[str, type[RecordsReceiverMethods]]] = {
    "2.3.0": RecordsReceiverV230,
}
"""By version."""
