"""Requests that are sent directly: probes, pulls of lists, objects that are put back."""

import random
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Final, Self
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import httpx2

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.exchanges.target import Target
from ocpi_conformance.exchanges.wire import (
    MASKED,
    MASKED_BASE64,
    Answer,
    RecordedExchange,
    SentRequest,
    is_mask,
    mask_of,
    unmasked_authorization,
)
from ocpi_runtime import headers as names
from ocpi_runtime import token as tokens
from ocpi_runtime.client import connection_failure, ssl_context
from ocpi_runtime.headers import RoutingHeaders
from ocpi_runtime.types import PartyId

__all__ = ["Sender"]

_REDIRECTS: Final = range(300, 400)
_KEEP_METHOD: Final = frozenset({307, 308})
_MOST_REDIRECTS: Final = 3


class Sender:
    """Sends requests to one target as they are, and makes the headers that they need.

    Args:
        target: Where to.
        seed: Makes the ids of messages come out the same again.
        timeout: Seconds until an answer must be there.
    """

    def __init__(self, target: Target, *, seed: int, timeout: float) -> None:
        self._base64 = target.token_base64
        self._mask = MASKED_BASE64 if target.token_base64 else MASKED
        self._extra = {name.lower(): value for name, value in target.transport.headers.items()}
        self.use(target.token)
        self._random = random.Random(seed)  # noqa: S311 - ids of messages, no secrets
        self._http = httpx2.Client(
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
            verify=ssl_context(target.transport),
            proxy=target.transport.proxy,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def use(self, token: str) -> None:
        """Send another token from now on."""
        self._token = token
        self.authorization = tokens.header_value(token, base64=self._base64)

    def headers(self, operation: Operation, own: PartyId, peer: PartyId | None) -> dict[str, str]:
        """Return the headers of a message, the token masked."""
        out = {"authorization": self._mask, "accept": "application/json"}
        if operation.ids:
            out[names.REQUEST_ID.lower()] = self._new_id()
            out[names.CORRELATION_ID.lower()] = self._new_id()
        if operation.routed:
            routing = RoutingHeaders(own, peer).as_headers()
            out |= {name.lower(): value for name, value in routing.items()}
        return out | {name: mask_of(name) for name in self._extra}

    def _new_id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def unmasked(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return headers as they are sent."""
        return {
            name: self._secret_of(name, value) if is_mask(name, value) else value
            for name, value in headers.items()
        }

    def _secret_of(self, name: str, mask: str) -> str:
        if name == "authorization":
            return unmasked_authorization(mask, self._token)
        return self._extra.get(name, mask)

    def masked(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return headers in lower case, with the token and the extra headers masked."""
        secrets = {"authorization": self.authorization, **self._extra}
        lowered = {name.lower(): value for name, value in headers.items()}
        return {
            name: self._mask_of(name) if value == secrets.get(name) else value
            for name, value in lowered.items()
        }

    def _mask_of(self, name: str) -> str:
        return self._mask if name == "authorization" else mask_of(name)

    def send(self, sent: SentRequest) -> RecordedExchange:
        """Send a request.

        A party may close a connection that was kept alive while the request is on its way; such a
        request is sent again on a new one. Redirects are followed as far as the same host has
        the answer, and any method may go there.

        Raises:
            httpx2.HTTPError: No answer came.
        """
        mask = sent.headers.get("authorization", "")
        if mask in {MASKED, MASKED_BASE64} and mask != self._mask:
            sent = replace(sent, headers={**sent.headers, "authorization": self._mask})
        exchange = self._exchange(sent)
        for _ in range(_MOST_REDIRECTS):
            url = _next_url(exchange)
            if not url:
                break
            again = self._exchange(replace(exchange.sent, url=url))
            exchange = replace(again, redirect=exchange.redirect or exchange)
        return exchange

    def try_to_send(self, sent: SentRequest) -> RecordedExchange:
        """Send a request; without an answer the status is 0, and the body the reason."""
        try:
            return self.send(sent)
        except httpx2.HTTPError as error:
            reason = connection_failure(error, sent.url)
            return RecordedExchange(sent, Answer(0, {}, reason.encode()))

    def _exchange(self, sent: SentRequest) -> RecordedExchange:
        try:
            answer = self._request(sent)
        except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
            answer = self._request(sent)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return RecordedExchange(sent, Answer(answer.status_code, headers, answer.content))

    def _request(self, sent: SentRequest) -> httpx2.Response:
        headers = self.unmasked(sent.headers)
        return self._http.request(sent.method, sent.url, headers=headers, content=sent.body)


def _next_url(exchange: RecordedExchange) -> str:
    """Return where a redirect leads; empty if the request must not be sent there."""
    status, sent = exchange.answer.status, exchange.sent
    if status not in _REDIRECTS or (sent.method != "GET" and status not in _KEEP_METHOD):
        return ""
    location = exchange.answer.headers.get("location", "")
    url = urljoin(sent.url, location) if location else ""
    same_host = urlsplit(url)[:2] == urlsplit(sent.url)[:2]
    return url if same_host and url != sent.url else ""
