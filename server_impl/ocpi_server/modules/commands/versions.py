"""The methods of the module commands on the stubs of each version."""

from collections.abc import Mapping
from typing import Final, final

from ocpi_bindings.v2_1_1.stubs import commands as v2_1_1
from ocpi_bindings.v2_2.stubs import commands as v2_2
from ocpi_bindings.v2_2_1.stubs import commands as v2_2_1
from ocpi_bindings.v2_3_0.stubs import commands as v2_3_0
from ocpi_server.modules.commands.handlers import CommandsReceiverMethods, CommandsSenderMethods

__all__ = ["RECEIVERS", "SENDERS"]


@final
class CommandsSenderV211(CommandsSenderMethods, v2_1_1.CommandsSenderStub):
    """OCPI 2.1.1."""


@final
class CommandsSenderV22(CommandsSenderMethods, v2_2.CommandsSenderStub):
    """OCPI 2.2."""


@final
class CommandsSenderV221(CommandsSenderMethods, v2_2_1.CommandsSenderStub):
    """OCPI 2.2.1."""


@final
class CommandsSenderV230(CommandsSenderMethods, v2_3_0.CommandsSenderStub):
    """OCPI 2.3.0."""


SENDERS: Final[Mapping[str, type[CommandsSenderMethods]]] = {
    "2.1.1": CommandsSenderV211,
    "2.2": CommandsSenderV22,
    "2.2.1": CommandsSenderV221,
    "2.3.0": CommandsSenderV230,
}
"""By version."""


@final
class CommandsReceiverV211(CommandsReceiverMethods, v2_1_1.CommandsReceiverStub):
    """OCPI 2.1.1."""


@final
class CommandsReceiverV22(CommandsReceiverMethods, v2_2.CommandsReceiverStub):
    """OCPI 2.2."""


@final
class CommandsReceiverV221(CommandsReceiverMethods, v2_2_1.CommandsReceiverStub):
    """OCPI 2.2.1."""


@final
class CommandsReceiverV230(CommandsReceiverMethods, v2_3_0.CommandsReceiverStub):
    """OCPI 2.3.0."""


RECEIVERS: Final[Mapping[str, type[CommandsReceiverMethods]]] = {
    "2.1.1": CommandsReceiverV211,
    "2.2": CommandsReceiverV22,
    "2.2.1": CommandsReceiverV221,
    "2.3.0": CommandsReceiverV230,
}
"""By version."""
