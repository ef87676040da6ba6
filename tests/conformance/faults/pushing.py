"""Faults that remember what was pushed before."""

from dataclasses import replace
from typing import Any

from tests.conformance.faults.building import (
    accepted_data,
    module_of,
    parsed,
    refused,
    segments,
    success,
    with_body,
)
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest
from tests.conformance.fuzz.relay import InjectedFault

__all__ = [
    "CaseMatters",
    "OtherEvseChanged",
    "ParentStays",
    "PatchCreates",
    "PatchReplaces",
    "PatchWithoutDate",
    "PeriodsKept",
    "PeriodsReplaced",
    "PutKeeps",
    "is_pushed",
]

_PUSHED = frozenset({
    "bookings", "hubclientinfo", "invoicereconciliation", "locations", "sessions", "tariffs",
    "tokens",
})  # fmt: skip


def is_pushed(asked: ReceivedRequest, *methods: str) -> bool:
    here = module_of(asked) in _PUSHED and _is_receiver(asked)
    return here and asked.method in (methods or {asked.method})


def _is_receiver(asked: ReceivedRequest) -> bool:
    """Return whether a path is one of a receiver; in 2.1.1 and 2.0 it names the role."""
    role = "/cpo/" if module_of(asked) == "tokens" else "/emsp/"
    return "receiver" in asked.path or role in asked.path


class _Memory(InjectedFault):
    """Remembers what was pushed last to each path."""

    def __init__(self) -> None:
        self.bodies: dict[str, dict[str, Any]] = {}

    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        changed = self.pushed(asked) if is_pushed(asked, "PUT", "PATCH") else asked
        if is_pushed(asked, "PUT") and isinstance(asked.json, dict):
            self.bodies[asked.path] = asked.json
        return changed

    def pushed(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        return asked

    def before(self, asked: ReceivedRequest) -> dict[str, Any] | None:
        return self.bodies.get(asked.path)


class PutKeeps(_Memory):
    """Merges a PUT with what was there."""

    def pushed(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        before = self.before(asked)
        if asked.method != "PUT" or before is None or not isinstance(asked.json, dict):
            return asked
        return with_body(asked, {**before, **asked.json})


class PatchReplaces(_Memory):
    """Stores a PATCH as if it were all of the object: only required fields survive."""

    def __init__(self, required: frozenset[str]) -> None:
        super().__init__()
        self._required = required

    def pushed(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        before = self.before(asked)
        if asked.method != "PATCH" or before is None or not isinstance(asked.json, dict):
            return asked
        kept = {name: one for name, one in before.items() if name in self._required}
        return replace(with_body(asked, {**kept, **asked.json}), method="PUT")


class PeriodsReplaced(_Memory):
    """Replaces charging periods by those of a PATCH."""

    def __init__(self, *, empty: bool) -> None:
        super().__init__()
        self._empty = empty

    def pushed(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        before, body = self.before(asked), asked.json
        if asked.method != "PATCH" or before is None or "charging_periods" not in (body or ()):
            return asked
        if bool(body["charging_periods"]) is self._empty:
            return asked
        return replace(with_body(asked, {**before, **body}), method="PUT")


class PeriodsKept(_Memory):
    """Keeps charging periods where a PUT has none."""

    def pushed(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        before, body = self.before(asked), asked.json
        if asked.method != "PUT" or before is None or not isinstance(body, dict):
            return asked
        kept = before.get("charging_periods")
        if body.get("charging_periods") or not kept:
            return asked
        return with_body(asked, {**body, "charging_periods": kept})


class PatchWithoutDate(_Memory):
    """Sets last_updated where a PATCH has none."""

    def __init__(self, module: str = "") -> None:
        super().__init__()
        self._module = module

    def pushed(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        body = asked.json
        if asked.method != "PATCH" or not isinstance(body, dict) or "last_updated" in body:
            return asked
        if self._module not in {"", module_of(asked)}:
            return asked
        return with_body(asked, {**body, "last_updated": "2040-01-01T00:00:00Z"})


class PatchCreates(InjectedFault):
    """Takes a PATCH of an object that is not there."""

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        code = parsed(answer).get("status_code")
        unknown = is_pushed(asked, "PATCH") and code in {2000, 2003, 2004}
        return success(asked, 201) if unknown else answer


class ParentStays(InjectedFault):
    """Leaves last_updated of a location alone when a part of it is pushed."""

    def __init__(self, module: str = "locations", ids: int = 3) -> None:
        self._module, self._ids = module, ids
        self._dates: dict[str, str] = {}

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        if module_of(asked) != self._module or "receiver" not in asked.path:
            return answer
        if asked.method == "PUT" and len(_ids(asked)) == self._ids:
            body = asked.json
            self._dates[asked.path] = body.get("last_updated", "") if isinstance(body, dict) else ""
        before = self._dates.get(asked.path)
        if asked.method != "GET" or not before or not isinstance(data, dict):
            return answer
        return answer.with_fields(data={**data, "last_updated": before})


def _ids(asked: ReceivedRequest) -> list[str]:
    pieces = segments(asked)
    return pieces[pieces.index(module_of(asked)) + 1 :]


class OtherEvseChanged(InjectedFault):
    """Writes a connector into every EVSE of the location that is read."""

    def __init__(self) -> None:
        self._connectors: dict[str, dict[str, Any]] = {}

    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        ids = _ids(asked) if module_of(asked) == "locations" else []
        if asked.method == "PUT" and len(ids) == 5 and isinstance(asked.json, dict):
            self._connectors[ids[2]] = asked.json
        return asked

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        ids = _ids(asked) if module_of(asked) == "locations" else []
        known = len(ids) == 3 and ids[2] in self._connectors
        if asked.method != "GET" or not known or not isinstance(data, dict):
            return answer
        evses = [{**one, "connectors": [self._connectors[ids[2]]]} for one in data["evses"]]
        return answer.with_fields(data={**data, "evses": evses})


class CaseMatters(InjectedFault):
    """Finds an object only by its id in the case in which it was put."""

    def __init__(self) -> None:
        self._paths: dict[str, str] = {}

    def ask(self, asked: ReceivedRequest) -> ReceivedRequest | Answer:
        if is_pushed(asked, "PUT"):
            self._paths.setdefault(asked.path.lower(), asked.path)
        known = self._paths.get(asked.path.lower())
        if is_pushed(asked, "GET") and known not in {None, asked.path}:
            return refused(asked, 404, 2000, "Not found")
        return asked
