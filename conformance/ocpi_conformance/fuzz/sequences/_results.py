"""A request, its answer, and the result that the party sends later to a URL of the fuzzer."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ocpi_conformance.bundles.operations import Callback, Operation
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.exchanges.listener import Inbox, Listener
from ocpi_conformance.exchanges.wire import RecordedExchange
from ocpi_conformance.fuzz._align import RequestParts
from ocpi_conformance.fuzz.drawing import Draws
from ocpi_conformance.fuzz.sequences._sequence_run import (
    SequenceContext,
    SequenceRun,
    SequenceStopped,
    data_of,
)
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import commands
from ocpi_conformance.verdicts.later_results import arrived, patience, result_faults
from ocpi_runtime.codec import format_timestamp

__all__ = ["ResultSequence", "find_results"]

_CHAINS = (
    ("put_charging_profile", "get_active_charging_profile", "delete_charging_profile"),
    ("post_reserve_now", "post_cancel_reservation"),
)
_SHARED = ("reservation_id", "session_id")
# A reservation may end later without the driver, and that is sent as a second result.
_TWICE = frozenset({"post_reserve_now"})
_ACCEPTED = "ACCEPTED"
_EXPIRY = "expiry_date"
_HOUR = timedelta(hours=1)
_MOST_MISSING = 2
_PAUSE = 0.3


@dataclass(frozen=True, slots=True)
class _Awaited:
    operation: Operation
    inbox: Inbox
    steps: Sequence[RecordedExchange]
    accepted: bool
    refused: bool


@dataclass(slots=True)
class ResultSequence:
    """The sequence for requests whose results come later.

    Attributes:
        asked: What is asked in turn, about the same session or reservation.
        listener: Where results come.
    """

    asked: tuple[Operation, ...]
    listener: Listener
    kind: str = "request, result"
    _awaited: list[_Awaited] = field(default_factory=list)
    _missing: int = 0

    @property
    def operation(self) -> Operation:
        """What the sequence is named by."""
        return self.asked[0]

    @property
    def length(self) -> int:
        """About how many requests there are in one run."""
        return len(self.asked)

    def run(self, run: SequenceRun, draws: Draws) -> None:
        """Go through it once."""
        if self._missing >= _MOST_MISSING:
            raise SequenceStopped  # each costs as long as we wait
        shared: dict[str, str] = {}
        for operation in self.asked:
            self._call(run, draws, operation, shared)

    def finish(self, context: SequenceContext) -> None:
        """Look for results that came twice, or to requests that were not accepted."""
        time.sleep(_PAUSE if self._awaited else 0)
        for one in self._awaited:
            came = len(one.inbox.arrived)
            steps = [*one.steps, *map(arrived, one.inbox.arrived[1 if one.accepted else 0 :])]
            if one.accepted and came > 1 and one.operation.id not in _TWICE:
                fault = Fault(commands.ONE_RESULT, "one result", f"{came} results")
                _keep(context, one.operation, fault, steps)
            elif one.refused and came:
                wanted = "no result of a request that was not accepted"
                fault = Fault(commands.NO_RESULT_IF_REFUSED, wanted, f"{came} results")
                _keep(context, one.operation, fault, steps)
        self._awaited.clear()

    def _call(
        self, run: SequenceRun, draws: Draws, operation: Operation, shared: dict[str, str]
    ) -> None:
        session, callback, inbox = run.context.session, operation.callback, self.listener.open()
        assert callback is not None  # noqa: S101 - chosen by it
        session.prepare(operation)
        draw_request = run.draw_request(operation, draws, {})
        parts = _directed(draw_request, callback, inbox.url, shared)
        checked = run.require_success(run.call(operation, parts))
        result = data_of(checked).get("result")
        accepted = result == _ACCEPTED
        # An answer that cannot be read is a finding of its own: what follows is none.
        refused = isinstance(result, str) and not accepted
        awaited = _Awaited(operation, inbox, tuple(run.steps), accepted, refused)
        self._awaited.append(awaited)
        if not accepted:
            raise SequenceStopped
        self._result(run, checked, operation, inbox)

    def _result(
        self, run: SequenceRun, checked: CheckedExchange, operation: Operation, inbox: Inbox
    ) -> None:
        seconds = patience(checked, run.context.seconds)
        callback = operation.callback
        assert callback is not None  # noqa: S101 - chosen by it
        sent = inbox.wait(seconds)
        if sent is None:
            self._missing += 1
            fault = Fault(commands.RESULT_ARRIVES, f"a result within {seconds:.0f} seconds", "none")
            run.report(operation, fault)
        run.steps.append(arrived(sent))
        run.report_all(operation, list(result_faults(callback, sent)))


def find_results(context: SequenceContext) -> Iterator[ResultSequence]:
    """Find the requests that have a result; none where nobody can listen for it."""
    listener = context.session.knowledge.listener
    if listener is None:
        return
    found = {one.id: one for one in context.session.operations if one.callback is not None}
    for names in _CHAINS:
        chain = tuple(found[name] for name in names if name in found)
        if len(chain) == len(names):
            yield ResultSequence(chain, listener)
            for name in names:
                del found[name]
    for operation in found.values():
        yield ResultSequence((operation,), listener)


def _directed(
    parts: RequestParts, callback: Callback, url: str, shared: dict[str, str]
) -> RequestParts:
    """Have the result sent to a URL, and go on with what was chosen before."""
    body, query = parts.body, parts.query
    if callback.place == "body":
        body = {**body, callback.name: url}
    else:
        query = {**query, callback.name: url}
    chosen = {name: value for name, value in (body or {}).items() if name in _SHARED}
    chosen |= {name: value for name, value in parts.path.items() if name in _SHARED}
    shared |= {name: value for name, value in chosen.items() if name not in shared}
    path = {**parts.path, **_known(parts.path, shared)}
    if isinstance(body, dict):
        body = {**body, **_known(body, {**shared, _EXPIRY: _soon()})}
    return replace(parts, path=path, query=query, body=body)


def _soon() -> str:
    return format_timestamp(datetime.now(UTC) + _HOUR)


def _known(values: Mapping[str, Any], shared: Mapping[str, str]) -> dict[str, str]:
    return {name: shared[name] for name in values if name in shared}


def _keep(
    context: SequenceContext, operation: Operation, fault: Fault, steps: Sequence[RecordedExchange]
) -> None:
    context.session.keep(fault, operation, steps)
