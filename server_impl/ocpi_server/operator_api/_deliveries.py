"""Posting events to webhooks: signed, in order, each at its own pace."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import httpx2

from ocpi_runtime.client import http_client
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.urls import UrlPolicy
from ocpi_server.operator_api._events import as_json
from ocpi_server.operator_records import EventLog, StoredWebhook, WebhookList, signature

__all__ = ["Deliveries"]

log = logging.getLogger("ocpi_server.webhooks")

_SECONDS: Final = 10.0
"""How long one delivery may take."""
_EVENTS: Final = 100
"""How many events one message has at most."""
_GOOD: Final = range(200, 300)


class Deliveries:
    """Posts events to webhooks while the platform is served.

    Args:
        hooks: The webhooks.
        events: The events.
        policy: Which URLs may be called.
        unseal: Opens the secrets of signatures.
    """

    def __init__(
        self,
        hooks: WebhookList,
        events: EventLog,
        policy: UrlPolicy,
        unseal: Callable[[bytes], str],
    ) -> None:
        self._hooks, self._events = hooks, events
        self._policy, self._unseal = policy, unseal

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver until the block ends."""
        async with http_client(self._policy) as http:
            task = asyncio.create_task(self._run(http), name="webhooks")
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _run(self, http: httpx2.AsyncClient) -> None:
        while True:
            try:
                taken = await self._hooks.take()
                await asyncio.gather(*(self._deliver(http, each) for each in taken))
            except Exception:
                log.exception("events could not be delivered")
            await self._events.wait()

    async def _deliver(self, http: httpx2.AsyncClient, hook: StoredWebhook) -> None:
        """Post new events; a failing webhook does not delay others for long."""
        found = await self._events.after(hook.position, _EVENTS)
        wanted = [one for one in found if one.news.kind.startswith(hook.kinds or ("",))]
        position, error = found[-1].id if found else hook.position, None
        if wanted:
            error = await self._post(http, hook, b",".join(as_json(each) for each in wanted))
        if error is not None:
            position = hook.position
            log.warning("webhook %s failed: %s", hook.id, error)
        await self._hooks.release(hook, position, error)

    async def _post(
        self, http: httpx2.AsyncClient, hook: StoredWebhook, events: bytes
    ) -> str | None:
        """Post a message; return the error, or None if it was accepted."""
        body, now = b'{"events":[' + events + b"]}", int(time.time())
        headers = {
            "content-type": "application/json",
            "ocpi-signature": signature(self._unseal(hook.sealed_secret), now, body),
        }
        try:
            async with asyncio.timeout(_SECONDS):
                request = http.build_request("POST", hook.url, content=body, headers=headers)
                answer = await http.send(request, stream=True, follow_redirects=False)
                await answer.aclose()  # its content is ignored, however long it is
        except TimeoutError:
            return f"No answer within {_SECONDS:.0f} seconds."
        except OcpiError as error:
            return error.message
        except httpx2.HTTPError as error:
            return f"It could not be reached: {type(error).__name__}."
        return None if answer.status_code in _GOOD else f"HTTP status {answer.status_code}."
