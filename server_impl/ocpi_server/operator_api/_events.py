"""Events: as a list, as a stream of server-sent events, and at webhooks."""

from typing import Any

import msgspec

from ocpi_operator.v1.models import (
    AddedWebhook,
    NewWebhook,
    NewWebhookSecret,
    Webhook,
    WebhookSecret,
)
from ocpi_operator.v1.stubs import EventsStub, WebhooksStub
from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.errors import InvalidParameters, Violation
from ocpi_runtime.server import Context, Received
from ocpi_runtime.types import Raw
from ocpi_runtime.urls import UrlPolicy, check_url
from ocpi_server._clock import SECOND, from_micros
from ocpi_server.operator_api._access import allows
from ocpi_server.operator_records import (
    NO_EVENT,
    Event,
    EventLog,
    StoredWebhook,
    WebhookList,
    read_position,
)

__all__ = ["Events", "Webhooks", "as_json", "checked_position"]


class Events(EventsStub):
    """What has changed.

    Args:
        log: The events.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log

    async def get_events(self, context: Context[Any], *, after: str | None = None) -> Raw:
        """List events after a position.

        Raises:
            InvalidParameters: The position is not the id of an event, is behind the newest one, or
                events behind it may have been deleted.
        """
        found = await self._log.after(checked_position(after))
        if after is not None:
            await (self._must_be_kept(after) if found else self._must_be_reached(after))
        return Raw(b"[" + b",".join(as_json(each) for each in found) + b"]")

    async def _must_be_reached(self, position: str) -> None:
        """Refuse a place where a client would wait for nothing, as after a restored backup."""
        last = await self._log.last()
        if last == NO_EVENT or read_position(position) <= read_position(last):
            return
        what = f"{position} is behind the newest event, {last}."
        raise _out_of_reach(what, "The database may have been restored from a backup.")

    async def _must_be_kept(self, position: str) -> None:
        """Refuse a place behind which events are missing, which a client would not notice."""
        if await self._log.has_gap(position):
            what = f"Events after {position} may have been deleted; the newest one is "
            raise _out_of_reach(f"{what}{await self._log.last()}.", "They are kept for a while.")


class Webhooks(WebhooksStub):
    """The webhooks that receive events.

    Args:
        hooks: The webhooks.
        log: The events.
        policy: Which URLs may be called.
    """

    def __init__(self, hooks: WebhookList, log: EventLog, policy: UrlPolicy) -> None:
        self._hooks, self._log, self._policy = hooks, log, policy

    async def get_webhooks(self, context: Context[Any]) -> list[Webhook]:
        """List the webhooks, with whole URLs for keys that may set them."""
        whole = allows(context.partner, "post_webhook")
        return [_webhook(each, whole=whole) for each in await self._hooks.every()]

    async def post_webhook(self, context: Context[Any], body: Received[NewWebhook]) -> AddedWebhook:
        """Add a webhook, for events from now on.

        Raises:
            UnsafeUrl: The URL may not be called.
        """
        url = body.value.url
        check_url(url, self._policy)
        kinds = list(body.value.kinds or ())
        webhook_id, secret = await self._hooks.add(url, kinds, await self._log.last())
        return AddedWebhook(id=webhook_id, url=url, secret=secret)

    async def post_webhook_secret(
        self, context: Context[Any], id: str, body: Received[NewWebhookSecret]
    ) -> WebhookSecret:
        """Sign messages with a new secret, and for a while with those of before, too."""
        secret, until = await self._hooks.renew_secret(id, body.value.overlap * SECOND)
        return WebhookSecret(id=id, secret=secret, former_until=from_micros(until))

    async def delete_webhook(self, context: Context[Any], id: str) -> None:
        """Remove a webhook."""
        await self._hooks.remove(id)


def _out_of_reach(what: str, reason: str) -> InvalidParameters:
    """Return the error for a place from which events cannot be followed."""
    return InvalidParameters(
        what,
        violations=[Violation("query:after", "id", what)],
        hint=f"Read the lists again and go on after the newest event. {reason}",
    )


def checked_position(text: str | None) -> str | None:
    """Return the id of an event, or None for None.

    Raises:
        InvalidParameters: It is none.
    """
    try:
        read_position(text)
    except ValueError as error:
        what = f"{error}."
        raise InvalidParameters(what, violations=[Violation("query:after", "id", what)]) from None
    return text


def as_json(event: Event) -> bytes:
    """Write an event."""
    news = {name: value for name, value in event.news._asdict().items() if value}
    at = format_timestamp(from_micros(event.at))
    return msgspec.json.encode({"id": event.id, "at": at, **news})


def _webhook(hook: StoredWebhook, *, whole: bool) -> Webhook:
    shown = Webhook(
        id=hook.id,
        url=hook.url if whole else hook.origin,
        kinds=list(hook.kinds),
        delivered=hook.position,
        tries=hook.tries,
    )
    if hook.error is not None:
        shown.error = hook.error
    return shown
