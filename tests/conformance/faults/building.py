"""What faults are made of: changes of requests, of answers, and of the objects in answers."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest
from tests.conformance.fuzz.relay import InjectedFault

__all__ = [
    "Answering",
    "Asking",
    "Make",
    "accepted_data",
    "answering",
    "asking",
    "changed_query",
    "each_object",
    "each_page",
    "is_below",
    "later_page",
    "module_of",
    "parsed",
    "refused",
    "segments",
    "success",
    "with_body",
]

Make = Callable[[], InjectedFault]
Change = Callable[[ReceivedRequest, Answer], Answer]
ChangeRequest = Callable[[ReceivedRequest], ReceivedRequest | Answer]
MODULES = frozenset({
    "bookings", "cdrs", "chargingprofiles", "commands", "credentials", "hubclientinfo",
    "invoicereconciliation", "locations", "payments", "sessions", "tariffs", "tokens",
})  # fmt: skip
_IDS = ("x-request-id", "x-correlation-id")
_ROUTING = ("country-code", "party-id")


@dataclass
class Answering(InjectedFault):
    """Changes answers, without memory."""

    change: Change

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        """Change an answer."""
        return self.change(asked, answer)


@dataclass
class Asking(InjectedFault):
    """Changes requests, or answers them at once."""

    change: ChangeRequest
    seen: dict[str, Any] = field(default_factory=dict)

    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        """Change a request."""
        return self.change(asked)


def answering(change: Change) -> Make:
    """Return what makes a fault of a change of answers."""
    return lambda: Answering(change)


def asking(change: ChangeRequest) -> Make:
    """Return what makes a fault of a change of requests."""
    return lambda: Asking(change)


def segments(asked: ReceivedRequest) -> list[str]:
    """Return the pieces of the path."""
    return [one for one in asked.path.split("/") if one]


def module_of(asked: ReceivedRequest) -> str:
    """Return the module that a path belongs to; ``versions`` where it names none."""
    return next((one for one in segments(asked) if one in MODULES), "versions")


def is_below(asked: ReceivedRequest, module: str, method: str = "") -> bool:
    """Return whether a request is one of a module, and has a method."""
    return module_of(asked) == module and asked.method == (method or asked.method)


def parsed(answer: Answer) -> dict[str, Any]:
    """Return the envelope; an empty one where there is none."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def accepted_data(answer: Answer) -> Any:
    """Return the data of an answer that is a success; None otherwise."""
    envelope = parsed(answer)
    code = envelope.get("status_code")
    good = answer.status < 300 and isinstance(code, int) and 1000 <= code < 2000
    return envelope.get("data") if good else None


def _found(data: Any) -> Iterator[dict[str, Any]]:
    for one in data if isinstance(data, list) else [data]:
        if isinstance(one, dict):
            yield one


def each_object(module: str, change: Callable[[dict[str, Any]], object]) -> Make:
    """Return what makes a fault that changes every object of a module that is read."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        if not is_below(asked, module, "GET") or data is None:
            return answer
        changed = copy.deepcopy(data)
        for one in _found(changed):
            change(one)
        return answer.with_fields(data=changed)

    return answering(spoil)


def each_page(change: Callable[[ReceivedRequest, Answer, list[Any]], Answer]) -> Make:
    """Return what makes a fault that changes the pages of every list but that of versions."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        paged = asked.method == "GET" and module_of(asked) != "versions" and isinstance(data, list)
        return change(asked, answer, copy.deepcopy(data)) if paged else answer

    return answering(spoil)


def later_page(asked: ReceivedRequest) -> bool:
    """Return whether a page is asked for that is not the first."""
    return dict(parse_qsl(asked.query)).get("offset", "0") not in {"0", ""}


def changed_query(asked: ReceivedRequest, **values: str | None) -> ReceivedRequest:
    """Set parameters of the query, or leave them out."""
    given = {**dict(parse_qsl(asked.query, keep_blank_values=True)), **values}
    kept = {name: value for name, value in given.items() if value is not None}
    return replace(asked, query=urlencode(kept))


def with_body(asked: ReceivedRequest, body: Any) -> ReceivedRequest:
    """Replace the body of a request."""
    return replace(asked, body=json.dumps(body).encode())


def _headers(asked: ReceivedRequest) -> dict[str, str]:
    kept = {name: asked.headers[name] for name in _IDS if name in asked.headers}
    turned = {
        f"ocpi-{one}-{name}": asked.headers[f"ocpi-{other}-{name}"]
        for one, other in (("from", "to"), ("to", "from"))
        for name in _ROUTING
        if f"ocpi-{other}-{name}" in asked.headers
    }
    return {"content-type": "application/json", **kept, **turned}


def success(asked: ReceivedRequest, status: int = 200, **fields: Any) -> Answer:
    """Return a success that nothing was done for."""
    envelope = {"status_code": 1000, "status_message": "Success", **fields, "timestamp": _now()}
    return Answer(status, _headers(asked), json.dumps(envelope).encode())


def refused(asked: ReceivedRequest, status: int, code: int, message: str = "Refused") -> Answer:
    """Return an error."""
    envelope = {"status_code": code, "status_message": message, "timestamp": _now()}
    return Answer(status, _headers(asked), json.dumps(envelope).encode())


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
