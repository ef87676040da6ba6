"""The methods of the module sessions on the stubs of each version."""

from collections.abc import Mapping
from typing import Final, final

from ocpi_bindings.v2_0.stubs import sessions as v2_0
from ocpi_bindings.v2_1_1.stubs import sessions as v2_1_1
from ocpi_bindings.v2_2.stubs import sessions as v2_2
from ocpi_bindings.v2_2_1.stubs import sessions as v2_2_1
from ocpi_bindings.v2_3_0.stubs import sessions as v2_3_0
from ocpi_server.modules.sessions.handlers import SessionsReceiverMethods, SessionsSenderMethods

__all__ = ["RECEIVERS", "SENDERS"]


@final
class SessionsSenderV20(SessionsSenderMethods, v2_0.SessionsSenderStub):
    """OCPI 2.0."""


@final
class SessionsSenderV211(SessionsSenderMethods, v2_1_1.SessionsSenderStub):
    """OCPI 2.1.1."""


@final
class SessionsSenderV22(SessionsSenderMethods, v2_2.SessionsSenderStub):
    """OCPI 2.2."""


@final
class SessionsSenderV221(SessionsSenderMethods, v2_2_1.SessionsSenderStub):
    """OCPI 2.2.1."""


@final
class SessionsSenderV230(SessionsSenderMethods, v2_3_0.SessionsSenderStub):
    """OCPI 2.3.0."""


SENDERS: Final[Mapping[str, type[SessionsSenderMethods]]] = {
    "2.0": SessionsSenderV20,
    "2.1.1": SessionsSenderV211,
    "2.2": SessionsSenderV22,
    "2.2.1": SessionsSenderV221,
    "2.3.0": SessionsSenderV230,
}
"""By version."""


@final
class SessionsReceiverV20(SessionsReceiverMethods, v2_0.SessionsReceiverStub):
    """OCPI 2.0."""


@final
class SessionsReceiverV211(SessionsReceiverMethods, v2_1_1.SessionsReceiverStub):
    """OCPI 2.1.1."""


@final
class SessionsReceiverV22(SessionsReceiverMethods, v2_2.SessionsReceiverStub):
    """OCPI 2.2."""


@final
class SessionsReceiverV221(SessionsReceiverMethods, v2_2_1.SessionsReceiverStub):
    """OCPI 2.2.1."""


@final
class SessionsReceiverV230(SessionsReceiverMethods, v2_3_0.SessionsReceiverStub):
    """OCPI 2.3.0."""


RECEIVERS: Final[Mapping[str, type[SessionsReceiverMethods]]] = {
    "2.0": SessionsReceiverV20,
    "2.1.1": SessionsReceiverV211,
    "2.2": SessionsReceiverV22,
    "2.2.1": SessionsReceiverV221,
    "2.3.0": SessionsReceiverV230,
}
"""By version."""
