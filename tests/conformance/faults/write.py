"""Faults of objects that are pushed: PUT, PATCH, DELETE, and what is read afterwards."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.conformance.faults.building import (
    Make,
    accepted_data,
    answering,
    asking,
    module_of,
    parsed,
    refused,
    success,
    with_body,
)
from tests.conformance.faults.pushing import (
    CaseMatters,
    OtherEvseChanged,
    ParentStays,
    PatchCreates,
    PatchReplaces,
    PatchWithoutDate,
    PeriodsKept,
    PeriodsReplaced,
    PutKeeps,
    is_pushed,
)
from tests.conformance.fuzz.injected_faults import INJECTED_FAULTS
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest

__all__ = ["WRITE"]


def _bodies(method: str, change: Callable[[dict[str, Any]], Any]) -> Make:
    """Change what is pushed before it is stored."""

    def spoil(asked: ReceivedRequest) -> ReceivedRequest:
        if not is_pushed(asked, method) or not isinstance(asked.json, dict):
            return asked
        return with_body(asked, change(copy.deepcopy(asked.json)))

    return asking(spoil)


def _ignored(*methods: str, status: int = 200) -> Make:
    """Answer with success and do nothing."""
    return asking(lambda asked: success(asked, status) if is_pushed(asked, *methods) else asked)


def _accepted(is_meant: Callable[[ReceivedRequest, Answer], bool], status: int = 200) -> Make:
    """Turn a refusal into a success."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        refusal = parsed(answer).get("status_code") != 1000
        return success(asked, status) if refusal and is_meant(asked, answer) else answer

    return answering(spoil)


def _read(change: Callable[[ReceivedRequest, dict[str, Any]], Any]) -> Make:
    """Change what is read of pushed objects."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        if not is_pushed(asked, "GET") or not isinstance(data, dict):
            return answer
        return answer.with_fields(data=change(asked, copy.deepcopy(data)))

    return answering(spoil)


def _status(status: int) -> Make:
    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        done = parsed(answer).get("status_code") == 1000
        return replace(answer, status=status) if done and is_pushed(asked, "PUT") else answer

    return answering(spoil)


def _only_known(asked: ReceivedRequest, data: dict[str, Any]) -> dict[str, Any]:
    """Drop what no class of OCPI has."""
    return {name: one for name, one in data.items() if _is_known(name)}


def _is_known(name: str) -> bool:
    return not any(mark in name.lower() for mark in ("chk", "check", "unknown", "x_", "x-", "ocpi"))


def _ids_lowered(asked: ReceivedRequest, data: dict[str, Any]) -> dict[str, Any]:
    return {name: one.lower() if name in {"id", "uid", "party_id", "country_code"} and
            isinstance(one, str) else one for name, one in data.items()}  # fmt: skip


def _lists_kept(asked: ReceivedRequest, data: dict[str, Any]) -> dict[str, Any]:
    return {name: one * 2 if isinstance(one, list) else one for name, one in data.items()}


def _rounded(asked: ReceivedRequest, data: dict[str, Any]) -> dict[str, Any]:
    return {name: round(one) if isinstance(one, float) else one for name, one in data.items()}


def _without_optional(asked: ReceivedRequest, data: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in data.items() if name not in _OPTIONAL}


_OPTIONAL = frozenset({"name", "group_id", "visual_number", "tariff_alt_text", "meter_id"})
_TOKEN_REQUIRED = frozenset({
    "country_code", "party_id", "uid", "type", "contract_id", "issuer", "valid", "whitelist",
    "auth_id", "last_updated",
})  # fmt: skip


def _faults(answer: Answer) -> set[str]:
    found = parsed(answer).get("violations") or ()
    return {str(one.get("pointer")) for one in found if isinstance(one, dict)}


def _is_about_ids(asked: ReceivedRequest, answer: Answer) -> bool:
    message = str(parsed(answer).get("status_message"))
    return is_pushed(asked, "PUT") and "differ" in message and "URL" in message


def _is_foreign(asked: ReceivedRequest, answer: Answer) -> bool:
    return is_pushed(asked, "PUT", "PATCH") and answer.status == 404


def _is_unknown(method: str) -> Callable[[ReceivedRequest, Answer], bool]:
    return lambda asked, answer: (
        is_pushed(asked, method)
        and (answer.status == 404 or parsed(answer).get("status_code") in {2000, 2003, 2004})
    )


def _is_incomplete(asked: ReceivedRequest, answer: Answer) -> bool:
    return is_pushed(asked, "PUT", "PATCH") and bool(_faults(answer))


def _is_almost_complete(asked: ReceivedRequest, answer: Answer) -> bool:
    """Return whether an object was refused that has several of its fields."""
    whole = isinstance(asked.json, dict) and len(asked.json) > 1
    return whole and _is_incomplete(asked, answer)


def _unknown_values_refused(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    bad = b'"CHK_UNKNOWN' in asked.body
    return refused(asked, 200, 2001) if bad and is_pushed(asked, "PUT") else asked


def _unknown_fields_refused(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    body = asked.json
    strange = isinstance(body, dict) and not all(map(_is_known, body))
    return refused(asked, 200, 2001) if strange and is_pushed(asked, "PUT", "POST") else asked


_SEQUENCES = {
    "put-stored-nothing": "nothing stored",
    "put-changed-a-field": "a field changed",
    "patch-ignored": "PATCH ignored",
    "patch-forgets-a-field": "PATCH forgets",
    "patch-null-ignored": "null ignored",
    "older-state-wins": "older wins",
    "delete-ignored": "never deleted",
}

WRITE: dict[str, Make] = {
    **{name: INJECTED_FAULTS[old].make for name, old in _SEQUENCES.items()},
    "put-of-locations-ignored": asking(
        lambda asked: success(asked, 201)
        if is_pushed(asked, "PUT") and module_of(asked) == "locations" else asked),
    "put-of-sessions-ignored": asking(
        lambda asked: success(asked, 201)
        if is_pushed(asked, "PUT") and module_of(asked) == "sessions" else asked),
    "put-keeps-old-fields": PutKeeps,
    "put-of-session-keeps-periods": PeriodsKept,
    "put-created-with-200": _status(200),
    "put-updated-with-201": _status(201),
    "patch-replaces": lambda: PatchReplaces(_TOKEN_REQUIRED),
    "patch-of-session-replaces-periods": lambda: PeriodsReplaced(empty=False),
    "patch-of-session-clears-periods": lambda: PeriodsReplaced(empty=True),
    "patch-without-date-accepted": PatchWithoutDate,
    "patch-of-session-without-date": lambda: PatchWithoutDate("sessions"),
    "patch-of-location-without-date": lambda: PatchWithoutDate("locations"),
    "patch-of-unknown-accepted": PatchCreates,
    "parent-not-moved": ParentStays,
    "other-evse-changed": OtherEvseChanged,
    "id-of-other-case-unknown": CaseMatters,
    "ids-lower-cased": _read(_ids_lowered),
    "lists-doubled": _read(_lists_kept),
    "numbers-rounded": _read(_rounded),
    "optional-fields-dropped": _read(_without_optional),
    "unknown-fields-dropped": _read(_only_known),
    "unknown-fields-refused": asking(_unknown_fields_refused),
    "unknown-values-refused": asking(_unknown_values_refused),
    "put-of-other-id-accepted": _accepted(_is_about_ids),
    "put-of-other-party-accepted": _accepted(_is_foreign, 201),
    "incomplete-object-accepted": _accepted(_is_incomplete),
    "object-without-a-field-accepted": _accepted(_is_almost_complete),
    "delete-of-unknown-accepted": _accepted(_is_unknown("DELETE")),
    "get-of-unknown-accepted": _accepted(_is_unknown("GET")),
    "put-in-a-list-returned": _read(lambda _asked, data: [data]),
}  # fmt: skip
