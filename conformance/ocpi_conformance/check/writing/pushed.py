"""One object on which a check works: put, read, changed, and noted so that it is removed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.check._registry import Outcome, Seen, Stopped
from ocpi_conformance.check.writing._removal import ObjectMade, succeeded
from ocpi_conformance.check.writing.kinds import STAMP, Kind, kinds_of
from ocpi_conformance.check.writing.writes import ABSENT, MAIN
from ocpi_conformance.exchanges.checked import CheckedExchange, Intent
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault
from ocpi_conformance.verdicts.comparison import Comparison

if TYPE_CHECKING:
    from ocpi_conformance.check._interface import CheckedInterface

__all__ = ["PushedObject", "each_kind", "stamped", "with_steps"]

_SHOWN: Final = 2
Data = dict[str, Any]


def stamped(value: Any, moment: str) -> Any:
    """Return an object with all of its moments of change, and those of its parts, set."""
    if isinstance(value, dict):
        changed = {name: stamped(one, moment) for name, one in value.items()}
        return changed | ({STAMP: moment} if STAMP in value else {})
    return [stamped(one, moment) for one in value] if isinstance(value, list) else value


@dataclass(slots=True)
class PushedObject:
    """An object that a check makes.

    Attributes:
        place: The interface.
        kind: What it is.
        slot: Which of the planned ones.
        ids: The ids of its path.
        value: As it should be stored.
        whole: What it is a part of, as it was stored; None until it is prepared, or where it is
            none.
    """

    place: "CheckedInterface"
    kind: Kind
    slot: int = MAIN
    ids: Data = field(init=False)
    value: Data = field(init=False)
    whole: "PushedObject | None" = None

    def __post_init__(self) -> None:
        writes = self.place.writes
        self.ids = writes.ids(self.place.version, self.kind, self.slot)
        sample = writes.sample(self.place, self.kind.name, self.slot)
        self.value = {**sample, **_identity(self.kind.put, self.ids, sample)}

    def absent(self) -> "PushedObject":
        """Return an object of the same kind that is not there."""
        return PushedObject(self.place, self.kind, ABSENT)

    def query(self, operation: Operation) -> dict[str, str]:
        """Return what names the object beside its path, such as the type of a token."""
        names = set(operation.params) - set(operation.path_params)
        return {name: self.value[name] for name in names if isinstance(self.value.get(name), str)}

    def prepare(self) -> None:
        """Put what the object is a part of, or refers to.

        Raises:
            Stopped: That was refused.
        """
        for place, kind in self._needed():
            one = PushedObject(place, kind, self.slot)
            if place is self.place:
                one.store()
                self.whole = one
            else:
                one.probe(one.body(one.value))

    def _needed(self) -> "Iterator[tuple[CheckedInterface, Kind]]":
        if self.kind.above is not None:
            kinds = kinds_of(self.place)
            yield self.place, next(one for one in kinds if one.put is self.kind.above)
        interfaces = self.place.party.interfaces
        locations = interfaces.get((self.place.version, "locations", "receiver"))
        if self.place.module in {"sessions", "bookings"} and locations is not None:
            yield locations, kinds_of(locations)[0]

    def body(self, value: Data) -> Data:
        """Return a body that is newer than all before."""
        dated: Data = stamped(value, self.place.writes.moment())
        return dated

    def put(
        self,
        body: Data,
        *,
        ids: Mapping[str, str] | None = None,
        intent: Intent = Intent.CALL,
    ) -> CheckedExchange:
        """Send the object.

        Args:
            body: What is sent.
            ids: The ids of the path, where they are other than its own.
            intent: What it is sent for.

        Raises:
            Stopped: No answer came.
        """
        path, query = {**self.ids, **(ids or {})}, self.query(self.kind.put)
        made = self._note(path, body)
        checked = self.place.call(self.kind.put, path=path, query=query, body=body, intent=intent)
        made.accepted |= checked.outcome is Answered.ACCEPTED
        return checked

    def probe(self, body: Data) -> None:
        """Send the object without judging the answer."""
        made = self._note(self.ids, body)
        query = self.query(self.kind.put)
        sent = self.place.request(self.kind.put, path=self.ids, query=query, body=body)
        made.accepted |= succeeded(self.place.session.probe(self.place.target, sent))

    def store(self, value: Data | None = None) -> Data:
        """Put the object, and go on only if that is accepted.

        Returns:
            What was sent.

        Raises:
            Stopped: It was refused.
        """
        body = self.body(self.value if value is None else value)
        self.place.require(self.put(body))
        self.value = body
        return body

    def read(self, *, ids: Mapping[str, str] | None = None) -> CheckedExchange:
        """Read the object.

        Raises:
            Stopped: No answer came.
        """
        path, query = {**self.ids, **(ids or {})}, self.query(self.kind.get)
        return self.place.call(self.kind.get, path=path, query=query)

    def found(self) -> Data:
        """Return the object as the party has it.

        Raises:
            Stopped: It cannot be read.
        """
        data = self.place.require(self.read()).object
        if not isinstance(data, dict):
            raise Stopped(f"{self.kind.get.id} returned no object.")
        return data

    def patch(self, changes: Data, *, intent: Intent = Intent.CALL) -> CheckedExchange:
        """Change the object; the change gets the moment that it has in it, if any.

        Raises:
            Stopped: The version has no PATCH of it, or no answer came.
        """
        operation = self.kind.patch
        if operation is None:
            raise Stopped(f"{self.place.name} has no PATCH of a {self.kind.name}.")
        query = self.query(operation)
        return self.place.call(operation, path=self.ids, query=query, body=changes, intent=intent)

    def delete(self) -> CheckedExchange:
        """Delete the object.

        Raises:
            Stopped: The version has no DELETE of it, or no answer came.
        """
        operation = self.kind.delete
        if operation is None:
            raise Stopped(f"{self.place.name} has no DELETE of a {self.kind.name}.")
        return self.place.call(operation, path=self.ids)

    def differences(self, wanted: Data, got: Any, *, part: bool = False) -> list[str]:
        """List where what was read is not what should be there.

        Args:
            wanted: What should be there.
            got: What was read.
            part: Whether nested objects may hold more than that.
        """
        compare = Comparison(self.place.target.bundle)
        return compare.differences(self.kind.put.sends, wanted, got, part=part)

    def usable(self, values: Data) -> Data:
        """Return those of some values that the class of the version takes."""
        body = self.kind.put.body
        return {
            name: one
            for name, one in values.items()
            if name in self.kind.put.properties
            and body is not None
            and not body.faults({**self.value, name: one})
        }

    def _note(self, path: Mapping[str, str], body: Data) -> ObjectMade:
        name = f"{self.kind.name} {' '.join(path.values())}"
        url = self.place.url(self.kind.put, path)
        query = {name: one for name, one in body.items() if isinstance(one, str)}
        made = ObjectMade(self.place, self.kind, name, url, path, query, body)
        return self.place.writes.note(made)


def _identity(put: Operation, ids: Mapping[str, str], sample: Data) -> Data:
    """Return the properties that repeat the ids of the path."""
    return {prop: ids[name] for name, prop in put.identity.items() if prop in sample}


def with_steps(place: "CheckedInterface", outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Show each fault with what was sent before the exchange that shows it."""
    for one in outcomes:
        steps = tuple(place.session.steps[-_SHOWN:])
        yield Seen(one, steps) if isinstance(one, Fault) else one


def each_kind(
    place: "CheckedInterface",
    work: Callable[[PushedObject], Iterator[Outcome]],
    is_meant: Callable[[Kind], bool] = lambda _: True,
) -> Iterator[Outcome]:
    """Work on an object of each kind; one that cannot be made does not stop the others.

    Args:
        place: The interface.
        work: What is done with an object.
        is_meant: Whether it has to do with a kind.

    Raises:
        Stopped: There was no kind to work on to the end.
    """
    reasons: list[str] = []
    kinds = [one for one in kinds_of(place) if is_meant(one)]
    for kind in kinds:
        place.session.begin()
        try:
            one = PushedObject(place, kind)
            one.prepare()
            yield from with_steps(place, work(one))
        except Stopped as stop:
            reasons.append(stop.reason)
    if len(reasons) == len(kinds):
        raise Stopped(" ".join(dict.fromkeys(reasons)) or "There is no such kind of objects.")
