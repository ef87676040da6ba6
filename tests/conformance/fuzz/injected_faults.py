"""What a party may get wrong from one request to the next, each as a fault that a relay injects."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest
from tests.conformance.fuzz.relay import InjectedFault

__all__ = ["INJECTED_FAULTS", "ExpectedFinding"]


def _with_fields(asked: ReceivedRequest, **fields: Any) -> ReceivedRequest:
    return replace(asked, body=json.dumps({**asked.json, **fields}).encode())


def _success(asked: ReceivedRequest, status: int = 200, **headers: str) -> Answer:
    kept = {
        name: value
        for name, value in asked.headers.items()
        if name in {"x-request-id", "x-correlation-id"}
    }
    turned = {
        f"ocpi-{one}-{name}": asked.headers[f"ocpi-{other}-{name}"]
        for one, other in (("from", "to"), ("to", "from"))
        for name in ("country-code", "party-id")
        if f"ocpi-{other}-{name}" in asked.headers
    }
    envelope = {"status_code": 1000, "status_message": "OK", "timestamp": "2026-01-01T00:00:00Z"}
    body = json.dumps(envelope).encode()
    return Answer(status, {"content-type": "application/json", **kept, **turned, **headers}, body)


class _Memory(InjectedFault):
    """Remembers the last body that was accepted of each path."""

    def __init__(self) -> None:
        self.bodies: dict[str, Any] = {}


class NothingStored(InjectedFault):
    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        return _success(asked, 201) if asked.method == "PUT" else asked


class ShoutedOut(InjectedFault):
    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        if asked.method != "PUT" or "issuer" not in (asked.json or {}):
            return asked
        return _with_fields(asked, issuer=f"{asked.json['issuer'][:-1]}!")


class PatchIgnored(InjectedFault):
    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        return _success(asked) if asked.method == "PATCH" else asked


class PatchForgets(_Memory):
    """A PATCH loses the fields that it does not name."""

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        if asked.method == "PATCH" and answer.accepted:
            self.bodies[asked.path] = asked.json
        patch = self.bodies.get(asked.path)
        if asked.method != "GET" or patch is None or "issuer" in patch or not answer.accepted:
            return answer
        return answer.with_fields(data={**answer.json["data"], "issuer": "nobody"})


class NullIgnored(InjectedFault):
    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        if asked.method != "PATCH" or not isinstance(asked.json, dict):
            return asked
        kept = {name: value for name, value in asked.json.items() if value is not None}
        return replace(asked, body=json.dumps(kept).encode())


class OlderWins(_Memory):
    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        if asked.method == "PUT" and answer.accepted:
            self.bodies[asked.path] = asked.json
        if asked.method == "PATCH":
            self.bodies.pop(asked.path, None)
        if asked.method == "GET" and asked.path in self.bodies and answer.accepted:
            return answer.with_fields(data=self.bodies[asked.path])
        return answer


class NeverDeleted(InjectedFault):
    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        return _success(asked) if asked.method == "DELETE" else asked


class _Posts(InjectedFault):
    """Remembers where each CDR is, and what was posted last with its id."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}
        self.last: dict[str, Any] = {}

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        name = _posted(asked)
        if name and answer.accepted:
            self.places[name] = answer.headers["location"]
        if name in self.places:
            self.last[self.places[name]] = asked.json
        return answer


def _posted(asked: ReceivedRequest) -> str:
    body = asked.json if asked.method == "POST" else None
    return str(body.get("id", "")) if isinstance(body, dict) else ""


class TakenTwice(_Posts):
    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        place = self.places.get(_posted(asked))
        answer = super().answer(asked, answer)
        return _success(asked, 201, location=f"{place}-2") if place else answer


class LastWins(_Posts):
    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        answer = super().answer(asked, answer)
        for place, body in self.last.items():
            if asked.method == "GET" and answer.accepted and place.endswith(asked.path):
                return answer.with_fields(data=body)
        return answer


class LostPlace(InjectedFault):
    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        if "location" not in answer.headers:
            return answer
        return answer.with_headers(location=f"{answer.headers['location']}999")


class ElsewherePlace(InjectedFault):
    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        if "location" not in answer.headers:
            return answer
        return answer.with_headers(location="http://127.0.0.1:9/cdrs/1")


class Dearer(InjectedFault):
    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        data = answer.json.get("data")
        if asked.method != "GET" or not isinstance(data, dict) or "total_energy" not in data:
            return answer
        return answer.with_fields(data={**data, "total_energy": data["total_energy"] + 1})


class NoResult(InjectedFault):
    def results(self, result: ReceivedRequest) -> list[ReceivedRequest]:
        return []


class TwoResults(InjectedFault):
    def results(self, result: ReceivedRequest) -> list[ReceivedRequest]:
        return [result, result]


class OddResult(InjectedFault):
    def results(self, result: ReceivedRequest) -> list[ReceivedRequest]:
        return [_with_fields(result, result="SPLENDID")]


class BareResult(InjectedFault):
    def results(self, result: ReceivedRequest) -> list[ReceivedRequest]:
        kept = {k: v for k, v in result.headers.items() if k != "authorization"}
        return [replace(result, headers=kept)]


class UnaskedResult(InjectedFault):
    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        data = answer.json.get("data")
        if not isinstance(data, dict) or "result" not in data:
            return answer
        return answer.with_fields(data={**data, "result": "REJECTED"})


class _Lists(InjectedFault):
    """Changes the pages that come after the first."""

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        data = answer.json.get("data")
        if not isinstance(data, list) or "offset" not in parse_qs(asked.query):
            return answer
        return self.later(asked, answer, data)

    def later(self, asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
        return answer


class SeenBefore(_Lists):
    def __init__(self) -> None:
        self.last: Any = None

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        changed = super().answer(asked, answer)
        data = answer.json.get("data")
        self.last = data[-1] if isinstance(data, list) and data else None
        return changed

    def later(self, asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
        return answer.with_fields(data=[self.last, *data[1:]]) if self.last else answer


class LeftOut(_Lists):
    def later(self, asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
        return answer.with_fields(data=data[:-1])


class OtherTotal(_Lists):
    def later(self, asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
        return answer.with_headers(x_total_count=str(int(answer.headers["x-total-count"]) + 1))


class Endless(_Lists):
    def later(self, asked: ReceivedRequest, answer: Answer, data: list[Any]) -> Answer:
        url = f"http://{asked.headers['host']}{asked.path}?{asked.query}"
        return answer.with_headers(link=f'<{url}>; rel="next"')


class Elsewhere(InjectedFault):
    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        if "link" not in answer.headers:
            return answer
        return answer.with_headers(link='<http://127.0.0.1:9/2>; rel="next"')


class AnyTime(InjectedFault):
    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        kept = [one for one in asked.query.split("&") if not one.startswith("date_")]
        return replace(asked, query="&".join(kept))


_STORED, _UNLOCK, _LIST = "get_stored_token", "post_unlock_connector", "get_locations"


class ExpectedFinding(NamedTuple):
    """A fault, and what the fuzzer must report of it.

    Attributes:
        make: Makes the fault.
        rule: The rule that finds it.
        module: Where it is played.
        operation: Who is blamed.
    """

    make: Callable[[], InjectedFault]
    rule: str
    module: str
    operation: str


INJECTED_FAULTS = {
    "nothing stored": ExpectedFinding(NothingStored, "write.stored", "tokens", _STORED),
    "a field changed": ExpectedFinding(ShoutedOut, "write.read-back", "tokens", _STORED),
    "PATCH ignored": ExpectedFinding(PatchIgnored, "write.patch-merges", "tokens", _STORED),
    "PATCH forgets": ExpectedFinding(PatchForgets, "write.patch-merges", "tokens", _STORED),
    "null ignored": ExpectedFinding(NullIgnored, "write.patch-merges", "tokens", _STORED),
    "older wins": ExpectedFinding(OlderWins, "write.older-ignored", "tariffs", "get_stored_tariff"),
    "never deleted": ExpectedFinding(
        NeverDeleted, "write.deleted-gone", "tariffs", "get_stored_tariff"
    ),
    "CDR taken twice": ExpectedFinding(TakenTwice, "cdrs.posted-once", "cdrs", "post_cdr"),
    "last CDR wins": ExpectedFinding(LastWins, "cdrs.never-changes", "cdrs", "get_stored_cdr"),
    "CDR not at its place": ExpectedFinding(LostPlace, "cdrs.location", "cdrs", "get_stored_cdr"),
    "CDR at another party": ExpectedFinding(ElsewherePlace, "cdrs.location", "cdrs", "post_cdr"),
    "another CDR": ExpectedFinding(Dearer, "cdrs.read-back", "cdrs", "get_stored_cdr"),
    "no result": ExpectedFinding(NoResult, "commands.result-arrives", "commands", _UNLOCK),
    "two results": ExpectedFinding(TwoResults, "commands.one-result", "commands", _UNLOCK),
    "unknown result": ExpectedFinding(OddResult, "commands.result-valid", "commands", _UNLOCK),
    "result without token": ExpectedFinding(
        BareResult, "commands.result-headers", "commands", _UNLOCK
    ),
    "result of a refusal": ExpectedFinding(
        UnaskedResult, "commands.no-result-if-refused", "commands", _UNLOCK
    ),
    "twice in a list": ExpectedFinding(SeenBefore, "paging.no-duplicates", "locations", _LIST),
    "left out of a list": ExpectedFinding(LeftOut, "paging.total-read", "locations", _LIST),
    "another total": ExpectedFinding(OtherTotal, "paging.total-constant", "locations", _LIST),
    "no end": ExpectedFinding(Endless, "paging.no-loop", "locations", _LIST),
    "next page elsewhere": ExpectedFinding(Elsewhere, "paging.link-same-host", "locations", _LIST),
    "any time": ExpectedFinding(AnyTime, "paging.date-filters", "locations", _LIST),
}
