"""The paths of the operator API beside those of partners."""

import logging
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import msgspec
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ocpi_runtime import token
from ocpi_runtime.errors import GenericServerError, HttpError, NotAuthorized, OcpiError
from ocpi_runtime.server import Limits, Stub, create_app, failure_envelope
from ocpi_server.operator_api._access import Access, must_allow, permit
from ocpi_server.operator_api._bodies import from_lines, read_body, replayed
from ocpi_server.operator_api._stream import EventStream, wants_stream
from ocpi_server.operator_records import Answer, Answers, InProgress, OtherRequest
from ocpi_server.settings import OperatorRules

__all__ = ["PATH", "OperatorApp"]

log = logging.getLogger("ocpi_server.operator_api")

PATH: Final = "/operator/v1"
_EVENTS: Final = f"{PATH}/events"
_PAGES: Final = f"{PATH}/docs"
"""Swagger UI, which everybody may read."""
_KEYS: Final = "Send 'Authorization: Bearer <secret>'; 'ocpi keys add' creates a key."
_CHALLENGE: Final = ((b"www-authenticate", b"Bearer"),)
_BEARER: Final = b"bearer "
_LONGEST_KEY: Final = 255
_LINES: Final = "application/x-ndjson"
_FAILURES: Final = range(3000, 4000)
_PLAIN: Final = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)


class OperatorApp:
    """Answers requests below ``/operator/v1``; the application of partners answers all others.

    Args:
        app: The application of partners.
        origin: Scheme and host of the platform.
        rules: The settings.
        access: Finds the key of a request.
        handlers: What answers.
        answers: Keeps answers by the key of their request.
        stream: Streams events.
        docs: Whether Swagger UI is served.
    """

    def __init__(
        self,
        app: ASGIApp,
        origin: str,
        rules: OperatorRules,
        access: Access,
        handlers: Sequence[Stub],
        answers: Answers,
        stream: EventStream,
        *,
        docs: bool = False,
    ) -> None:
        self._app, self._access = app, access
        self._answers, self._stream = answers, stream
        self._limits = Limits(
            partner_requests=rules.requests_per_key, partner_rate=rules.rate_per_key or None
        )
        self._operator = create_app(
            handlers,
            authenticate=access.find,
            base_url=f"{origin}{PATH}",
            limits=self._limits,
            permit=permit,
            docs=docs,
            versions=False,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not f"{scope['path']}/".startswith(f"{PATH}/"):
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._answer(_with_token(scope), receive, sending)
        except Exception as error:
            if begun:
                raise
            more = _CHALLENGE if isinstance(error, NotAuthorized) else ()
            await _send(send, _failed(error), more)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        sent = headers.getlist("authorization")
        # Of two headers none counts, as everywhere: which one a proxy has checked is not known.
        operator = await self._access.find(token.candidates(sent[0] if len(sent) == 1 else None))
        if operator is None:
            if not scope["path"].startswith(_PAGES):
                raise NotAuthorized("The operator key is missing or not known here.", hint=_KEYS)
            await self._operator(scope, receive, send)
            return
        if scope["path"] == _EVENTS and wants_stream(scope, headers):
            must_allow(operator, "get_events")
            await self._stream.serve(operator, scope, receive, send)
            return
        if scope["method"] == "GET":
            await self._operator(scope, receive, send)
            return
        name = headers.get("idempotency-key", "")
        lines = headers.get("content-type", "").partition(";")[0].strip() == _LINES
        if not name and not lines:
            await self._operator(scope, receive, send)
            return
        body = await read_body(receive, self._limits)
        if lines:
            scope, body = from_lines(scope, body)
        if name:
            await self._once(operator.id, name, scope, body, send)
        else:
            await self._operator(scope, replayed(body), send)

    async def _once(self, operator: str, name: str, scope: Scope, body: bytes, send: Send) -> None:
        """Answer a request with an Idempotency-Key, a repeated one with the same answer."""
        if len(name) > _LONGEST_KEY:
            what = f"An Idempotency-Key has at most {_LONGEST_KEY} characters."
            raise HttpError(what, http_status=400)
        target = (scope["method"], scope["path"], scope["query_string"].decode("latin-1"))
        fingerprint = sha256("\n".join(target).encode() + b"\n" + body).hexdigest()
        try:
            known = await self._answers.begin(operator, name, fingerprint)
        except OtherRequest:
            what = "This Idempotency-Key was used with another request. Use another key."
            raise HttpError(what, http_status=409) from None
        except InProgress:
            what = "The first request with this Idempotency-Key has not been answered yet."
            raise HttpError(what, http_status=409, hint="Try again later.") from None
        if known is not None:
            await _send(send, known)
            return
        await self._first(operator, name, (scope, replayed(body), send))

    async def _first(self, operator: str, name: str, call: tuple[Scope, Receive, Send]) -> None:
        """Answer the first request of a key, and keep the answer unless a retry is allowed."""
        scope, receive, send = call
        status, parts = 0, list[bytes]()

        async def recorded(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            parts.append(message.get("body", b""))
            await send(message)

        answer = None
        try:
            await self._operator(scope, receive, recorded)
            body = b"".join(parts)
            if 0 < status < 500 and status != 429 and not _has_failed(body):  # noqa: PLR2004 - statuses that permit a retry
                answer = Answer(status, body)
        finally:
            await self._answers.end(operator, name, answer)


class _Envelope(msgspec.Struct):
    """An answer, as far as it shows whose fault a failure is."""

    status_code: int = 0


def _has_failed(body: bytes) -> bool:
    """Return whether an answer reports that this side, or a partner that it called, failed."""
    return msgspec.json.decode(body, type=_Envelope).status_code in _FAILURES if body else False


def _failed(error: Exception) -> Answer:
    """Return the answer to a request that failed before it reached its operation."""
    if not isinstance(error, OcpiError):
        log.error("a request of a back end failed", exc_info=error)
        error = GenericServerError("Internal server error.", http_status=500)
    return Answer(error.http_status, failure_envelope(error))


def _with_token(scope: Scope) -> Scope:
    """Return a request whose key is behind the word that partners use."""
    headers = [
        (name, b"Token " + value[len(_BEARER) :])
        if name == b"authorization" and value.lower().startswith(_BEARER)
        else (name, value)
        for name, value in scope["headers"]
    ]
    return {**scope, "headers": headers}


async def _send(send: Send, answer: Answer, more: Sequence[tuple[bytes, bytes]] = ()) -> None:
    headers = [*_PLAIN, *more, (b"content-length", b"%d" % len(answer.body))]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
