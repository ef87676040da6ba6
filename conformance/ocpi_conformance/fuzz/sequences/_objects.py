"""PUT, GET, PATCH, GET: what comes back is what was sent, and what is older changes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.exchanges.checked import CheckedExchange, Outcome
from ocpi_conformance.fuzz._align import RequestParts
from ocpi_conformance.fuzz._knowledge import Knowledge
from ocpi_conformance.fuzz.drawing import Draws
from ocpi_conformance.fuzz.sequences._sequence_run import (
    SequenceContext,
    SequenceRun,
    data_of,
    succeeded,
)
from ocpi_conformance.rules import Fault, Rule, Severity
from ocpi_conformance.rules.modules import write
from ocpi_conformance.verdicts.comparison import faults_of_differences
from ocpi_runtime.codec import format_timestamp

__all__ = ["ObjectSequence", "find_objects"]

_OWNER = frozenset({"country_code", "party_id"})
_STAMP = "last_updated"
_AGO = timedelta(days=1)
_OLDER = timedelta(hours=-1)
_TAIL = ("older", "put", "patch")
_MOST = 5
_DROPPED_SHARE = 0.5


@dataclass(slots=True)
class _Object:
    """An object as it should be stored.

    Attributes:
        there: Its ids and its query.
        value: As it was sent.
    """

    there: dict[str, str]
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ObjectSequence:
    """The sequence for one class of objects.

    Attributes:
        put: Creates or replaces one.
        get: Reads it back.
        patch: Changes it, if the version has that.
        delete: Removes it, likewise.
        above: The operations that put what it belongs to.
    """

    put: Operation
    get: Operation
    patch: Operation | None
    delete: Operation | None
    above: tuple[Operation, ...]
    kind: str = "put, get, patch, get"

    @property
    def operation(self) -> Operation:
        """What the sequence is named by."""
        return self.put

    @property
    def length(self) -> int:
        """About how many requests there are in one run."""
        return 8 + len(self.above)

    def run(self, run: SequenceRun, draws: Draws) -> None:
        """Go through it once."""
        _Run(self, run, draws, datetime.now(UTC) - _AGO).all()

    def finish(self, context: SequenceContext) -> None:
        """Nothing is left to be done."""


def find_objects(context: SequenceContext) -> Iterator[ObjectSequence]:
    """Find the classes of objects that the fuzzer may put and read back."""
    operations = context.session.operations
    puts = [
        one
        for one in operations
        if one.method == "PUT" and set(one.path_params) >= _OWNER and one.callback is None
    ]
    for put in puts:
        at = {one.method: one for one in operations if one.path == put.path}
        if "GET" in at:
            above = tuple(one for one in puts if _is_above(one, put))
            yield ObjectSequence(put, at["GET"], at.get("PATCH"), at.get("DELETE"), above)


def _is_above(one: Operation, other: Operation) -> bool:
    pieces = one.segments
    return len(pieces) < len(other.segments) and other.segments[: len(pieces)] == pieces


@dataclass(slots=True)
class _Run:
    sequence: ObjectSequence
    run: SequenceRun
    draws: Draws
    now: datetime
    there: dict[str, str] = field(default_factory=dict)

    def all(self) -> None:
        sequence = self.sequence
        self.there = _fresh(self.run.context.session.knowledge, sequence.put)
        for above in sequence.above:
            self._put(above)
        stored = self._put(sequence.put)
        self._read(write.READ_BACK, sequence.put, stored)
        self._patched(stored)
        for _ in range(self.draws.rng.choice((1, 2)) if self.draws.share else 1):
            what = self.draws.rng.choice(_TAIL)
            if what == "older":
                self._older(stored)
            elif what == "put":
                stored = self._put(sequence.put, stored.there)
                self._read(write.READ_BACK, sequence.put, stored)
            else:
                self._patched(stored)
        self._deleted(stored)

    def _put(self, put: Operation, there: Mapping[str, str] | None = None) -> _Object:
        ids = {name: self.there[name] for name in put.path_params}
        parts = self._stamped(put, self.run.draw_request(put, self.draws, {**ids, **(there or {})}))
        self.run.require_success(self.run.call(put, parts))
        return _Object({**ids, **parts.query}, parts.body)

    def _stamped(
        self, operation: Operation, parts: RequestParts, *, older: bool = False
    ) -> RequestParts:
        """Date a body: each is newer than the one before, unless it shall be older than all."""
        if not isinstance(parts.body, dict) or _STAMP not in operation.properties:
            return parts
        self.now += timedelta(seconds=1)
        moment = self.now + _OLDER if older else self.now
        return replace(parts, body={**parts.body, _STAMP: format_timestamp(moment)})

    def _read(self, rule: Rule, changed: Operation, stored: _Object) -> None:
        checked = self._got(stored)
        if not succeeded(checked):
            wanted = f"the object, after {changed.id} succeeded"
            self._report(Fault(write.STORED, wanted, checked.summary()))
        found = data_of(checked)
        compare = self.run.context.compare
        faults = compare.differences(self.sequence.put.sends, stored.value, found)
        if faults:
            wanted = f"what {changed.id} left there"
            if rule is write.OLDER_IGNORED:
                self._report(Fault(rule, wanted, "; ".join(faults[:_MOST]), "an older state wins"))
            self.run.report_all(self.sequence.get, faults_of_differences(rule, wanted, faults))

    def _got(self, stored: _Object) -> CheckedExchange:
        get = self.sequence.get
        path = {name: stored.there[name] for name in get.path_params}
        query = {k: v for k, v in stored.there.items() if k in get.params and k not in path}
        return self.run.call(get, RequestParts(path, query, None))

    def _report(self, fault: Fault) -> None:
        self.run.report(self.sequence.get, fault)

    def _patched(self, stored: _Object) -> None:
        """Change the object, and compare what is then there with the rule of merging."""
        patch = self.sequence.patch
        if patch is None:
            return
        parts = self._stamped(patch, self.run.draw_request(patch, self.draws, stored.there))
        body = parts.body | dict.fromkeys(self._dropped(patch, stored, parts.body))
        before = stored.value
        stored.value = _merged(before, body, patch.sends.get("x-ocpi-append", ()))
        self.run.require_success(self.run.call(patch, replace(parts, body=body)))
        if self.run.context.session.knowledge.patch_whole:
            self._read(write.PATCH_MERGES, patch, stored)
            return
        self._partly(patch, body, stored)

    def _dropped(
        self, patch: Operation, stored: _Object, body: Mapping[str, Any]
    ) -> tuple[str, ...]:
        """Choose an optional field to be removed by null, or none."""
        kept = {*patch.sends.get("x-ocpi-not-null", ()), *patch.sends.get("required", ())}
        kept |= {*body, *patch.identity.values(), *patch.params, *_OWNER}
        kept |= {*patch.sends.get("x-ocpi-append", ())}
        names = sorted(set(stored.value) & patch.properties - kept)
        wanted = names and self.draws.chance(_DROPPED_SHARE)
        return (self.draws.rng.choice(names),) if wanted else ()

    def _partly(self, patch: Operation, body: Mapping[str, Any], stored: _Object) -> None:
        """Read the object of a party that may merge nested objects in its own way."""
        checked = self._got(stored)
        self.run.require_success(checked)
        found, properties = data_of(checked), self.sequence.put.sends["properties"]
        faults: list[str] = []
        for name in dict.fromkeys([*stored.value, *body]):
            given, got = stored.value.get(name), found.get(name)
            compare = self.run.context.compare
            differing = compare.differences(properties.get(name, {}), given, got, part=name in body)
            faults += [f"/{name}{fault.removeprefix('(whole)')}" for fault in differing]
        if faults:
            wanted = f"the fields of {patch.id} as they were sent, the others as they were"
            nulls = any(value is None for value in body.values())
            lighter = Severity.WARNING if nulls else None
            found_faults = faults_of_differences(write.PATCH_MERGES, wanted, faults, lighter)
            self.run.report_all(self.sequence.get, found_faults)
        stored.value = found

    def _older(self, stored: _Object) -> None:
        """Put an older state of the object, which must change nothing."""
        put = self.sequence.put
        if _STAMP not in put.properties:
            return
        parts = self.run.draw_request(put, self.draws, stored.there)
        self.run.call(put, self._stamped(put, parts, older=True))
        self._read(write.OLDER_IGNORED, put, stored)

    def _deleted(self, stored: _Object) -> None:
        delete = self.sequence.delete
        if delete is None:
            return
        path = {name: stored.there[name] for name in delete.path_params}
        self.run.require_success(self.run.call(delete, RequestParts(path, {}, None)))
        checked = self._got(stored)
        if checked.outcome is Outcome.ACCEPTED:
            wanted = f"HTTP 404, after {delete.id} succeeded"
            self._report(Fault(write.DELETED_GONE, wanted, checked.summary()))


def _fresh(knowledge: Knowledge, put: Operation) -> dict[str, str]:
    """Choose ids that no object has yet."""
    names = [name for name in put.path_params if name not in _OWNER]
    owner = knowledge.own if names else knowledge.new_party()
    ids = {name: knowledge.new_id() for name in names}
    return {"country_code": owner.country_code, "party_id": owner.party_id, **ids}


def _merged(old: Mapping[str, Any], patch: Mapping[str, Any], append: Any) -> dict[str, Any]:
    """Merge as ``docs/decisions/patch.md`` says."""
    more = {name: [*(old.get(name) or ()), *(patch.get(name) or ())] for name in append}
    return {**old, **patch, **more}
