"""Requests that are sent directly: probes, pulls of lists, objects that are put back."""

import random
import ssl
from collections.abc import Mapping
from functools import cache
from types import TracebackType
from typing import Self
from uuid import UUID

import httpx2

from ocpi_conformance.fuzz.surface import Operation
from ocpi_conformance.fuzz.target import Target
from ocpi_conformance.fuzz.wire import MASKED, Answer, RecordedExchange, SentRequest
from ocpi_runtime import headers as names
from ocpi_runtime import token as tokens
from ocpi_runtime.headers import RoutingHeaders
from ocpi_runtime.types import PartyId

__all__ = ["Sender"]


@cache
def _trusted() -> ssl.SSLContext:
    # To read all certificates anew for each target would take longer than to fuzz a small one.
    return httpx2.create_ssl_context(trust_env=False)


class Sender:
    """Sends requests to one target as they are, and makes the headers that they need.

    Args:
        target: Where to.
        seed: Makes the ids of messages come out the same again.
        timeout: Seconds until an answer must be there.
    """

    def __init__(self, target: Target, *, seed: int, timeout: float) -> None:
        self._base64 = target.token_base64
        self.use(target.token)
        self._random = random.Random(seed)  # noqa: S311 - ids of messages, no secrets
        self._http = httpx2.Client(
            timeout=timeout, follow_redirects=False, trust_env=False, verify=_trusted()
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
        self.authorization = tokens.header_value(token, base64=self._base64)

    def headers(self, operation: Operation, own: PartyId, peer: PartyId | None) -> dict[str, str]:
        """Return the headers of a message, the token masked."""
        out = {"authorization": MASKED, "accept": "application/json"}
        if operation.ids:
            out[names.REQUEST_ID.lower()] = self._new_id()
            out[names.CORRELATION_ID.lower()] = self._new_id()
        if operation.routed:
            routing = RoutingHeaders(own, peer).as_headers()
            out |= {name.lower(): value for name, value in routing.items()}
        return out

    def _new_id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def unmasked(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return headers as they are sent."""
        return {
            name: self.authorization if value == MASKED else value
            for name, value in headers.items()
        }

    def send(self, sent: SentRequest) -> RecordedExchange:
        """Send a request.

        Raises:
            httpx2.HTTPError: No answer came.
        """
        answer = self._http.request(
            sent.method, sent.url, headers=self.unmasked(sent.headers), content=sent.body
        )
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return RecordedExchange(sent, Answer(answer.status_code, headers, answer.content))
