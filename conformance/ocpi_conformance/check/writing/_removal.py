"""The end of what a run made: deleted where OCPI has that, else ended by its status."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ocpi_conformance.check.writing.kinds import STAMP, Kind
from ocpi_conformance.exchanges.checked import OCPI_SUCCESS, envelope_of
from ocpi_conformance.exchanges.wire import RecordedExchange, SentRequest

if TYPE_CHECKING:
    from ocpi_conformance.check._interface import CheckedInterface

__all__ = ["STAYS", "ObjectMade", "ending", "remove", "succeeded"]

STAYS: Final = "stays, since OCPI has no way to remove it"
Data = dict[str, Any]
_SUCCESS: Final = range(200, 300)
_NOT_FOUND: Final = 404


@dataclass(slots=True)
class ObjectMade:
    """An object that was sent to a party.

    Attributes:
        place: The interface.
        kind: The kind; None for what is posted.
        name: What it is called.
        url: Where it is.
        ids: The ids of its path.
        query: What else names it, such as the type of a token.
        value: As it was sent last.
        accepted: Whether the party took it once.
        end: What became of what was posted; that it stays, until something else is known.
    """

    place: "CheckedInterface"
    kind: Kind | None
    name: str
    url: str
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    value: Data = field(default_factory=dict)
    accepted: bool = False
    end: str = STAYS


def _without_evses(value: Data) -> Data:
    evses = [{**one, "status": "REMOVED"} for one in value.get("evses") or ()]
    unpublished = {"publish": False} if "publish" in value else {}
    return {**value, "evses": evses, **unpublished}


_ENDINGS: Final[Mapping[str, tuple[str, Callable[[Data], Data]]]] = {
    "Location": ("its EVSEs get the status REMOVED", _without_evses),
    "Session": ("gets the status INVALID", lambda one: {**one, "status": "INVALID"}),
    "Token": ("becomes invalid", lambda one: {**one, "valid": False}),
    "ClientInfo": ("gets the status SUSPENDED", lambda one: {**one, "status": "SUSPENDED"}),
    "Booking": ("is canceled", lambda one: {**one, "reservation_status": "CANCELED"}),
    "BookingLocation": ("loses its calendars", lambda one: {**one, "calendars": []}),
}


def ending(kind: Kind | None) -> str:
    """Return what becomes of an object at the end, as the rest of a sentence."""
    if kind is not None and kind.delete is not None:
        return "is deleted"
    if kind is not None and kind.above is not None:
        return "ends with what it is a part of"
    name = "" if kind is None else kind.name
    return _ENDINGS[name][0] if name in _ENDINGS else STAYS


def remove(one: ObjectMade, moment: str) -> tuple[str, bool]:
    """Remove an object, or end it.

    Returns:
        What became of it, as a line for people; and whether that is what was planned.
    """
    what = f"{one.place.name}: {one.name} at {one.url}"
    kind = one.kind
    if kind is None:
        return f"{what}: {one.end}", True
    if kind.delete is None and (kind.above is not None or kind.name not in _ENDINGS):
        return f"{what}: {ending(kind)}", True
    if _is_gone(one, kind):
        return f"{what}: is not there", True
    done = _deleted(one, kind) if kind.delete is not None else _ended(one, kind, moment)
    if succeeded(done):
        return f"{what}: {ending(kind)}", True
    if _is_gone(one, kind):
        return f"{what}: is not there", True
    return f"{what} could not be removed: {_summary(done)}.", False


def _is_gone(one: ObjectMade, kind: Kind) -> bool:
    sent = one.place.request(kind.get, path=one.ids, query=_query(kind.get.params, one))
    read = _sent(one, sent)
    return not succeeded(read) and (not one.accepted or read.answer.status == _NOT_FOUND)


def _deleted(one: ObjectMade, kind: Kind) -> RecordedExchange:
    assert kind.delete is not None  # noqa: S101 - asked by the caller
    return _sent(one, one.place.request(kind.delete, path=one.ids))


def _ended(one: ObjectMade, kind: Kind, moment: str) -> RecordedExchange:
    identity = {prop: one.ids[name] for name, prop in kind.put.identity.items()}
    known = {prop: text for prop, text in identity.items() if prop in one.value}
    body = _ENDINGS[kind.name][1]({**one.value, **known})
    if kind.is_dated:
        body = {**body, STAMP: moment}
    query = _query(kind.put.params, one)
    return _sent(one, one.place.request(kind.put, path=one.ids, query=query, body=body))


def _query(params: Mapping[str, Any], one: ObjectMade) -> dict[str, str]:
    return {name: text for name, text in one.query.items() if name in params}


def _sent(one: ObjectMade, sent: SentRequest) -> RecordedExchange:
    return one.place.session.probe(one.place.target, sent)


def succeeded(exchange: RecordedExchange) -> bool:
    """Return whether an answer is a success in HTTP and in OCPI."""
    code = (envelope_of(exchange.answer.body) or {}).get("status_code")
    return exchange.answer.status in _SUCCESS and code in OCPI_SUCCESS


def _summary(exchange: RecordedExchange) -> str:
    answer = exchange.answer
    if not answer.status:
        return answer.body.decode()
    code = (envelope_of(answer.body) or {}).get("status_code", "none")
    return f"HTTP {answer.status}, OCPI {code}"
