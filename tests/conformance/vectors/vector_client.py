"""Generated clients with the vectors: what they send, and what they make of answers."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any, Final

import httpx2
import msgspec
from msgspec import UNSET

from ocpi_conformance.vectors import Vector, VectorFile
from ocpi_conformance.vectors._format import Answer, VectorRequest
from ocpi_conformance.vectors._world import PEER_PARTY, SUBJECT, SUBJECT_PARTY, TOKEN_A
from ocpi_runtime import codec
from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Endpoint, Limits, Problem, Request, SyncPeer
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.errors import (
    GenericClientError,
    GenericServerError,
    HttpError,
    NotAuthorized,
    NotFound,
    OcpiError,
    ProtocolError,
)
from ocpi_runtime.operations import Parameter

__all__ = ["client_faults"]

_URL: Final = "https://exb.example/ocpi/endpoint"
_FRESH: Final = frozenset({"X-Request-ID", "X-Correlation-ID"})
_ERRORS: Final[Mapping[str, tuple[type[OcpiError], ...]]] = {
    "unreadable": (ProtocolError,),
    "unauthorized": (NotAuthorized,),
    "not-found": (NotFound,),
    "client-error": (GenericClientError,),
    "server-error": (GenericServerError, HttpError),
}


def client_faults(binding: Binding[Any, Any], file: VectorFile, vector: Vector) -> list[str]:
    """Have a generated client send the request of a vector and read its answer."""
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return _response(vector.answer)

    problems: list[Problem] = []
    with httpx2.Client(transport=httpx2.MockTransport(answer)) as http:
        role = file.interface if file.interface != "both" else "sender"
        peer = SyncPeer.at(
            binding,
            [Endpoint(file.module, role, _URL)],
            TOKEN_A if vector.operation == "post_credentials" else SUBJECT.token,
            http=http,
            from_party=PEER_PARTY,
            to_party=SUBJECT_PARTY,
            dialect=Dialect.strict,
            limits=Limits(retries=0),
            on_problem=problems.append,
        )
        found = _outcome(lambda: _call(peer, binding, file, vector), vector, problems)
    different = _differences(asked[0], vector.request)
    return [*found, *(f"{vector.id}: {each}" for each in different)]


def _outcome(call: Callable[[], Any], vector: Vector, problems: list[Problem]) -> list[str]:
    assert vector.outcome is not UNSET
    try:
        call()
    except OcpiError as error:
        right = vector.outcome.result == "refused"
        if right and isinstance(error, _ERRORS[vector.outcome.cause]):
            return []
        return [f"{vector.id}: {vector.outcome} but {type(error).__name__}: {error}"]
    if vector.outcome.result == "refused":
        return [f"{vector.id}: {vector.outcome} but the answer was taken"]
    if bool(problems) != (vector.outcome.result == "reported"):
        return [f"{vector.id}: {vector.outcome} but problems are {problems}"]
    return []


def _call(peer: SyncPeer, binding: Binding[Any, Any], file: VectorFile, vector: Vector) -> Any:
    operation = binding.interfaces[file.module, file.interface].operations[vector.operation]
    sent = vector.request
    words: dict[str, Any] = {
        one.name: _value(one, (sent.parameters | sent.query)[one.name])
        for one in operation.parameters
        if one.name in sent.parameters | sent.query
    }
    if operation.body is not None:
        words["body"] = codec.decode(msgspec.json.encode(sent.body), operation.body)
    if operation.result_url:
        words = {"result_url": _URL + sent.target, "body": words["body"]}
    request: Request[Any] = getattr(_requests(binding, file.module), operation.id)(**words)
    if operation.paged:
        return list(peer.pages(request))
    return peer.send(request)


@cache
def _requests_of(package: str, module: str) -> Any:
    clients = vars(import_module(f"{package}.clients.{module}"))
    return next(one for name, one in clients.items() if name.endswith("Requests"))


def _requests(binding: Binding[Any, Any], module: str) -> Any:
    return _requests_of(binding.package, module)


def _value(parameter: Parameter, text: str) -> Any:
    if parameter.kind == "integer":
        return int(text)
    if parameter.kind in {"datetime", "zoned-datetime"}:
        return datetime.fromisoformat(text)
    return text if parameter.enum is None else parameter.enum(text)


def _response(answer: Answer) -> httpx2.Response:
    text = answer.body_text
    body = msgspec.json.encode(answer.body) if text is UNSET else str(text).encode()
    return httpx2.Response(answer.http_status, headers=answer.headers, content=body)


def _differences(asked: httpx2.Request, wanted: VectorRequest) -> list[str]:
    """Compare what was sent with a vector; a client makes ids of messages of its own."""
    found = []
    url = httpx2.URL(_URL + wanted.target)
    if (asked.method, asked.url.path) != (wanted.method, url.path):
        found.append(f"{asked.method} {asked.url} instead of {url}")
    if asked.url.params != url.params:
        found.append(f"{asked.url} instead of {url}")
    for name, text in wanted.headers.items():
        got = asked.headers.get(name)
        if got is None or (got != text and name not in _FRESH):
            found.append(f"{name}: {got} instead of {text}")
    if wanted.body is not UNSET and json.loads(asked.content) != wanted.body:
        found.append(f"body {asked.content!r} instead of {wanted.body}")
    return found
