"""What a fuzzer needs about a party beyond its documents, so that requests can succeed.

A schema does not state which party the fuzzer speaks for, which objects exist and where results of
commands may be sent. Without that, generated requests would end at "unknown" and never reach the
code behind it.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ocpi_conformance.bundles.operations import Callback
from ocpi_conformance.bundles.reading import Reading
from ocpi_conformance.exchanges.listener import Listener
from ocpi_runtime.types import PartyId

__all__ = ["Ids", "Knowledge", "harvest"]

Ids = Mapping[str, str]
"""What names one object, by parameter: location_id, evse_uid, connector_id; token_uid and type."""

Fill = Callable[[str, Any], Any]
"""Gets an operationId and a body, gives the body as it should be for the request to succeed."""

Before = Callable[[str], str | None]
"""Gets an operationId, brings the party to where it can succeed, may give another token."""

_FOREIGN = PartyId("XX", "FRN")
_INVENTED = "FUZZ-{stem}"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _nothing(_operation: str) -> None:
    return None


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
        at: Ids for the paths of single operations, by operationId; they come before others.
        response_url: Where results of commands may be sent.
        fill: The last word on a body that should be accepted.
        before: Called before a request that should be accepted.
        skip: The ids of operations that are left out.
        read_only: Whether nothing but GET is sent.
        listener: Takes the results of commands; without it nothing is said about results.
        patch_whole: Whether a PATCH must replace nested objects whole, as our own servers do; else
            their other fields may stay.
        mark: Part of all new ids, so that they are new in every run.
    """

    own: PartyId
    foreign: PartyId = _FOREIGN
    peer: PartyId | None = None
    objects: list[Ids] = field(default_factory=list)
    response_url: str | None = None
    at: dict[str, list[Ids]] = field(default_factory=dict)
    fill: Fill = _as_it_is
    before: Before = _nothing
    skip: frozenset[str] = frozenset()
    read_only: bool = False
    listener: Listener | None = None
    patch_whole: bool = False
    mark: str = field(default_factory=lambda: _letters(int(time.time())))
    _serial: int = 0
    _kinds: dict[tuple[str, ...], list[Ids]] = field(default_factory=dict)
    _grouped: int = 0

    @property
    def kinds(self) -> Mapping[tuple[str, ...], Sequence[Ids]]:
        """The objects by what names them: ids are chosen for each request, objects are many."""
        for ids in self.objects[self._grouped :]:
            self._kinds.setdefault(tuple(ids), []).append(ids)
        self._grouped = len(self.objects)
        return self._kinds

    def leaves_out(self, operation: str, method: str) -> bool:
        """Return whether an operation is not called."""
        return operation in self.skip or (self.read_only and method != "GET")

    def awaits(self, callback: Callback | None, reading: Reading) -> bool:
        """Return whether the result that a request asks for, if it does, is sent to a known URL."""
        if callback is None:
            return True
        place = reading.query if callback.place == "query" else reading.body
        url = place.get(callback.name) if isinstance(place, dict) else None
        return self.response_url is not None and url == self.response_url

    def new_id(self) -> str:
        """Make an id that no object has yet."""
        self._serial += 1
        return f"FUZZ-{self.mark}-{self._serial}"

    def new_party(self) -> PartyId:
        """Make a party that is neither the fuzzer's own nor the peer."""
        self._serial += 1
        return PartyId("ZZ", _letters(self._serial).rjust(3, "Z")[-3:])

    def ids(self, operation: str, names: Iterable[str], number: int) -> Ids:
        """Choose ids for the parameters of a path.

        A path that names an owner gets the fuzzer's own party and ids of its own making; other
        paths get the ids of an object that exists, if one is known.

        Args:
            operation: The operationId.
            names: The path parameters.
            number: Chooses among objects, always in the same way.

        Returns:
            The ids; with an object that exists, also what else names it.
        """
        wanted = tuple(names)
        if {"country_code", "party_id"} <= set(wanted):
            owner = {"country_code": self.own.country_code, "party_id": self.own.party_id}
            return {name: owner.get(name) or _invented(name) for name in wanted}
        fitting = self._fitting(operation, wanted)
        if not wanted or not fitting:
            return {}
        return fitting[number % len(fitting)]

    def _fitting(self, operation: str, names: tuple[str, ...]) -> list[Ids]:
        return self.at.get(operation) or [ids for ids in self.objects if set(names) <= set(ids)]

    def knows(self, operation: str, names: Iterable[str], path: Ids) -> bool:
        """Return whether the ids of a path are those of an object that exists or may be made.

        Args:
            operation: The operationId.
            names: The path parameters.
            path: The ids in the request.
        """
        wanted = tuple(names)
        if {"country_code", "party_id"} <= set(wanted) or not wanted:
            return dict(path) == dict(self.ids(operation, wanted, 0))
        fitting = self._fitting(operation, wanted)
        return any(all(ids.get(name) == path.get(name) for name in wanted) for ids in fitting)


def _letters(number: int) -> str:
    """Write a number in digits and letters."""
    out = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        out = _DIGITS[digit] + out
    return out


def _invented(name: str) -> str:
    return _INVENTED.format(stem=name.rpartition("_")[0].upper() or name.upper())


def harvest(
    path_params: tuple[str, ...], items: Iterable[Any], also: Iterable[str] = ()
) -> Iterator[Ids]:
    """Read the ids of objects out of a list, as paths with these parameters name them.

    The first parameter is the object's own id. Each further one is found in the list whose name
    is its stem: ``evse_uid`` in ``evses``, ``connector_id`` in ``connectors``.

    Args:
        path_params: Such as ``("location_id", "evse_uid")``.
        items: The objects as JSON builtins.
        also: Properties of the objects that are parameters of queries, such as ``type``.
    """
    if not path_params:
        yield {}
        return
    for item in items:
        names = (path_params[0], "id", "uid")
        own = next(filter(None, map(item.get, names)), None) if isinstance(item, dict) else None
        if not isinstance(own, str) or not own:
            continue
        rest = path_params[1:]
        below = item.get(f"{rest[0].rpartition('_')[0]}s") if rest else ()
        more = {name: item[name] for name in also if isinstance(item.get(name), str)}
        for ids in harvest(rest, below or ()):
            yield {path_params[0]: own, **more, **ids}
