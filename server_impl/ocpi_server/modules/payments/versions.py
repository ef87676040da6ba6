"""The methods of the module payments on the stubs of each version."""

from collections.abc import Mapping
from typing import Final, final

from ocpi_bindings.v2_3_0.stubs import payments as v2_3_0
from ocpi_server.modules.payments.handlers import PaymentsReceiverMethods, PaymentsSenderMethods

__all__ = ["RECEIVERS", "SENDERS"]


@final
class PaymentsSenderV230(PaymentsSenderMethods, v2_3_0.PaymentsSenderStub):
    """OCPI 2.3.0."""


SENDERS: Final[Mapping[str, type[PaymentsSenderMethods]]] = {
    "2.3.0": PaymentsSenderV230,
}
"""By version."""


@final
class PaymentsReceiverV230(PaymentsReceiverMethods, v2_3_0.PaymentsReceiverStub):
    """OCPI 2.3.0."""


RECEIVERS: Final[Mapping[str, type[PaymentsReceiverMethods]]] = {
    "2.3.0": PaymentsReceiverV230,
}
"""By version."""
