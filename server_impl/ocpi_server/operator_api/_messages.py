"""The message log: exchanges with partners that were written down."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from ocpi_operator.v1.models import Direction, Header, Message, WholeMessage
from ocpi_operator.v1.stubs import MessagesStub
from ocpi_runtime.errors import InvalidParameters, NotFound, Violation
from ocpi_runtime.server import Context
from ocpi_server.message_log import Message as StoredMessage
from ocpi_server.message_log import MessageFilter, MessageHead, MessageLog
from ocpi_server.operator_api._partners import refused
from ocpi_server.partners import PartnerAdministration

__all__ = ["Messages"]

_MOST: Final = 100


class Messages(MessagesStub):
    """Exchanges with partners.

    Args:
        log: What was written down.
        administration: Finds partners.
    """

    def __init__(self, log: MessageLog, administration: PartnerAdministration) -> None:
        self._log, self._administration = log, administration

    async def get_messages(
        self,
        context: Context[Any],
        *,
        partner: str | None = None,
        module: str | None = None,
        status: str | None = None,
        direction: Direction | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
    ) -> list[Message]:
        """List exchanges, the latest first."""
        with refused():
            known = None if partner is None else await self._administration.find(partner)
        try:
            wanted = MessageFilter(
                partner=None if known is None else known.id,
                module=module,
                status=status,
                direction=None if direction is None else direction.value,
                since=since,
                until=until,
                before_id=before,
                limit=_MOST,
            )
        except ValueError as error:
            fault = Violation("query:status", "pattern", str(error))
            raise InvalidParameters(f"{error}.", violations=[fault]) from None
        return [_head(each) for each in (await self._log.list(wanted)).messages]

    async def get_message(self, context: Context[Any], id: int) -> WholeMessage:
        """Return an exchange with its headers and bodies."""
        found = await self._log.get(id)
        if found is None:
            raise NotFound(f"Exchange {id} not found.")
        return _whole(found)


def _head(found: MessageHead) -> Message:
    shown = Message(
        id=found.id,
        at=found.at,
        direction=Direction(found.direction),
        method=found.method,
        url=found.url,
        module=found.module,
        operation=found.operation,
        http_status=found.http_status,
        milliseconds=round(found.duration * 1000),
        request_id=found.request_id,
        correlation_id=found.correlation_id,
    )
    if found.partner is not None:
        shown.partner = found.partner
    if found.ocpi_status is not None:
        shown.ocpi_status = found.ocpi_status
    if found.error is not None:
        shown.error = found.error
    return shown


def _whole(found: StoredMessage) -> WholeMessage:
    return WholeMessage(
        message=_head(found),
        request_headers=_headers(found.request_headers),
        response_headers=_headers(found.response_headers),
        request_body=found.request_body.decode("utf-8", "replace"),
        response_body=found.response_body.decode("utf-8", "replace"),
        cut=not found.is_whole,
    )


def _headers(headers: Mapping[str, str]) -> list[Header]:
    return [Header(name=name, value=value) for name, value in headers.items()]
