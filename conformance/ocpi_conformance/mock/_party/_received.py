"""The receiver's side of modules: objects that the client pushes, and reads back."""

import json
from collections.abc import Callable
from typing import Any

from ocpi_runtime.errors import NotFound, UnknownLocation, UnknownToken
from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.patch import merge
from ocpi_runtime.server import Context, Created, Outcome, Received
from ocpi_runtime.types import Raw

__all__ = ["ReceivedObjects"]

_Key = tuple[str, ...]
_LOCATION = 3
_INNER = (("evses", "uid"), ("connectors", "id"))
_UNKNOWN = {"locations": UnknownLocation, "tokens": UnknownToken}
_KINDS = ("booking_location", "calendar", "terminal", "financial_advice_confirmation")
_POSTED: dict[str, _Key] = {
    "post_cdr": ("id",),
    "post_terminal": ("terminal_id",),
    "post_financial_advice_confirmation": ("id",),
    "post_invoice_reconciliation_record": ("country_code", "party_id", "id"),
}
"""The operations that make an object, and the fields that name it."""
_CREATED = Outcome.CREATED
_APPENDED = ("charging_periods",)


class ReceivedObjects:
    """Keeps what the client pushes, in memory."""

    def __init__(self) -> None:
        self._stored: dict[_Key, Raw] = {}

    def answer_of(self, interface: Interface, operation: Operation) -> Callable[..., Any] | None:
        """Return the answer to an operation, or None where it is not of this kind."""
        kind = _kind(interface, operation)
        if operation.id in _POSTED:
            return self._post(kind, _POSTED[operation.id])
        if operation.id.startswith("get_stored_"):
            return self._get(kind)
        if interface.name != "receiver" or interface.module == "chargingprofiles":
            return None
        made = {"PUT": self._put, "PATCH": self._patch, "DELETE": self._delete}
        make = made.get(operation.method)
        return None if make is None else make(kind)

    def _post(self, kind: str, names: _Key) -> Callable[..., Outcome | Created]:
        def post(context: Context, body: Received[Any]) -> Outcome | Created:
            ids = tuple(str(getattr(body.value, name)) for name in names)
            self._stored.setdefault(_key(kind, ids), body.raw)
            return Created(f"{context.endpoint_url}/{ids[-1]}") if kind == "cdrs" else _CREATED

        return post

    def _get(self, module: str) -> Callable[..., Raw]:
        def get(_context: Context, *ids: str, **_query: Any) -> Raw:
            return self._found(module, ids)

        return get

    def _put(self, module: str) -> Callable[..., Outcome]:
        def put(context: Context, *arguments: Any, **_query: Any) -> Outcome:
            *ids, body = arguments
            _check_owner(context, ids)
            if module == "locations" and len(ids) > _LOCATION:
                return self._put_inner(module, ids, body.raw)
            key = _key(module, ids)
            outcome = Outcome.UPDATED if key in self._stored else Outcome.CREATED
            self._stored[key] = body.raw
            return outcome

        return put

    def _put_inner(self, module: str, ids: list[str], raw: Raw) -> Outcome:
        whole = self._whole(module, ids)
        parent, name, at = _place(whole, ids)
        if parent is None:
            raise UnknownLocation(f"{ids[3]} not found.", hint="PUT the EVSE first.")
        listed = parent.setdefault(name, [])
        outcome = Outcome.CREATED if at is None else Outcome.UPDATED
        if at is None:
            listed.append(json.loads(raw))
        else:
            listed[at] = json.loads(raw)
        self._store(module, ids, whole)
        return outcome

    def _patch(self, module: str) -> Callable[..., None]:
        def patch(context: Context, *arguments: Any, **_query: Any) -> None:
            *ids, body = arguments
            _check_owner(context, ids)
            whole = self._whole(module, ids)
            if module == "locations" and len(ids) > _LOCATION:
                parent, name, at = _place(whole, ids)
                if parent is None or at is None:
                    raise UnknownLocation(f"{'/'.join(ids[2:])} not found.")
                old = json.dumps(parent[name][at]).encode()
                parent[name][at] = json.loads(merge(old, body.raw))
            else:
                append = _APPENDED if module == "sessions" else ()
                whole = json.loads(merge(json.dumps(whole).encode(), body.raw, append=append))
            self._store(module, ids, whole)

        return patch

    def _delete(self, module: str) -> Callable[..., None]:
        def delete(context: Context, *ids: str, **_query: Any) -> None:
            _check_owner(context, ids)
            self._found(module, ids)
            del self._stored[_key(module, ids)]

        return delete

    def _whole(self, module: str, ids: list[str]) -> dict[str, Any]:
        key = _key(module, _owner_ids(module, ids))
        if key not in self._stored:
            unknown = _UNKNOWN.get(module, NotFound)
            raise unknown(f"{'/'.join(ids)} not found.", hint="PUT the whole object first.")
        whole: dict[str, Any] = json.loads(self._stored[key])
        return whole

    def _store(self, module: str, ids: list[str], whole: dict[str, Any]) -> None:
        self._stored[_key(module, _owner_ids(module, ids))] = Raw(json.dumps(whole).encode())

    def _found(self, module: str, ids: tuple[str, ...]) -> Raw:
        stored = self._stored.get(_key(module, _owner_ids(module, ids)))
        if stored is not None and module == "locations" and len(ids) > _LOCATION:
            parent, name, at = _place(json.loads(stored), [*ids])
            inner = None if parent is None or at is None else parent[name][at]
            stored = None if inner is None else Raw(json.dumps(inner).encode())
        if stored is None:
            raise NotFound(f"{'/'.join(ids)} not found.")
        return stored


def _kind(interface: Interface, operation: Operation) -> str:
    """Return what an operation is about: modules of several kinds keep them apart."""
    kinds = (one for one in _KINDS if operation.id.endswith(f"_{one}"))
    return next(kinds, interface.module)


def _owner_ids(module: str, ids: tuple[str, ...] | list[str]) -> tuple[str, ...] | list[str]:
    """Return the ids of the object that is stored: an EVSE is a part of its location."""
    return ids[:_LOCATION] if module == "locations" else ids


def _key(module: str, ids: tuple[str, ...] | list[str]) -> _Key:
    return (module, *(one.upper() for one in ids))


def _check_owner(context: Context, ids: tuple[str, ...] | list[str]) -> None:
    if len(ids) > 1 and not context.partner.owns(ids[0], ids[1]):
        raise NotFound(f"{ids[0]}-{ids[1]} is not a party of your credentials.")


def _place(whole: dict[str, Any], ids: list[str]) -> tuple[Any, str, int | None]:
    """Return what an EVSE or connector is in, the name of the list, and where in it."""
    parent: Any = whole
    name, at = "", None
    for (name, key), wanted in zip(_INNER, ids[_LOCATION:], strict=False):
        if name == "connectors":
            parent = None if at is None else parent["evses"][at]
        if parent is None:
            return None, name, None
        listed = [one[key].lower() for one in parent.get(name, ())]
        at = listed.index(wanted.lower()) if wanted.lower() in listed else None
    return parent, name, at
