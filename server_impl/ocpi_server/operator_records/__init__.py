"""What the platform remembers for those who operate it by HTTP."""

from ocpi_server.operator_records._answers import Answer, Answers, InProgress, OtherRequest
from ocpi_server.operator_records._charge_points import RESULTS, BackEndChargePoints
from ocpi_server.operator_records._events import (
    NO_EVENT,
    Event,
    EventDraft,
    EventLog,
    read_position,
)
from ocpi_server.operator_records._orders import OrderBook, StoredOrder
from ocpi_server.operator_records._records import BackEndRecords
from ocpi_server.operator_records._requests import RequestLog, StoredRequest
from ocpi_server.operator_records._webhooks import StoredWebhook, WebhookList

__all__ = [
    "NO_EVENT",
    "RESULTS",
    "Answer",
    "Answers",
    "BackEndChargePoints",
    "BackEndRecords",
    "Event",
    "EventDraft",
    "EventLog",
    "InProgress",
    "OrderBook",
    "OtherRequest",
    "RequestLog",
    "StoredOrder",
    "StoredRequest",
    "StoredWebhook",
    "WebhookList",
    "read_position",
]
