"""Posting events to webhooks: signed, in order, each at its own pace."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import httpx2

from ocpi_runtime.client import connection_failure, http_client
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.urls import UrlPolicy
from ocpi_server.operator_api._events import as_json
from ocpi_server.operator_records import Event, EventLog, StoredWebhook, WebhookList

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
    """

    def __init__(
        self,
        hooks: WebhookList,
        events: EventLog,
        policy: UrlPolicy,
    ) -> None:
        self._hooks, self._events, self._policy = hooks, events, policy
        self._lanes: dict[str, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver until the block ends."""
        async with http_client(self._policy) as http:
            task = asyncio.create_task(self._run(http), name="webhooks")
            try:
                yield
            finally:
                lanes = list(self._lanes.values())
                for each in (task, *lanes):
                    each.cancel()
                await asyncio.gather(task, *lanes, return_exceptions=True)

    async def _run(self, http: httpx2.AsyncClient) -> None:
        """Begin a lane for each webhook that lacks events; none waits for another."""
        while True:
            try:
                for webhook_id in await self._hooks.due(await self._events.last()):
                    if webhook_id not in self._lanes:
                        lane = asyncio.create_task(self._lane(http, webhook_id))
                        self._lanes[webhook_id] = lane
            except Exception:
                log.exception("webhooks that lack events could not be looked up")
            await self._events.wait()

    async def _lane(self, http: httpx2.AsyncClient, webhook_id: str) -> None:
        """Deliver to one webhook until it has all events, or one delivery fails."""
        try:
            hook = await self._hooks.take(webhook_id)
            if hook is not None:
                try:
                    await self._deliver(http, hook)
                except asyncio.CancelledError:
                    await self._hooks.leave(webhook_id)  # another process goes on at once
                    raise
        except Exception:
            log.exception("the state of webhook %s could not be stored", webhook_id)
        finally:
            del self._lanes[webhook_id]

    async def _deliver(self, http: httpx2.AsyncClient, hook: StoredWebhook) -> None:
        error = None
        try:
            while error is None and (found := await self._events.after(hook.position, _EVENTS)):
                error = await self._post(http, hook, found)
                if error is None:
                    advanced = await self._hooks.advance(hook.id, found[-1].id)
                    if advanced is None:
                        return
                    hook = advanced
        except Exception:
            log.exception("events could not be delivered to webhook %s", hook.id)
            error = "An internal error; see the log."
        if error is None:
            await self._hooks.leave(hook.id)
        else:
            log.warning("webhook %s failed: %s", hook.id, error)
            await self._hooks.fail(hook, error)

    async def _post(
        self, http: httpx2.AsyncClient, hook: StoredWebhook, found: Sequence[Event]
    ) -> str | None:
        """Post those of some events that a webhook wants; return the error, or None."""
        wanted = [one for one in found if one.news.kind.startswith(hook.kinds or ("",))]
        if not wanted:
            return None
        gap = b'"gap":true,' if await self._events.has_gap(hook.position) else b""
        return await self._send(
            http, hook, b'{%s"events":[%s]}' % (gap, b",".join(as_json(each) for each in wanted))
        )

    async def _send(self, http: httpx2.AsyncClient, hook: StoredWebhook, body: bytes) -> str | None:
        """Post a message; return the error, or None if it was accepted."""
        secrets = self._hooks.secrets_of(hook)
        headers = {
            "content-type": "application/json",
            "ocpi-signature": secrets.signature(int(time.time()), body),
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
            return f"The connection failed: {connection_failure(error, hook.url)}."
        return None if answer.status_code in _GOOD else f"HTTP status {answer.status_code}."
