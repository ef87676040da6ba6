"""What a party may get wrong from one request to the next, each as a trick of a relay."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from tests.conformance.misbehaving import Answer, Asked
from tests.conformance.relay import Trick

__all__ = ["TRICKS", "Told"]


def _saying(asked: Asked, **fields: Any) -> Asked:
    return replace(asked, body=json.dumps({**asked.json, **fields}).encode())


def _success(asked: Asked, status: int = 200, **headers: str) -> Answer:
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
    body = json.dumps({"status_code": 1000, "timestamp": "2026-01-01T00:00:00Z"}).encode()
    return Answer(status, {"content-type": "application/json", **kept, **turned, **headers}, body)


class _Memory(Trick):
    """Remembers the last body that was accepted of each path."""

    def __init__(self) -> None:
        self.bodies: dict[str, Any] = {}


class NothingStored(Trick):
    def ask(self, asked: Asked) -> Asked | Answer:
        return _success(asked, 201) if asked.method == "PUT" else asked


class ShoutedOut(Trick):
    def ask(self, asked: Asked) -> Asked | Answer:
        if asked.method != "PUT" or "issuer" not in (asked.json or {}):
            return asked
        return _saying(asked, issuer=f"{asked.json['issuer'][:-1]}!")


class PatchIgnored(Trick):
    def ask(self, asked: Asked) -> Asked | Answer:
        return _success(asked) if asked.method == "PATCH" else asked


class PatchForgets(_Memory):
    """A PATCH loses the fields that it does not name."""

    def answer(self, asked: Asked, answer: Answer) -> Answer:
        if asked.method == "PATCH" and answer.accepted:
            self.bodies[asked.path] = asked.json
        patch = self.bodies.get(asked.path)
        if asked.method != "GET" or patch is None or "issuer" in patch or not answer.accepted:
            return answer
        return answer.saying(data={**answer.json["data"], "issuer": "nobody"})


class NullIgnored(Trick):
    def ask(self, asked: Asked) -> Asked | Answer:
        if asked.method != "PATCH":
            return asked
        kept = {name: value for name, value in asked.json.items() if value is not None}
        return replace(asked, body=json.dumps(kept).encode())


class OlderWins(_Memory):
    def answer(self, asked: Asked, answer: Answer) -> Answer:
        if asked.method == "PUT" and answer.accepted:
            self.bodies[asked.path] = asked.json
        if asked.method == "PATCH":
            self.bodies.pop(asked.path, None)
        if asked.method == "GET" and asked.path in self.bodies and answer.accepted:
            return answer.saying(data=self.bodies[asked.path])
        return answer


class NeverDeleted(Trick):
    def ask(self, asked: Asked) -> Asked | Answer:
        return _success(asked) if asked.method == "DELETE" else asked


class _Posts(Trick):
    """Remembers where each CDR is, and what was posted last with its id."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}
        self.last: dict[str, Any] = {}

    def answer(self, asked: Asked, answer: Answer) -> Answer:
        if asked.method != "POST":
            return answer
        if answer.accepted:
            self.places[asked.json["id"]] = answer.headers["location"]
        if asked.json["id"] in self.places:
            self.last[self.places[asked.json["id"]]] = asked.json
        return answer


class TakenTwice(_Posts):
    def answer(self, asked: Asked, answer: Answer) -> Answer:
        place = self.places.get(asked.json["id"]) if asked.method == "POST" else None
        answer = super().answer(asked, answer)
        return _success(asked, 201, location=f"{place}-2") if place else answer


class LastWins(_Posts):
    def answer(self, asked: Asked, answer: Answer) -> Answer:
        answer = super().answer(asked, answer)
        for place, body in self.last.items():
            if asked.method == "GET" and answer.accepted and place.endswith(asked.path):
                return answer.saying(data=body)
        return answer


class LostPlace(Trick):
    def answer(self, asked: Asked, answer: Answer) -> Answer:
        if "location" not in answer.headers:
            return answer
        return answer.having(location=f"{answer.headers['location']}999")


class ElsewherePlace(Trick):
    def answer(self, asked: Asked, answer: Answer) -> Answer:
        if "location" not in answer.headers:
            return answer
        return answer.having(location="http://127.0.0.1:9/cdrs/1")


class Dearer(Trick):
    def answer(self, asked: Asked, answer: Answer) -> Answer:
        data = answer.json.get("data")
        if asked.method != "GET" or not isinstance(data, dict):
            return answer
        return answer.saying(data={**data, "total_energy": data["total_energy"] + 1})


class NoResult(Trick):
    def results(self, result: Asked) -> list[Asked]:
        return []


class TwoResults(Trick):
    def results(self, result: Asked) -> list[Asked]:
        return [result, result]


class OddResult(Trick):
    def results(self, result: Asked) -> list[Asked]:
        return [_saying(result, result="SPLENDID")]


class BareResult(Trick):
    def results(self, result: Asked) -> list[Asked]:
        kept = {k: v for k, v in result.headers.items() if k != "authorization"}
        return [replace(result, headers=kept)]


class UnaskedResult(Trick):
    def answer(self, asked: Asked, answer: Answer) -> Answer:
        data = answer.json.get("data")
        if not isinstance(data, dict) or "result" not in data:
            return answer
        return answer.saying(data={**data, "result": "REJECTED"})


class _Lists(Trick):
    """Changes the pages that come after the first."""

    def answer(self, asked: Asked, answer: Answer) -> Answer:
        data = answer.json.get("data")
        if not isinstance(data, list) or "offset" not in parse_qs(asked.query):
            return answer
        return self.later(asked, answer, data)

    def later(self, asked: Asked, answer: Answer, data: list[Any]) -> Answer:
        return answer


class SeenBefore(_Lists):
    def __init__(self) -> None:
        self.last: Any = None

    def answer(self, asked: Asked, answer: Answer) -> Answer:
        changed = super().answer(asked, answer)
        data = answer.json.get("data")
        self.last = data[-1] if isinstance(data, list) and data else None
        return changed

    def later(self, asked: Asked, answer: Answer, data: list[Any]) -> Answer:
        return answer.saying(data=[self.last, *data[1:]]) if self.last else answer


class LeftOut(_Lists):
    def later(self, asked: Asked, answer: Answer, data: list[Any]) -> Answer:
        return answer.saying(data=data[:-1])


class OtherTotal(_Lists):
    def later(self, asked: Asked, answer: Answer, data: list[Any]) -> Answer:
        return answer.having(x_total_count=str(int(answer.headers["x-total-count"]) + 1))


class Endless(_Lists):
    def later(self, asked: Asked, answer: Answer, data: list[Any]) -> Answer:
        url = f"http://{asked.headers['host']}{asked.path}?{asked.query}"
        return answer.having(link=f'<{url}>; rel="next"')


class Elsewhere(Trick):
    def answer(self, asked: Asked, answer: Answer) -> Answer:
        if "link" not in answer.headers:
            return answer
        return answer.having(link='<http://127.0.0.1:9/2>; rel="next"')


class AnyTime(Trick):
    def ask(self, asked: Asked) -> Asked | Answer:
        kept = [one for one in asked.query.split("&") if not one.startswith("date_")]
        return replace(asked, query="&".join(kept))


class Told(NamedTuple):
    """A trick, and what the fuzzer must say of it.

    Attributes:
        make: Makes the trick.
        rule: The rule that finds it.
        module: Where it is played.
        operation: Who is blamed.
    """

    make: Callable[[], Trick]
    rule: str
    module: str
    operation: str


TRICKS = {
    "nothing stored": Told(NothingStored, "not-stored", "tokens", "get_stored_token"),
    "a field changed": Told(ShoutedOut, "read-differs", "tokens", "get_stored_token"),
    "PATCH ignored": Told(PatchIgnored, "patch-differs", "tokens", "get_stored_token"),
    "PATCH forgets": Told(PatchForgets, "patch-differs", "tokens", "get_stored_token"),
    "null ignored": Told(NullIgnored, "patch-differs", "tokens", "get_stored_token"),
    "older wins": Told(OlderWins, "older-overwrites", "tariffs", "get_stored_tariff"),
    "never deleted": Told(NeverDeleted, "deleted-readable", "tariffs", "get_stored_tariff"),
    "CDR taken twice": Told(TakenTwice, "cdr-twice", "cdrs", "post_cdr"),
    "last CDR wins": Told(LastWins, "cdr-changed", "cdrs", "get_stored_cdr"),
    "CDR not at its place": Told(LostPlace, "cdr-location", "cdrs", "get_stored_cdr"),
    "CDR at another party": Told(ElsewherePlace, "cdr-location", "cdrs", "post_cdr"),
    "another CDR": Told(Dearer, "cdr-differs", "cdrs", "get_stored_cdr"),
    "no result": Told(NoResult, "result-missing", "commands", "post_unlock_connector"),
    "two results": Told(TwoResults, "result-repeated", "commands", "post_unlock_connector"),
    "unknown result": Told(OddResult, "result-invalid", "commands", "post_unlock_connector"),
    "result without token": Told(BareResult, "result-headers", "commands", "post_unlock_connector"),
    "result of a refusal": Told(
        UnaskedResult, "result-unexpected", "commands", "post_unlock_connector"
    ),
    "twice in a list": Told(SeenBefore, "page-repeated", "locations", "get_locations"),
    "left out of a list": Told(LeftOut, "page-lost", "locations", "get_locations"),
    "another total": Told(OtherTotal, "page-total", "locations", "get_locations"),
    "no end": Told(Endless, "page-endless", "locations", "get_locations"),
    "next page elsewhere": Told(Elsewhere, "page-elsewhere", "locations", "get_locations"),
    "any time": Told(AnyTime, "page-period", "locations", "get_locations"),
}
