"""Commands whose state is kept from before they are sent, whatever the outcome."""

from collections.abc import Mapping
from typing import Any, Final

from ocpi_runtime.errors import OcpiError
from ocpi_runtime.types import PartyId
from ocpi_server.async_requests.requests import RequestSender
from ocpi_server.operator_records import RequestLog
from ocpi_server.partners import PartnerRecord

__all__ = ["send_kept"]

_RESPONSE_SECONDS: Final = 60.0


async def send_kept(
    sender: RequestSender,
    log: RequestLog,
    partner: PartnerRecord,
    command: str,
    body: Mapping[str, Any],
    *,
    to_party: PartyId | None = None,
) -> str:
    """Send a command and keep its state; return its id.

    Args:
        sender: Sends it.
        log: Keeps its state.
        partner: To whom.
        command: Which command.
        body: Its fields without ``response_url``.
        to_party: Which of the partner's parties, or of those behind a hub.

    Raises:
        OcpiError: It breaks the rules of its class, or the partner has no such command; nothing was
            sent.
    """
    opened = list[str]()

    async def begin(request_id: str) -> None:
        opened.append(request_id)
        await log.begin(request_id, partner.id, command, _RESPONSE_SECONDS)

    try:
        sent = await sender.send(partner, command, body, to_party=to_party, opened=begin)
    except OcpiError as error:
        if not opened:
            raise
        await log.answered(opened[0], "FAILED", message=error.message)
        return opened[0]
    state = "WAITING" if sent.accepted else "REFUSED"
    await log.answered(sent.uid, state, response=sent.response, seconds=sent.seconds)
    return sent.uid
