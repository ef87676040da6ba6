"""The methods of the module commands."""

from typing import Any

from ocpi_runtime.server import Context, Received
from ocpi_runtime.types import Raw
from ocpi_server.services.commands import Commands
from ocpi_server.services.exchanges import Exchanges

__all__ = ["CommandsReceiverMethods", "CommandsSenderMethods"]


class CommandsSenderMethods:
    """Results of the commands that we sent."""

    def __init__(self, exchanges: Exchanges) -> None:
        self._exchanges = exchanges

    async def post_command_result(
        self, context: Context, command: str, uid: str, body: Received[Any]
    ) -> None:
        """Take the result of a command."""
        await self._exchanges.settle(context.partner, str(command), uid, body.raw)


class CommandsReceiverMethods:
    """Commands for our charge points."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands

    async def post_start_session(self, context: Context, body: Received[Any]) -> Raw:
        """Start a session."""
        return await self._commands.start_session(context, body.raw)

    async def post_stop_session(self, context: Context, body: Received[Any]) -> Raw:
        """Stop a session."""
        return await self._commands.stop_session(context, body.raw)

    async def post_reserve_now(self, context: Context, body: Received[Any]) -> Raw:
        """Reserve an EVSE."""
        return await self._commands.reserve_now(context, body.raw)

    async def post_cancel_reservation(self, context: Context, body: Received[Any]) -> Raw:
        """Cancel a reservation."""
        return await self._commands.cancel_reservation(context, body.raw)

    async def post_unlock_connector(self, context: Context, body: Received[Any]) -> Raw:
        """Unlock a connector."""
        return await self._commands.unlock_connector(context, body.raw)
