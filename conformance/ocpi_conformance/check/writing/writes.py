"""What a run makes at a party: planned before anything is sent, and removed at its end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ocpi_conformance.check._registry import Stopped
from ocpi_conformance.check.writing._numbers import free_number, mark_of, party_code
from ocpi_conformance.check.writing._removal import STAYS, ObjectMade, ending, remove, succeeded
from ocpi_conformance.check.writing._samples import sample
from ocpi_conformance.check.writing.kinds import OWNER, Kind, class_of, kinds_of, posts_of
from ocpi_conformance.objects.world import World
from ocpi_runtime.binding import Binding
from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.types import PartyId

if TYPE_CHECKING:
    from ocpi_conformance.check._interface import CheckedInterface
    from ocpi_conformance.check._party import CheckedParty

__all__ = ["ABSENT", "MAIN", "ObjectMade", "PlannedObject", "Writes"]

MAIN: Final = 0
"""The object on which the checks work."""
ABSENT: Final = 1
"""An object that is written to in ways that must be refused."""
_FOREIGN: Final = PartyId("XX", "CHK")
"""A party that is not ours, of no country."""
_HOUR: Final = timedelta(hours=1)
_REFUSED: Final = "must be refused"
_POSTED: Final = {
    "post_activate_terminal": "is deactivated",
    "post_booking_request": "is canceled",
    "post_invoice_reconciliation_record": "is deleted",
}
"""What becomes of what is posted, by operation; the rest stays."""
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class PlannedObject:
    """An object that a run is going to send.

    Attributes:
        target: The interface, such as ``2.2.1 locations.receiver``.
        kind: The class.
        id: What it is called.
        url: Where it is sent to.
        end: What becomes of it, as the rest of a sentence.
    """

    target: str
    kind: str
    id: str
    url: str
    end: str

    def __str__(self) -> str:
        return f"{self.target}: {self.kind} {self.id} at {self.url}: {self.end}"


@dataclass(slots=True)
class Writes:
    """What a run makes at a party.

    Attributes:
        own: The party that owns it.
        bindings: The versions, by number.
        versions: Those that are checked, in their order: each has ids of its own.
        seed: Part of all ids.
        number: Part of all ids too: the first one that no object of the party has.
        made: What was sent, in this order.
        left: What could not be removed, one sentence each.
        done: What became of the rest, one line each.
    """

    own: PartyId
    bindings: dict[str, Binding[Any, Any]]
    versions: Sequence[str]
    seed: int
    number: int = 1
    made: dict[str, ObjectMade] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    _worlds: dict[str, World] = field(default_factory=dict)
    _now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0) - _HOUR)

    @property
    def mark(self) -> str:
        """What all ids begin with."""
        return mark_of(self.seed, self.number)

    @property
    def foreign(self) -> dict[str, str]:
        """The ids of an owner that is not ours."""
        return dict(zip(OWNER, _FOREIGN, strict=True))

    def moment(self) -> str:
        """Return a moment that is later than all before."""
        self._now += timedelta(seconds=1)
        return format_timestamp(self._now)

    def earlier(self) -> str:
        """Return a moment that is earlier than all that :meth:`moment` returned."""
        return format_timestamp(self._now - 24 * _HOUR)

    def name(self, version: str, slot: int = MAIN) -> str:
        """Return the id of an object, the same for all kinds."""
        return f"{self.mark}-{_LETTERS[2 * self.versions.index(version) + slot]}"

    def ids(self, version: str, kind: Kind, slot: int = MAIN) -> dict[str, str]:
        """Return the ids by which the path of a kind names an object."""
        own = dict(zip(OWNER, self.own, strict=True))
        if not kind.own_names:
            letter = self.name(version, slot)[-1]
            return {**own, **dict(zip(OWNER, party_code(letter, self.number), strict=True))}
        name = self.name(version, slot)
        numbers = {1: (name,), 2: (name, f"{name}3"), 3: (name, f"{name}1", "2")}
        return own | dict(zip(kind.own_names, numbers[len(kind.own_names)], strict=True))

    def plan(self, party: "CheckedParty") -> list[PlannedObject]:
        """Choose ids that no object has, and return what will be sent under them."""
        places = list(party.interfaces.values())
        wholes = [
            (place, kind) for place in places for kind in kinds_of(place) if kind.above is None
        ]

        def is_free(number: int) -> bool:
            self.number = number
            return not any(self._is_there(place, kind) for place, kind in wholes)

        self.number = free_number(is_free)
        return [one for place in places for one in self._planned(place)]

    def _is_there(self, place: "CheckedInterface", kind: Kind) -> bool:
        sent = place.request(kind.get, path=self.ids(place.version, kind))
        return succeeded(place.session.probe(place.target, sent))

    def _planned(self, place: "CheckedInterface") -> Iterator[PlannedObject]:
        for kind in kinds_of(place):
            for slot in (MAIN, ABSENT):
                ids = self.ids(place.version, kind, slot)
                name = " ".join(ids[one] for one in kind.own_names or OWNER)
                end = _REFUSED if slot else ending(kind)
                yield PlannedObject(place.name, kind.name, name, place.url(kind.put, ids), end)
            if kind.put.owned and kind.above is None:
                ids = {**self.ids(place.version, kind), **self.foreign}
                url, name = place.url(kind.put, ids), " ".join(ids[one] for one in kind.own_names)
                yield PlannedObject(place.name, kind.name, name, url, _REFUSED)
        for post in posts_of(place):
            name, made = self.name(place.version), class_of(place.target.bundle, post)
            end = _POSTED.get(post.id, STAYS)
            yield PlannedObject(place.name, made, name, place.url(post), end)

    def sample(self, place: "CheckedInterface", name: str, slot: int = MAIN) -> dict[str, Any]:
        """Return a valid object of a class, owned by us and new.

        Args:
            place: The interface that it is for.
            name: The class.
            slot: Which of the planned ones.
        """
        main = self.name(place.version, slot)
        names = dict.fromkeys(("location", "tariff", "session", "cdr", "token"), main)
        names["evse"] = f"{main}1"
        token = token_of(place) if name in {"Session", "CDR"} else None
        return sample(self.world(place.version), name, names, token)

    def world(self, version: str) -> World:
        """Return realistic objects of a version, all of which are ours."""
        if version not in self._worlds:
            self._worlds[version] = World(self.bindings[version], self.own, self.own, count=1)
        return self._worlds[version]

    def note(self, one: ObjectMade) -> ObjectMade:
        """Note an object before it is sent, so that it is removed whatever happens then."""
        known = self.made.pop(one.url, None)
        one.accepted = known is not None and known.accepted
        self.made[one.url] = one
        return one

    def note_posted(self, place: "CheckedInterface", kind: str, name: str, url: str) -> ObjectMade:
        """Note what is posted before it is sent.

        Args:
            place: The interface.
            kind: The class.
            name: What it is called.
            url: Where it is sent to.
        """
        made = ObjectMade(place, None, f"{kind} {name}", url)
        return self.made.setdefault(f"{url}#{kind} {name}", made)

    def remove(self) -> None:
        """Remove or end all that was made, the last first; note what could not be removed."""
        while self.made:
            _, one = self.made.popitem()
            text, is_as_planned = remove(one, self.moment())
            (self.done if is_as_planned else self.left).append(text)

    @property
    def kept(self) -> list[str]:
        """What stays because OCPI has no way to remove it."""
        return [one for one in self.done if one.endswith(STAYS)]


def token_of(place: "CheckedInterface") -> dict[str, Any] | None:
    """Return a token that the party lists, for sessions and CDRs; None where it lists none."""
    tokens = place.sibling("tokens", "sender")
    try:
        return None if tokens is None else tokens.objects()[0]
    except Stopped:
        return None
