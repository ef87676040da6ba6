"""Generated requests brought to where they can succeed, or wrong in exactly one respect.

Most cases get ids that belong together and an owner that is the fuzzer's own party; some keep
ids of their own, some name another party, some say one id in the URL and another in the body.
What was mutated on purpose stays as it is: only valid values are replaced.
"""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.fuzz._knowledge import Knowledge
from ocpi_runtime.codec import format_timestamp

__all__ = ["Alignment", "RequestParts", "align", "choose_alignment"]

_OWNER = ("country_code", "party_id")
_OTHER_ID = "FUZZ-OTHER"
_HOUR = timedelta(hours=1)
_IDS = ("_id", "_uid")
_CREDITED = "credit_reference_id"


class Alignment(Enum):
    """How a request is aligned."""

    KNOWN = auto()
    FRESH = auto()
    FOREIGN = auto()
    MISMATCH = auto()


# Out of ten cases.
_SHARES = (Alignment.FRESH, Alignment.FOREIGN, Alignment.MISMATCH, *[Alignment.KNOWN] * 7)


@dataclass(slots=True)
class RequestParts:
    """A request before it is written for the wire.

    Attributes:
        path: Decoded ids by name.
        query: Values by name.
        body: The JSON value, or None where there is none.
        broken_path: The names of ids that break their schema.
        broken_body: The names of properties of the body in which a fault lies; ``*`` if the body
            as a whole is faulty.
    """

    path: dict[str, str]
    query: dict[str, Any]
    body: Any
    broken_path: frozenset[str] = frozenset()
    broken_body: frozenset[str] = frozenset()

    @property
    def sound(self) -> bool:
        """Whether path and body are valid as they are."""
        return not self.broken_path and not self.broken_body


def choose_alignment(operation: Operation, parts: RequestParts) -> tuple[Alignment, int]:
    """Choose how to align a request, by its content alone, so that a repetition goes the same way.

    Returns:
        The alignment, and a number to choose among objects by.
    """
    number = zlib.crc32(repr((operation.id, parts.path, parts.query, parts.body)).encode())
    alignment = _SHARES[number % len(_SHARES)] if parts.sound else Alignment.KNOWN
    if alignment is Alignment.FOREIGN and not operation.owned:
        alignment = Alignment.KNOWN
    if alignment is Alignment.MISMATCH and not operation.identity:
        alignment = Alignment.KNOWN
    return alignment, number // len(_SHARES)


def align(
    operation: Operation,
    parts: RequestParts,
    knowledge: Knowledge,
    alignment: Alignment,
    number: int,
    there: Mapping[str, str] | None = None,
) -> RequestParts:
    """Return the request as it is sent.

    Args:
        operation: What is called.
        parts: The request as it was generated.
        knowledge: What is known about the party.
        alignment: How to align it.
        number: Chooses among objects that are known.
        there: The query with which the object was put at its place, if it was.
    """
    known = {**knowledge.ids(operation.id, operation.path_params, number), **(there or {})}
    path = parts.path | {
        name: known[name]
        for name in set(operation.path_params) & set(known) - parts.broken_path
        if alignment is not Alignment.FRESH or name in _OWNER
    }
    if alignment is Alignment.FOREIGN:
        path |= dict(zip(_OWNER, knowledge.foreign, strict=True))
    body = _body(operation, parts, knowledge, path, number)
    if parts.sound and alignment is not Alignment.FRESH:
        body = knowledge.fill(operation.id, body)
    if alignment is Alignment.MISMATCH and isinstance(body, dict):
        own = list(operation.identity.values())[-1]
        body = {**body, own: _OTHER_ID[: max(1, len(str(body.get(own, _OTHER_ID))))]}
    query = dict(parts.query)
    if parts.sound:
        body, query = _agreed(operation, body, query, known)
    if knowledge.response_url and "response_url" in query:
        query["response_url"] = knowledge.response_url
    return RequestParts(path, query, body, parts.broken_path, parts.broken_body)


def _agreed(
    operation: Operation, body: Any, query: dict[str, Any], known: Mapping[str, str]
) -> tuple[Any, dict[str, Any]]:
    """Align the query, the body and what is known of the object."""
    names = set(operation.params) - set(operation.path_params)
    query = query | {name: known[name] for name in names & set(known)}
    if isinstance(body, dict):
        shared = names & set(body)
        body = body | {name: known[name] for name in shared & set(known)}
        query |= {name: body[name] for name in shared}
    return body, query


def _body(
    operation: Operation,
    parts: RequestParts,
    knowledge: Knowledge,
    path: Mapping[str, str],
    number: int,
) -> Any:
    if not isinstance(parts.body, dict) or "*" in parts.broken_body:
        return parts.body
    body = dict(parts.body)
    if parts.sound:
        body |= dict.fromkeys(_above(operation, knowledge, body), "")
    wanted = _wanted(operation, knowledge, path, body, number)
    for name, value in wanted.items():
        if name in body and name not in parts.broken_body:
            body[name] = value
    if parts.sound and body.get("credit") is True and not body.get(_CREDITED):
        # The specification asks for it in words, which no schema says.
        body[_CREDITED] = _OTHER_ID
    owner = dict(zip(_OWNER, knowledge.own, strict=True))
    for name, value in body.items():
        if name not in parts.broken_body:
            body[name] = _owned(value, owner)
    return body


def _owned(value: Any, owner: Mapping[str, str]) -> Any:
    """Set the owner of an object in a body, or of each in a list, where it has one."""
    if isinstance(value, list):
        return _once([_owned(item, owner) for item in value])
    if isinstance(value, dict) and set(owner) <= set(value):
        return {**value, **owner}
    return value


def _once(items: list[Any]) -> list[Any]:
    """Leave out a role that occurs twice: a party has it once, which no schema says."""
    roles = [item.get("role") if isinstance(item, dict) else None for item in items]
    return [
        item for at, item in enumerate(items) if roles[at] is None or roles[at] not in roles[:at]
    ]


def _wanted(
    operation: Operation,
    knowledge: Knowledge,
    path: Mapping[str, str],
    body: Mapping[str, Any],
    number: int,
) -> dict[str, Any]:
    """Return the values that properties of the body should have, if it has them."""
    wanted: dict[str, Any] = dict(zip(_OWNER, knowledge.own, strict=True))
    wanted |= _references(knowledge, body, number)
    if knowledge.response_url:
        wanted["response_url"] = knowledge.response_url
    if number % 4:
        now = datetime.now(UTC)
        wanted["last_updated"] = format_timestamp(now)
        wanted["expiry_date"] = format_timestamp(now + _HOUR)
    if operation.creates:
        wanted |= dict.fromkeys(operation.new_names, knowledge.new_id())
    for name, prop in operation.identity.items():
        wanted[prop] = path.get(name, "")
    return wanted


def _references(knowledge: Knowledge, body: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Choose an object that exists for the ids in a body, alone or in lists."""
    fitting = {names: len(_named(names, body)) for names in knowledge.kinds}
    most = max(fitting.values(), default=0)
    if not most:
        return {}
    best = [ids for names, ids in knowledge.kinds.items() if fitting[names] == most]
    every = [one for ids in best for one in ids]
    chosen = every[number % len(every)]
    return {**chosen, **{f"{name}s": [value] for name, value in chosen.items()}}


def _above(operation: Operation, knowledge: Knowledge, body: Mapping[str, Any]) -> set[str]:
    """Return the ids that a body leaves out although it names a part of what they stand for.

    A connector_id says something only beside the evse_uid.
    """
    out: set[str] = set()
    for kind in knowledge.kinds:
        names = [name for name in kind if name in operation.properties]
        present = [at for at, name in enumerate(names) if name in body]
        out |= set(names[: max(present, default=0)])
    return out - set(body)


def _named(ids: Iterable[str], body: Mapping[str, Any]) -> set[str]:
    """Return which of the ids a body has; what is no id, such as a type, counts beside one only."""
    found = {name for name in ids if name in body or f"{name}s" in body}
    return found if any(name.endswith(_IDS) for name in found) else set()
