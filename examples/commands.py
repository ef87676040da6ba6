"""Commands with their asynchronous result, from both sides.

The eMSP sends START_SESSION and waits for the result, which the CPO sends to the response URL when
the charge point has answered.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import final

from ocpi_bindings.v2_2_1 import models as ocpi
from ocpi_bindings.v2_2_1.clients import Clients
from ocpi_bindings.v2_2_1.stubs import CommandsReceiverStub, CommandsSenderStub
from ocpi_runtime.errors import NotFound, NotSupported, OcpiError
from ocpi_runtime.server import Context, Received, endpoint_url

CPO_SECONDS = 30


@final
class Results(CommandsSenderStub):
    """The eMSP: sends commands and receives their results.

    Args:
        peer: The client of the CPO.
        base_url: That of ``create_app``, where this handler is mounted.
    """

    def __init__(self, peer: Clients, base_url: str) -> None:
        self._peer = peer
        self._url = endpoint_url(base_url, self.INTERFACE)
        self._waiting: dict[str, asyncio.Future[ocpi.CommandResult]] = {}

    async def start_session(self, token: ocpi.Token, location_id: str) -> str:
        """Start a session and return how it ended: a result of OCPI, or TIMEOUT."""
        uid = str(uuid.uuid4())
        result = self._waiting[uid] = asyncio.get_running_loop().create_future()
        command = ocpi.StartSession(
            response_url=f"{self._url}/START_SESSION/{uid}", token=token, location_id=location_id
        )
        try:
            answer = await self._peer.commands.post_start_session(command)
            if answer.result != ocpi.CommandResponseType.ACCEPTED:
                return answer.result.value
            async with asyncio.timeout(answer.timeout):
                ended: str = (await result).result.value
                return ended
        except TimeoutError:
            return ocpi.CommandResultType.TIMEOUT.value
        finally:
            del self._waiting[uid]

    async def post_command_result(
        self,
        context: Context,
        command: ocpi.CommandType,
        uid: str,
        body: Received[ocpi.CommandResult],
    ) -> None:
        waiting = self._waiting.get(uid)
        if waiting is None or waiting.done():
            raise NotFound(f"No command {uid} waits for a result.")
        waiting.set_result(body.value)


@final
class ChargePoints(CommandsReceiverStub):
    """The CPO: accepts commands, asks the charge point, and sends the result.

    Args:
        emsp: Returns the client of the eMSP.
        start: Asks the charge point of a location; True if it starts.
    """

    def __init__(
        self, emsp: Callable[[], Clients], start: Callable[[str], Awaitable[bool]]
    ) -> None:
        self._emsp, self._start = emsp, start
        self._tasks: set[asyncio.Task[None]] = set()

    async def post_start_session(
        self, context: Context, body: Received[ocpi.StartSession]
    ) -> ocpi.CommandResponse:
        task = asyncio.create_task(self._carry_out(body.value))
        self._tasks.add(task)  # the event loop keeps no reference to it
        task.add_done_callback(self._tasks.discard)
        return ocpi.CommandResponse(result=ocpi.CommandResponseType.ACCEPTED, timeout=CPO_SECONDS)

    async def _carry_out(self, command: ocpi.StartSession) -> None:
        kinds = ocpi.CommandResultType
        started = await self._start(command.location_id)
        result = ocpi.CommandResult(result=kinds.ACCEPTED if started else kinds.FAILED)
        try:
            await self._emsp().commands.post_command_result(command.response_url, result)
        except OcpiError as error:
            print(f"The result of a command was not delivered: {error}")

    async def post_stop_session(
        self, context: Context, body: Received[ocpi.StopSession]
    ) -> ocpi.CommandResponse:
        raise NotSupported

    async def post_reserve_now(
        self, context: Context, body: Received[ocpi.ReserveNow]
    ) -> ocpi.CommandResponse:
        raise NotSupported

    async def post_cancel_reservation(
        self, context: Context, body: Received[ocpi.CancelReservation]
    ) -> ocpi.CommandResponse:
        raise NotSupported

    async def post_unlock_connector(
        self, context: Context, body: Received[ocpi.UnlockConnector]
    ) -> ocpi.CommandResponse:
        raise NotSupported
