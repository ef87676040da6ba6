"""Rules about what a client writes."""

from collections.abc import Mapping
from typing import Any, Final

from ocpi_conformance.bundles.reading import bodies_differ
from ocpi_conformance.mock._judging._judgement import ClientBreach, Judge, Judgement, about, each
from ocpi_conformance.mock._judging.observed import Observed, answered_well
from ocpi_conformance.mock._record import ClientRequest
from ocpi_conformance.rules.clients import writing as rules
from ocpi_runtime.codec import parse_timestamp
from ocpi_runtime.types import PartyId

__all__ = ["JUDGES"]

_CHANGED: Final = "last_updated"
_PUSHES: Final = ("PUT", "PATCH", "DELETE")


def _writes(observed: Observed) -> list[ClientRequest]:
    return [
        one
        for one in observed.entries
        if one.operation is not None and one.operation.body is not None
    ]


def _body_valid(observed: Observed) -> Judgement:
    entries = _writes(observed)
    breaches: list[ClientBreach] = []
    for one in entries:
        read = one.reading
        for why in read.faults if read else ():
            if not why.startswith(("body", "the body")) or _is_about_patch(one, why):
                continue
            place, _, reason = why.removeprefix("body ").partition(": ")
            pointer = place if place.startswith("/") else ""
            cause = f"{_shape(pointer)} {_reason(reason) or why}"
            breaches.append(about(one, "a valid body", why, cause=cause, pointer=pointer))
    return Judgement(len(entries), breaches)


def _is_about_patch(entry: ClientRequest, why: str) -> bool:
    """Return whether another rule reports it: a PATCH without last_updated."""
    return entry.sent.method == "PATCH" and f'"{_CHANGED}" is a required' in why


def _shape(pointer: str) -> str:
    return "/".join("*" if piece.isdecimal() else piece for piece in pointer.split("/"))


def _reason(reason: str) -> str:
    """Return a reason without the value that it quotes at its beginning."""
    return reason.partition(" is ")[2] or reason


def _path_valid(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        read = entry.reading
        found = [why for why in read.faults if why.startswith("path")] if read else []
        return found[0] if found else None

    with_ids = [one for one in observed.entries if one.operation and one.operation.path_params]
    return each(with_ids, "valid ids in the path", fault)


def _content_type(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        sent = entry.sent.headers.get("content-type", "")
        if sent.partition(";")[0].strip().lower() == "application/json":
            return None
        return f"Content-Type is {sent}" if sent else "Content-Type is missing"

    sent = [one for one in _writes(observed) if one.sent.body]
    return each(sent, "Content-Type: application/json", fault)


def _ids_agree(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        read = entry.reading
        if read is None or entry.operation is None:
            return None
        different = bodies_differ(entry.operation, read)
        for name, (in_url, in_body) in different.items():
            if in_url:
                return f"{name} is {in_url!r} in the URL and {in_body!r} in the body"
        return None

    put = [one for one in _writes(observed) if one.operation and one.operation.path_params]
    return each(put, "the same ids in URL and body", fault)


def _pushes(observed: Observed) -> list[ClientRequest]:
    return [
        one
        for one in observed.entries
        if one.operation is not None and one.operation.owned and one.sent.method in _PUSHES
    ]


def _own_objects(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        read = entry.reading
        path = read.path if read else {}
        owner = PartyId.of(path.get("country_code", ""), path.get("party_id", ""))
        known = observed.parties
        return f"an object of {owner}" if known and owner not in known else None

    return each(_pushes(observed), "objects of the client's own parties", fault)


def _body(entry: ClientRequest) -> dict[str, Any]:
    read = entry.reading
    return read.body if read and isinstance(read.body, dict) else {}


def _patch_last_updated(observed: Observed) -> Judgement:
    def fault(entry: ClientRequest) -> str | None:
        return None if _CHANGED in _body(entry) else "a PATCH without last_updated"

    return each(_patches(observed), "a PATCH with last_updated", fault)


def _patches(observed: Observed) -> list[ClientRequest]:
    return [one for one in _writes(observed) if one.sent.method == "PATCH"]


def _put_first(observed: Observed) -> Judgement:
    patches = _patches(observed)
    breaches = []
    for one in patches:
        put = [
            other
            for other in observed.entries
            if other.number < one.number and other.sent.method == "PUT" and _is_above(other, one)
        ]
        if not answered_well(put):
            got = "a PATCH of an object that was never PUT"
            breaches.append(about(one, "a PUT of the object before", got))
    return Judgement(len(patches), breaches)


def _is_above(put: ClientRequest, patch: ClientRequest) -> bool:
    """Return whether a PUT wrote the object that a PATCH changes, or the one that it is in."""
    above = put.sent.url.partition("?")[0].rstrip("/").lower()
    below = patch.sent.url.partition("?")[0].rstrip("/").lower()
    return below == above or below.startswith(f"{above}/")


def _changes_forward(observed: Observed) -> Judgement:
    newest: dict[str, tuple[Any, ClientRequest]] = {}
    asked, breaches = 0, []
    for one in _writes(observed):
        moment = _moment(_body(one).get(_CHANGED))
        if one.sent.method not in {"PUT", "PATCH"} or moment is None:
            continue
        asked += 1
        url = one.sent.url.partition("?")[0].lower()
        if url in newest and moment < newest[url][0]:
            got = "last_updated is before that of the push before"
            breaches.append(about(one, "last_updated goes forward", got, newest[url][1]))
        elif answered_well([one]):
            newest[url] = (moment, one)
    return Judgement(asked, breaches)


def _moment(text: Any) -> Any:
    try:
        return parse_timestamp(str(text))
    except ValueError:
        return None


def _cdr_once(observed: Observed) -> Judgement:
    posted: dict[str, ClientRequest] = {}
    entries = observed.of("post_cdr")
    breaches = []
    for one in entries:
        identifier = str(_body(one).get("id", "")).lower()
        if identifier in posted:
            got = "a CDR that was posted before, with success"
            breaches.append(about(one, "each CDR once", got, posted[identifier]))
        elif answered_well([one]):
            posted[identifier] = one
    return Judgement(len(entries), breaches)


JUDGES: Final[Mapping[str, Judge]] = {
    rules.BODY_VALID.id: _body_valid,
    rules.PATH_VALID.id: _path_valid,
    rules.CONTENT_TYPE.id: _content_type,
    rules.IDS_AGREE.id: _ids_agree,
    rules.OWN_OBJECTS.id: _own_objects,
    rules.PATCH_LAST_UPDATED.id: _patch_last_updated,
    rules.PUT_FIRST.id: _put_first,
    rules.CHANGES_FORWARD.id: _changes_forward,
    rules.CDR_ONCE.id: _cdr_once,
}
