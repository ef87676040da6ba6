"""Malformed answers, for tests of clients."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, Literal

from msgspec import UNSET

from ocpi_conformance._references import resolved
from ocpi_conformance.vectors._answers import answer_headers, envelope
from ocpi_conformance.vectors._bundles import VectorOperation
from ocpi_conformance.vectors._format import Answer, ClientOutcome, WrongPart

__all__ = ["MalformedAnswer", "malformed_answers"]

_UNREADABLE: Final = ClientOutcome("refused", "unreadable")
_HTML: Final = "<html><body>Bad Gateway</body></html>"


@dataclass(frozen=True)
class MalformedAnswer:
    """An answer with which a call must fail.

    Attributes:
        name: What its id ends with.
        answer: The answer.
        wrong: What is wrong with it.
        outcome: How a client must treat it.
    """

    name: str
    answer: Answer
    wrong: WrongPart
    outcome: ClientOutcome


def malformed_answers(operation: VectorOperation, good: Answer) -> Iterator[MalformedAnswer]:
    """Make answers with which a call of an operation must fail."""
    yield from _refusals(operation)
    yield from _texts(operation, good)
    yield from _envelopes(operation, good)
    if operation.operation.result is not None:
        yield from _data(operation, good)


def _refusals(operation: VectorOperation) -> Iterator[MalformedAnswer]:
    """Make well-formed answers that refuse."""
    headers = answer_headers(operation, routed=False)
    for name, http, code, cause, what in _REFUSALS:
        if name == "not-found" and operation.method != "GET":
            continue
        wrong = WrongPart(name, what, operation.section)
        answer = Answer(http, headers, envelope(code, what))
        yield MalformedAnswer(name, answer, wrong, ClientOutcome("refused", cause))
    wrong = WrongPart("html", "An HTML page of a proxy comes with HTTP 502.", operation.section)
    answer = Answer(502, {"Content-Type": "text/html"}, body_text=_HTML)
    yield MalformedAnswer("html-502", answer, wrong, ClientOutcome("refused", "server-error"))


Cause = Literal["unauthorized", "not-found", "client-error", "server-error"]
_REFUSALS: Final[tuple[tuple[str, int, int, Cause, str], ...]] = (
    ("unauthorized", 401, 2000, "unauthorized", "The token is refused."),
    ("not-found", 404, 2000, "not-found", "The object is unknown."),
    ("status-2xxx", 200, 2001, "client-error", "The OCPI status is a client error."),
    ("status-3xxx", 200, 3000, "server-error", "The OCPI status is a server error."),
    ("http-500", 500, 3000, "server-error", "The server failed."),
)


def _texts(operation: VectorOperation, good: Answer) -> Iterator[MalformedAnswer]:
    for name, text, what in (
        ("html", _HTML, "The body is an HTML page, with HTTP 200."),
        ("cut-off", '{"status_code": 1000, "timest', "The body is JSON that ends too early."),
        ("list", "[]", "The body is a list and not an envelope."),
    ):
        wrong = WrongPart(name, what, operation.section, pointer="")
        answer = Answer(good.http_status, good.headers, body_text=text)
        yield MalformedAnswer(name, answer, wrong, _UNREADABLE)


def _envelopes(operation: VectorOperation, good: Answer) -> Iterator[MalformedAnswer]:
    for name, part, what in (
        ("status-code-missing", {"status_code": UNSET}, "status_code is missing."),
        ("status-code-text", {"status_code": "OK"}, "status_code is not an integer."),
    ):
        wrong = WrongPart(name, what, operation.section, pointer="/status_code")
        body = {key: value for key, value in {**good.body, **part}.items() if value is not UNSET}
        answer = Answer(good.http_status, good.headers, body, schema=good.schema)
        yield MalformedAnswer(name, answer, wrong, _UNREADABLE)


def _data(operation: VectorOperation, good: Answer) -> Iterator[MalformedAnswer]:
    data = good.body["data"]
    other: Any = {} if isinstance(data, list) else []
    yield _with_data(operation, good, "data-missing", UNSET, "data is missing.", "/data")
    yield _with_data(operation, good, "data-type", other, "data has another type.", "/data")
    item = data[0] if isinstance(data, list) else data
    if not isinstance(item, dict):
        return
    schema = _class_of_data(operation, good)
    required = [name for name in schema.get("required", ()) if name in item]
    if required:
        name = required[0]
        broken = deepcopy(data)
        del (broken[0] if isinstance(data, list) else broken)[name]
        pointer = f"/data/0/{name}" if isinstance(data, list) else f"/data/{name}"
        what = f"{name} is required and missing."
        yield _with_data(operation, good, "required", broken, what, pointer)


def _class_of_data(operation: VectorOperation, good: Answer) -> Any:
    _, _, pointer = str(good.schema).partition("#")
    envelope_schema = resolved(operation.bundle, {"$ref": f"#{pointer}"})
    schema = resolved(operation.bundle, envelope_schema["properties"]["data"])
    return resolved(operation.bundle, schema["items"]) if "items" in schema else schema


def _with_data(
    operation: VectorOperation, good: Answer, name: str, data: Any, what: str, pointer: str
) -> MalformedAnswer:
    body = {key: value for key, value in good.body.items() if key != "data"}
    if data is not UNSET:
        body = {"data": data, **body}
    listed = operation.operation.paged and name in {"required", "data-missing"}
    outcome = ClientOutcome("reported", "unreadable") if listed else _UNREADABLE
    wrong = WrongPart(name, what, operation.section, pointer=pointer)
    answer = Answer(good.http_status, good.headers, body, schema=good.schema)
    return MalformedAnswer(name, answer, wrong, outcome)
