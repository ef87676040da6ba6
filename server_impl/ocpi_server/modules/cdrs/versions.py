"""The methods of the module cdrs on the stubs of each version."""

from collections.abc import Mapping
from typing import Final, final

from ocpi_bindings.v2_0.stubs import cdrs as v2_0
from ocpi_bindings.v2_1_1.stubs import cdrs as v2_1_1
from ocpi_bindings.v2_2.stubs import cdrs as v2_2
from ocpi_bindings.v2_2_1.stubs import cdrs as v2_2_1
from ocpi_bindings.v2_3_0.stubs import cdrs as v2_3_0
from ocpi_server.modules.cdrs.handlers import CdrsReceiverMethods, CdrsSenderMethods

__all__ = ["RECEIVERS", "SENDERS"]


@final
class CdrsSenderV20(CdrsSenderMethods, v2_0.CdrsSenderStub):
    """OCPI 2.0."""


@final
class CdrsSenderV211(CdrsSenderMethods, v2_1_1.CdrsSenderStub):
    """OCPI 2.1.1."""


@final
class CdrsSenderV22(CdrsSenderMethods, v2_2.CdrsSenderStub):
    """OCPI 2.2."""


@final
class CdrsSenderV221(CdrsSenderMethods, v2_2_1.CdrsSenderStub):
    """OCPI 2.2.1."""


@final
class CdrsSenderV230(CdrsSenderMethods, v2_3_0.CdrsSenderStub):
    """OCPI 2.3.0."""


SENDERS: Final[Mapping[str, type[CdrsSenderMethods]]] = {
    "2.0": CdrsSenderV20,
    "2.1.1": CdrsSenderV211,
    "2.2": CdrsSenderV22,
    "2.2.1": CdrsSenderV221,
    "2.3.0": CdrsSenderV230,
}
"""By version."""


@final
class CdrsReceiverV20(CdrsReceiverMethods, v2_0.CdrsReceiverStub):
    """OCPI 2.0."""


@final
class CdrsReceiverV211(CdrsReceiverMethods, v2_1_1.CdrsReceiverStub):
    """OCPI 2.1.1."""


@final
class CdrsReceiverV22(CdrsReceiverMethods, v2_2.CdrsReceiverStub):
    """OCPI 2.2."""


@final
class CdrsReceiverV221(CdrsReceiverMethods, v2_2_1.CdrsReceiverStub):
    """OCPI 2.2.1."""


@final
class CdrsReceiverV230(CdrsReceiverMethods, v2_3_0.CdrsReceiverStub):
    """OCPI 2.3.0."""


RECEIVERS: Final[Mapping[str, type[CdrsReceiverMethods]]] = {
    "2.0": CdrsReceiverV20,
    "2.1.1": CdrsReceiverV211,
    "2.2": CdrsReceiverV22,
    "2.2.1": CdrsReceiverV221,
    "2.3.0": CdrsReceiverV230,
}
"""By version."""
