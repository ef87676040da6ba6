"""Everything that is kept for back ends, put together."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from sqlalchemy import Connection

from ocpi_server._clock import Clock
from ocpi_server._vault import Vault
from ocpi_server.operator_records._answers import Answers
from ocpi_server.operator_records._charge_points import BackEndChargePoints
from ocpi_server.operator_records._events import EventDraft, EventLog
from ocpi_server.operator_records._orders import OrderBook
from ocpi_server.operator_records._requests import RequestLog
from ocpi_server.operator_records._webhooks import WebhookList
from ocpi_server.settings import OperatorRules, Settings
from ocpi_server.store import Key
from ocpi_server.store.database import Database

__all__ = ["BackEndRecords"]


@dataclass(frozen=True, slots=True)
class BackEndRecords:
    """What the platform keeps for its back ends.

    Attributes:
        answers: Answers by the Idempotency-Key of their requests.
        events: What has changed.
        orders: What back ends have to do or to decide.
        requests: Commands that they have sent.
        webhooks: Where they want events.
    """

    answers: Answers
    events: EventLog
    orders: OrderBook
    requests: RequestLog
    webhooks: WebhookList

    @classmethod
    def of(
        cls,
        database: Database,
        rules: OperatorRules,
        vault: Vault,
        clock: Clock,
    ) -> Self:
        """Keep everything in a database.

        Args:
            database: The database.
            rules: The settings of the operator API.
            vault: Seals secrets.
            clock: Returns the current time.
        """
        events = EventLog(database, clock, timedelta(days=rules.event_days))
        return cls(
            Answers(database, vault, clock),
            events,
            OrderBook(database, events, clock),
            RequestLog(database, clock),
            WebhookList(database, vault, clock),
        )

    def points(self, settings: Settings) -> BackEndChargePoints | None:
        """Return the charge points of back ends; None where the settings do not want them."""
        if not settings.operator.has_charge_points:
            return None
        return BackEndChargePoints(self.orders, settings.command_timeout)

    def record(self, link: Connection, what: str, keys: Sequence[Key]) -> None:
        """Note that objects were ``stored`` or ``removed``, in the transaction of the change."""
        self.events.record(link, [EventDraft.of_object(what, key) for key in keys])

    def record_result(self, link: Connection, request_id: str) -> None:
        """Note that the result of a request has come, likewise."""
        self.events.record(link, [EventDraft("request.changed", uid=request_id)])

    def record_partner(self, link: Connection, what: str, partner_id: str) -> None:
        """Note that a partner was ``changed`` or ``removed``, likewise."""
        self.events.record(link, [EventDraft.of_partner(what, partner_id)])

    def steps(self) -> list[Callable[[], Awaitable[Any]]]:
        """Return what is done every second."""
        return [
            self.orders.expire,
            self.orders.purge,
            self.requests.purge,
            self.events.purge,
            self.answers.purge,
        ]
