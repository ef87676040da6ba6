"""What a partner may try on what belongs to another one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from ocpi_runtime.types import PartyId
from tests.acceptance.support.bundles import OperationCase, resolved
from tests.acceptance.support.furnished import FurnishedPlatform
from tests.acceptance.support.guests import Call, Guest, credentials

__all__ = ["attempts"]

_OWNER: Final = ("country_code", "party_id")
_LISTS: Final = (
    {"limit": "1000"},
    {"date_from": "1970-01-01T00:00:00Z", "date_to": "2100-01-01T00:00:00Z"},
    {"offset": "1", "limit": "1"},
    {"cursor": "0.9.9", "limit": "1000"},
)


def attempts(
    case: OperationCase, owner: FurnishedPlatform, second: Guest
) -> Iterator[tuple[str, Call]]:
    """Return requests of ``second`` about the things of ``owner``, each with a name."""
    request = _request(case, owner, second)
    pretended = owner.guest.routed(_first_party(second))
    made: list[Call] = []
    for shape, shaped in _SHAPES.items():
        for whose, changed in _OWNERS.items():
            call = changed(shaped(request), second.party)
            if call not in made:
                made.append(call)
                yield f"{shape}, {whose}", call
                yield f"{shape}, {whose}, as the owner", replace(call, headers=pretended)
    if case.paged:
        for query in _LISTS:
            yield f"with {query}", Call(case, query=query)


def _request(case: OperationCase, owner: FurnishedPlatform, second: Guest) -> Call:
    """Make the request that the owner itself would send, but for the texts."""
    call = owner.call(case, second.mark)
    if case.module == "credentials" and call.body is not None:
        claiming = replace(second, party=owner.guest.party)
        call.body = credentials(claiming, ["CPO", "EMSP", "HUB"])
    return call


def _first_party(guest: Guest) -> PartyId:
    return guest.host.platform.settings.parties[0].id


def _body_of(call: Call, party: PartyId) -> Call:
    owner = dict(zip(_OWNER, party, strict=True))
    return replace(call, body=_each(call.body, owner.get))


def _path_of(call: Call, party: PartyId) -> Call:
    owner = dict(zip(_OWNER, party, strict=True))
    path = {name: owner.get(name, value) for name, value in call.path.items()}
    return replace(call, path=path)


def _other_case(call: Call) -> Call:
    ids = set(call.path) | {"id", "uid", "authorization_reference", *_OWNER}
    ids |= {name for name in call.body or {} if name.endswith(("_id", "_uid"))}

    def swapped(name: str, value: Any) -> Any:
        return value.swapcase() if name in ids - {"command"} else value

    path = {name: swapped(name, value) for name, value in call.path.items()}
    return replace(call, path=path, body=_each(call.body, swapped))


def _bare(call: Call) -> Call:
    if call.case.body is None:
        return call
    required = resolved(call.case.bundle, call.case.body).get("required", ())
    body = {name: value for name, value in call.body.items() if name in required}
    return replace(call, body=body)


def _each(part: Any, change: Callable[[str, Any], Any], name: str = "") -> Any:
    """Change every string in a body by its name."""
    if isinstance(part, dict):
        return {inner: _each(value, change, inner) for inner, value in part.items()}
    if isinstance(part, list):
        return [_each(value, change, name) for value in part]
    return change(name, part) if isinstance(part, str) else part


_SHAPES: Final[dict[str, Callable[[Call], Call]]] = {
    "whole": lambda call: call,
    "in other case": _other_case,
    "bare": _bare,
}
_OWNERS: Final[dict[str, Callable[[Call, PartyId], Call]]] = {
    "of the owner": lambda call, _: call,
    "of the second partner in the body": _body_of,
    "of the second partner in the URL": _path_of,
    "of the second partner throughout": lambda call, party: _path_of(_body_of(call, party), party),
}
