"""What a fuzzer has to know about a party beyond its documents, so that requests can succeed.

A schema does not say which party the fuzzer speaks for, which objects exist and where results of
commands may be sent. Without that, generated requests would end at "unknown" and never reach the
code behind it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ocpi_runtime.types import PartyId

__all__ = ["Ids", "Knowledge", "harvest"]

Ids = Mapping[str, str]
"""Ids of one object by the names of path parameters: location_id, evse_uid, connector_id."""

Fill = Callable[[str, Any], Any]
"""Gets an operationId and a body, gives the body as it should be for the request to succeed."""

_FOREIGN = PartyId("XX", "FRN")
_INVENTED = "FUZZ-{stem}"


def _as_it_is(_operation: str, body: Any) -> Any:
    return body


@dataclass(slots=True)
class Knowledge:
    """What is known about a party.

    Attributes:
        own: The party that the fuzzer speaks for; pushed objects belong to it.
        foreign: A party that the fuzzer does not speak for.
        peer: The party that is asked, for the routing headers; None leaves them away.
        objects: Ids of objects that the party has.
        response_url: Where results of commands may be sent.
        fill: The last word on a body that should be accepted.
        skip: The ids of operations that are left out.
    """

    own: PartyId
    foreign: PartyId = _FOREIGN
    peer: PartyId | None = None
    objects: list[Ids] = field(default_factory=list)
    response_url: str | None = None
    fill: Fill = _as_it_is
    skip: frozenset[str] = frozenset()

    def ids(self, names: Iterable[str], number: int) -> Ids:
        """Choose ids for the parameters of a path.

        A path that names an owner gets the fuzzer's own party and ids of its own making; other
        paths get the ids of an object that exists, if one is known.

        Args:
            names: The path parameters.
            number: Chooses among objects, always in the same way.
        """
        wanted = tuple(names)
        if {"country_code", "party_id"} <= set(wanted):
            owner = {"country_code": self.own.country_code, "party_id": self.own.party_id}
            return {name: owner.get(name) or _invented(name) for name in wanted}
        fitting = [ids for ids in self.objects if set(wanted) <= set(ids)]
        if not wanted or not fitting:
            return {}
        chosen = fitting[number % len(fitting)]
        return {name: chosen[name] for name in wanted}

    def knows(self, names: Iterable[str], path: Ids) -> bool:
        """Tell whether the ids of a path are those of an object that exists or may be made.

        Args:
            names: The path parameters.
            path: The ids in the request.
        """
        wanted = tuple(names)
        if {"country_code", "party_id"} <= set(wanted) or not wanted:
            return dict(path) == dict(self.ids(wanted, 0))
        return any(all(ids.get(name) == path.get(name) for name in wanted) for ids in self.objects)


def _invented(name: str) -> str:
    return _INVENTED.format(stem=name.rpartition("_")[0].upper() or name.upper())


def harvest(path_params: tuple[str, ...], items: Iterable[Any]) -> Iterator[Ids]:
    """Read the ids of objects out of a list, as paths with these parameters name them.

    The first parameter is the object's own id. Each further one is found in the list whose name
    is its stem: ``evse_uid`` in ``evses``, ``connector_id`` in ``connectors``.

    Args:
        path_params: Such as ``("location_id", "evse_uid")``.
        items: The objects as JSON builtins.
    """
    if not path_params:
        yield {}
        return
    for item in items:
        own = item.get("id") or item.get("uid") if isinstance(item, dict) else None
        if not isinstance(own, str) or not own:
            continue
        rest = path_params[1:]
        below = item.get(f"{rest[0].rpartition('_')[0]}s") if rest else ()
        for ids in harvest(rest, below or ()):
            yield {path_params[0]: own, **ids}
