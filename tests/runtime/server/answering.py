"""Handlers that return whatever a test wants."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from ocpi_bindings.v2_2_1.interfaces import CDRS_RECEIVER, LOCATIONS_RECEIVER, LOCATIONS_SENDER
from ocpi_runtime.server import Stub
from tests.server_impl.samples import cdr

__all__ = ["CDR", "Answering", "AnsweringCdrs", "AnsweringReceiver"]

CDR = json.dumps(cdr()).encode()


class Answering(Stub):
    """Has every method of its interface; all return the same."""

    INTERFACE = LOCATIONS_SENDER

    def __init__(self, result: Any) -> None:
        self._result = result

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def method(*_: Any, **__: Any) -> Any:
            return self._result

        return method


class AnsweringReceiver(Answering):
    """Takes locations."""

    INTERFACE = LOCATIONS_RECEIVER


class AnsweringCdrs(Answering):
    """Takes CDRs."""

    INTERFACE = CDRS_RECEIVER
