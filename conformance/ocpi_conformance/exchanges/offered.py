"""What a party offers, where its own word is not enough: who it is, and which URL is of which role.

Before 2.2 an endpoint has no interface role. A party with both roles has a versions URL for each;
where it lists both under one, a module has two URLs, of which one is that of a sender.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from ocpi_conformance.bundles.operations import Operation, describe
from ocpi_conformance.exchanges.checked import envelope_of
from ocpi_conformance.exchanges.target import Target
from ocpi_conformance.exchanges.wire import Answer
from ocpi_runtime.parties import PartyRole, offered_by, role_offered
from ocpi_runtime.types import PartyId

if TYPE_CHECKING:
    from ocpi_runtime.client import Endpoint

__all__ = ["ROLELESS", "parties_by_role", "peer_party", "with_roles"]

_OK: Final = 200
_SENDER, _RECEIVER = "SENDER", "RECEIVER"
_TOTAL: Final = "x-total-count"
ROLELESS: Final = frozenset({"versions", "credentials"})
"""Modules that are the same for all roles."""
_OWNER: Final = frozenset({"country_code", "party_id"})


def with_roles(
    endpoints: "Sequence[Endpoint]", ask: Callable[[str], Answer], party_role: PartyRole | None
) -> "list[Endpoint]":
    """Return endpoints with their interface roles, and without those of the other party role.

    Args:
        endpoints: As a party lists them, without roles.
        ask: Sends GET to a URL.
        party_role: Whose endpoints are wanted; None for those of both.

    Returns:
        The endpoints; without a role where the module has none, or it could not be found out.
    """
    modules = dict.fromkeys(one.module for one in endpoints if one.module not in ROLELESS)
    listed = {name: [one for one in endpoints if one.module == name] for name in modules}
    apart = [one for same in listed.values() if len(same) > 1 for one in _told_apart(same, ask)]
    wanted = [one for one in apart if party_role in {None, offered_by(one.module, one.role)}]
    others = [one for one in apart if one not in wanted]
    for module, same in listed.items():
        if len(same) == 1 and _likeness(same[0], others) <= _likeness(same[0], wanted):
            role = role_offered(module, party_role) if party_role else ""
            wanted.append(replace(same[0], role=role))
    return wanted + _nearest(endpoints, wanted)


def _told_apart(same: "Sequence[Endpoint]", ask: Callable[[str], Answer]) -> "list[Endpoint]":
    """Return the sender and the receiver of a module: the sender alone has a list."""
    ordered = sorted(same, key=lambda one: _readable(ask(one.url)))
    return [replace(ordered[-1], role=_SENDER), replace(ordered[0], role=_RECEIVER)]


def _nearest(endpoints: "Sequence[Endpoint]", others: "Sequence[Endpoint]") -> "list[Endpoint]":
    """Return the endpoint of each module without roles that is nearest to other endpoints."""
    found = [one for one in endpoints if one.module in ROLELESS]
    return [
        max(
            (one for one in found if one.module == module),
            key=lambda one: _likeness(one, others),
        )
        for module in dict.fromkeys(one.module for one in found)
    ]


def _likeness(one: "Endpoint", others: "Sequence[Endpoint]") -> int:
    """Return with how many characters a URL begins as the most similar of others does."""
    return max((_in_common(one.url, other.url) for other in others), default=0)


def _in_common(url: str, other: str) -> int:
    pairs = zip(url, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _readable(answer: Answer) -> int:
    """Return how much an answer is like a list, which the sender of a module alone has."""
    envelope = envelope_of(answer.body) or {}
    if answer.status != _OK or "status_code" not in envelope:
        return 0
    return 2 if isinstance(envelope.get("data"), list) and _TOTAL in answer.headers else 1


def peer_party(
    targets: Iterable[Target], ask: Callable[[Target, Operation], Answer]
) -> PartyId | None:
    """Return the first party of the credentials of a platform, for the routing headers.

    Args:
        targets: The interfaces of the party.
        ask: Sends a request to an operation.

    Returns:
        The party; None where the credentials name none.
    """
    for target in targets:
        if target.module == "credentials":
            answer = ask(target, describe(target.bundle).operations["get_credentials"])
            found = _party((envelope_of(answer.body) or {}).get("data"))
            if found is not None:
                return found
    return None


def parties_by_role(data: Any) -> dict[str, PartyId]:
    """Return the first party of each role that credentials name; nothing where they have none."""
    roles = data.get("roles") if isinstance(data, dict) else None
    found: dict[str, PartyId] = {}
    for one in roles if isinstance(roles, list) else ():
        party = _named(one)
        if party is not None:
            found.setdefault(str(one.get("role")), party)
    return found


def _party(data: Any) -> PartyId | None:
    """Read the first party of credentials, which have roles from 2.2 on."""
    roles = data.get("roles") if isinstance(data, dict) else None
    return _named(roles[0] if isinstance(roles, list) and roles else data)


def _named(named: Any) -> PartyId | None:
    if not isinstance(named, dict) or not set(named) >= _OWNER:
        return None
    return PartyId.of(str(named["country_code"]), str(named["party_id"]))
