"""Commands to partners, and orders to the back end."""

from typing import Any

import msgspec

from ocpi_bindings.v2_2_1.models import ActiveChargingProfileResult
from ocpi_operator.v1.models import (
    CommandName,
    NewRequest,
    OrderResult,
    OrderState,
    RequestState,
)
from ocpi_operator.v1.stubs import OrdersStub, RequestsStub
from ocpi_runtime.codec import format_timestamp, validate
from ocpi_runtime.errors import InvalidParameters, Violation
from ocpi_runtime.server import Context, Page, PageQuery, RawPage, Received
from ocpi_runtime.types import Raw
from ocpi_server._clock import from_micros
from ocpi_server._operations import Operations
from ocpi_server.async_requests.keeping import send_kept
from ocpi_server.operator_api._partners import refused
from ocpi_server.operator_api._state import party
from ocpi_server.operator_records import RESULTS, OrderBook, RequestLog, StoredOrder, StoredRequest

__all__ = ["Orders", "Requests"]


class Requests(RequestsStub):
    """Commands to partners.

    Args:
        platform: The platform.
        log: Remembers them.
    """

    def __init__(self, platform: Operations, log: RequestLog) -> None:
        self._platform, self._log = platform, log

    async def get_requests(self, context: Context[Any], query: PageQuery) -> RawPage:
        """List requests, the newest first."""
        found, total = await self._log.page(query.offset, query.limit)
        items = [_request(each) for each in found]
        return Page(items, total=total, more=query.offset + len(items) < total)

    async def get_request(self, context: Context[Any], id: str) -> Raw:
        """Return a request."""
        return _request(await self._log.get(id))

    async def post_request(self, context: Context[Any], body: Received[NewRequest]) -> Raw:
        """Send a command and keep its state, whatever the outcome."""
        wanted = body.value
        with refused():
            partner = await self._platform.administration.find(wanted.partner)
        sent = msgspec.json.decode(body.raw, type=dict[str, msgspec.Raw])["body"]
        fields = msgspec.json.decode(sent, type=dict[str, msgspec.Raw])
        content: dict[str, Any] = {name: bytes(part) for name, part in fields.items()}
        content.pop("response_url", None)
        to_party = party(wanted.to_party or None)
        request_id = await send_kept(
            self._platform.requests, self._log, partner, wanted.command, content, to_party=to_party
        )
        return _request(await self._log.get(request_id))


class Orders(OrdersStub):
    """The orders to the back end.

    Args:
        book: The orders.
    """

    def __init__(self, book: OrderBook) -> None:
        self._book = book

    async def get_orders(
        self, context: Context[Any], query: PageQuery, *, state: OrderState | None = None
    ) -> RawPage:
        """List orders, the newest first."""
        found, total = await self._book.page(state, query.offset, query.limit)
        items = [_order(each) for each in found]
        return Page(items, total=total, more=query.offset + len(items) < total)

    async def get_order(self, context: Context[Any], id: str) -> Raw:
        """Return an order."""
        return _order(await self._book.get(id))

    async def put_order_result(
        self, context: Context[Any], id: str, body: Received[OrderResult]
    ) -> Raw:
        """Store the result of an order; the first one counts."""
        known = await self._book.get(id)
        _check_fields(known, body.value)
        if known.kind == "ACTIVE_PROFILE":
            validate(body.raw, ActiveChargingProfileResult)
        return _order(await self._book.report(id, bytes(body.raw)))


def _check_fields(order: StoredOrder, reported: OrderResult) -> None:
    """Check that a result is one of its order, at an EVSE that was offered.

    Raises:
        InvalidParameters: It is not.
    """
    places = msgspec.json.decode(order.body).get("choices", ())
    results, offered = sorted(RESULTS[order.kind]), [each["evse_uid"] for each in places]
    named = reported.evse_uid or ""
    if reported.result not in results:
        fault = f"{reported.result} is not a result of {order.kind}", "/result", results
    elif named and offered and named.lower() not in map(str.lower, offered):
        fault = f"EVSE {named} was not offered in this order", "/evse_uid", offered
    else:
        return
    what = f"{fault[0]}; allowed: {', '.join(fault[2])}."
    raise InvalidParameters(what, violations=[Violation(fault[1], "enum", what)])


def _request(request: StoredRequest) -> Raw:
    shown: dict[str, Any] = {
        "id": request.id,
        "partner": request.partner,
        "command": CommandName(request.command),
        "state": RequestState(request.state),
        "created": _instant(request.created),
        "updated": _instant(request.updated),
    }
    if request.response is not None:
        shown["response"] = request.response
    if request.message is not None:
        shown["message"] = request.message
    if request.result is not None:
        shown["result"] = msgspec.Raw(request.result)
    return Raw(msgspec.json.encode(shown))


def _order(order: StoredOrder) -> Raw:
    shown: dict[str, Any] = {
        "id": order.id,
        "kind": order.kind,
        "state": order.state,
        "body": msgspec.Raw(order.body),
        "created": _instant(order.created),
        "expires": _instant(order.expires),
    }
    if order.result is not None:
        shown["result"] = msgspec.Raw(order.result)
    return Raw(msgspec.json.encode(shown))


def _instant(micros: int) -> str:
    return format_timestamp(from_micros(micros))
