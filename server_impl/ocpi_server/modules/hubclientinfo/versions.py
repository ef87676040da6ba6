"""The methods of the module hubclientinfo on the stubs of each version."""

from collections.abc import Mapping
from typing import Final, final

from ocpi_bindings.v2_2.stubs import hubclientinfo as v2_2
from ocpi_bindings.v2_2_1.stubs import hubclientinfo as v2_2_1
from ocpi_bindings.v2_3_0.stubs import hubclientinfo as v2_3_0
from ocpi_server.modules.hubclientinfo.handlers import (
    ClientInfosReceiverMethods,
    ClientInfosSenderMethods,
)

__all__ = ["RECEIVERS", "SENDERS"]


@final
class ClientInfosSenderV22(ClientInfosSenderMethods, v2_2.HubClientInfoSenderStub):
    """OCPI 2.2."""


@final
class ClientInfosSenderV221(ClientInfosSenderMethods, v2_2_1.HubClientInfoSenderStub):
    """OCPI 2.2.1."""


@final
class ClientInfosSenderV230(ClientInfosSenderMethods, v2_3_0.HubClientInfoSenderStub):
    """OCPI 2.3.0."""


SENDERS: Final[Mapping[str, type[ClientInfosSenderMethods]]] = {
    "2.2": ClientInfosSenderV22,
    "2.2.1": ClientInfosSenderV221,
    "2.3.0": ClientInfosSenderV230,
}
"""By version."""


@final
class ClientInfosReceiverV22(ClientInfosReceiverMethods, v2_2.HubClientInfoReceiverStub):
    """OCPI 2.2."""


@final
class ClientInfosReceiverV221(ClientInfosReceiverMethods, v2_2_1.HubClientInfoReceiverStub):
    """OCPI 2.2.1."""


@final
class ClientInfosReceiverV230(ClientInfosReceiverMethods, v2_3_0.HubClientInfoReceiverStub):
    """OCPI 2.3.0."""


RECEIVERS: Final[Mapping[str, type[ClientInfosReceiverMethods]]] = {
    "2.2": ClientInfosReceiverV22,
    "2.2.1": ClientInfosReceiverV221,
    "2.3.0": ClientInfosReceiverV230,
}
"""By version."""
