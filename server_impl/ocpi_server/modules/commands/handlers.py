"""The methods of the module commands."""

from collections.abc import Awaitable, Callable

from ocpi_runtime.server import Context, Received, Stub
from ocpi_runtime.types import Model, Raw
from ocpi_server.async_requests.pending import PendingRequests
from ocpi_server.modules.commands.commands import Commands
from ocpi_server.store import CheckRoom
from ocpi_server.versioning.messages import MessageConverter

__all__ = ["CommandsReceiverMethods", "CommandsSenderMethods"]


class CommandsSenderMethods(Stub):
    """Results of the commands that we sent."""

    def __init__(self, exchanges: PendingRequests) -> None:
        self._exchanges = exchanges

    async def post_command_result(
        self, context: Context, command: str, uid: str, body: Received[Model]
    ) -> None:
        """Take the result of a command."""
        await self._exchanges.settle(context.partner, str(command), uid, body.raw)


class CommandsReceiverMethods(Stub):
    """Commands for our charge points."""

    def __init__(
        self, commands: Commands, messages: MessageConverter, check_room: CheckRoom
    ) -> None:
        self._commands = commands
        self._messages = messages
        self._check_room = check_room

    async def post_start_session(self, context: Context, body: Received[Model]) -> Raw:
        """Start a session."""
        await self._check_room(context.partner.id, context.partner.parties)
        return await self._pass(context, "StartSession", body, self._commands.start_session)

    async def post_stop_session(self, context: Context, body: Received[Model]) -> Raw:
        """Stop a session."""
        return await self._pass(context, "StopSession", body, self._commands.stop_session)

    async def post_reserve_now(self, context: Context, body: Received[Model]) -> Raw:
        """Reserve an EVSE."""
        await self._check_room(context.partner.id, context.partner.parties)
        return await self._pass(context, "ReserveNow", body, self._commands.reserve_now)

    async def post_cancel_reservation(self, context: Context, body: Received[Model]) -> Raw:
        """Cancel a reservation."""
        return await self._pass(
            context, "CancelReservation", body, self._commands.cancel_reservation
        )

    async def post_unlock_connector(self, context: Context, body: Received[Model]) -> Raw:
        """Unlock a connector."""
        return await self._pass(context, "UnlockConnector", body, self._commands.unlock_connector)

    async def _pass(
        self,
        context: Context,
        kind: str,
        body: Received[Model],
        take: Callable[[Context, Raw], Awaitable[Raw]],
    ) -> Raw:
        answer = await take(context, await self._messages.read(context, kind, body.raw))
        return self._messages.write(context, "CommandResponse", answer)
