"""schemathesis' engine, run in this process over one operation at a time."""

import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

import requests
import schemathesis
from hypothesis.errors import HypothesisWarning
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema

from ocpi_conformance.fuzz.align import Way, align, way_of
from ocpi_conformance.fuzz.session import Session
from ocpi_conformance.fuzz.surface import Described
from ocpi_conformance.fuzz.view import parts_of, put_into, split_url, view
from ocpi_conformance.fuzz.wire import MASKED, Answer, Exchange, Sent

__all__ = ["Engine", "Round"]

_CHECK = "ocpi"
_COVERAGE: Literal["coverage"] = "coverage"
_FUZZING: Literal["fuzzing"] = "fuzzing"
_SHRINKS = 200
# By the identity of the schema at work, because checks and hooks of schemathesis are global.
_RUNNING: "dict[int, Engine]" = {}


class Broken(Failure):
    """Tells schemathesis that a case broke a rule, so that it looks for a smaller one."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Round:
    """One run of the engine over one operation.

    Attributes:
        phase: ``coverage`` walks over the bounds of every property; ``fuzzing`` draws at random.
        cases: The most cases to send, those left aside that make a finding smaller.
        seed: What random draws come from.
        seconds: When to stop at the latest.
        mode: Valid requests, invalid ones, or both.
    """

    phase: Literal["coverage", "fuzzing"]
    cases: int
    seed: int
    seconds: float
    mode: Literal["positive", "negative", "all"] = "all"


class Engine:
    """Draws cases for the operations of one target and has the session judge them.

    Args:
        session: Judges and remembers.
        timeout: Seconds until an answer must be there.

    Attributes:
        problems: What schemathesis could not do, for people.
    """

    def __init__(self, session: Session, *, timeout: float) -> None:
        self.problems: list[str] = []
        self._session = session
        self._timeout = timeout
        self._base, prefix = split_url(session.target.url)
        self._document = view(session.target.bundle, prefix)
        self._round = Round(_COVERAGE, 0, 0, 0)
        self._stream: Any = None
        self._deadline = 0.0
        self._drawn: list[Any] = []
        self._sent_count = self._broken = 0
        self._known: set[str] = set()

    def run(self, operation: Described, this: Round) -> int:
        """Run one round.

        Returns:
            How many cases were sent.
        """
        if this.cases <= 0 or this.seconds <= 0:
            return 0
        self._round = this
        self._deadline = time.monotonic() + this.seconds
        self._sent_count = self._broken = 0
        self._known = self._session.broken_rules(operation)
        schema = self._schema(operation)
        _RUNNING[id(schema)] = self
        try:
            self._execute(operation, schema)
            self._send_drawn()
        finally:
            del _RUNNING[id(schema)]
        return self._sent_count

    def _schema(self, operation: Described) -> Any:
        config = SchemathesisConfig.from_dict(self._settings())
        config.output.sanitization.update(enabled=False)
        loaded = schemathesis.openapi.from_dict(self._document, config=config)
        schema = loaded.include(operation_id=operation.id)
        # schemathesis writes attributes on hooks, which bound methods do not take.
        schema.hook("filter_case")(lambda context, case: self._wanted(case))  # noqa: ARG005
        schema.hook("after_network_error")(
            lambda context, case, request: self._unanswered(case, request)  # noqa: ARG005
        )
        return schema

    def _execute(self, operation: Described, schema: Any) -> None:
        with _quiet():
            self._stream = from_schema(schema).execute()
            for event in self._stream:
                self._note(operation, event)

    def _send_drawn(self) -> None:
        """Send the cases of the coverage phase, or as many as are wanted, evenly spread.

        The engine would stop at the first ones, so it only draws them.
        """
        every = max(1, -(-len(self._drawn) // max(1, self._round.cases)))
        with requests.Session() as connection:
            for case in self._drawn[::every]:
                if time.monotonic() > self._deadline:
                    break
                # A request without an answer was noted by the hook.
                with suppress(requests.RequestException):
                    self.check(case, case.call(session=connection))
        self._drawn.clear()

    def _settings(self) -> dict[str, Any]:
        off: dict[str, Any] = {"enabled": False}
        fixed = {"operation-ordering": "none", "extra-data-sources": {"responses": False}}
        coverage = {"enabled": self._round.phase == _COVERAGE, "unexpected-methods": [], **fixed}
        fuzzing = {"enabled": self._round.phase == _FUZZING, "error-feedback": off, **fixed}
        generation: dict[str, Any] = {"database": "none", "mode": self._round.mode}
        if self._round.phase == _FUZZING:
            generation["max-examples"] = self._round.cases
        return {
            "base-url": self._base,
            "cache": off,
            "checks": {"enabled": False, _CHECK: {"enabled": True}},
            "generation": generation,
            "max-redirects": 0,
            "phases": {"examples": off, "stateful": off, _COVERAGE: coverage, _FUZZING: fuzzing},
            "request-timeout": self._timeout,
            "seed": self._round.seed,
            "workers": 1,
        }

    def _note(self, operation: Described, event: Any) -> None:
        """Keep what hinders schemathesis, but for what is known to be a finding."""
        if not isinstance(event, events.FatalError | events.NonFatalError) or self._broken:
            return
        told = event.info if isinstance(event, events.NonFatalError) else event.exception
        self.problems.append(f"{self._session.target.name} {operation.id}: {told}")

    def _wanted(self, case: Any) -> bool:
        """Leave out what cannot be sent faithfully; put aside what is drawn for coverage."""
        if any(unquote(str(one)) in {"", ".", ".."} for one in case.path_parameters.values()):
            return False
        if self._round.phase == _FUZZING:
            return True
        self._drawn.append(case)
        return False

    def prepare(self, case: Any) -> None:
        """Align a case and give it its headers; called before it is sent."""
        session = self._session
        operation = self._operation(case)
        parts = parts_of(operation, case)
        way, number = way_of(operation, parts)
        if not session.reached(operation):
            way = Way.KNOWN
        if way is Way.KNOWN and parts.sound:
            session.prepare(operation)
        there = {} if operation.method == "PUT" else session.query_there(operation)
        put_into(case, parts, align(operation, parts, session.knowledge, way, number, there))
        case.headers.update(session.sender.unmasked(session.headers(operation)))
        self._sent_count += 1

    def check(self, case: Any, response: Any) -> None:
        """Judge an answer.

        Raises:
            Broken: A rule is broken that was not known to be, and a smaller case is wanted.
        """
        operation = self._operation(case)
        headers = {name: ", ".join(values) for name, values in response.headers.items()}
        answer = Answer(response.status_code, headers, response.content or b"")
        trial = self._session.trial(operation, Exchange(self._sent(response.request), answer))
        new = {fault.rule for fault in self._session.judge(trial)} - self._known
        if time.monotonic() > self._deadline:
            self._stream.stop()
        elif new:
            self._broken += 1
            if self._round.phase == _FUZZING and self._broken < _SHRINKS:
                raise Broken(operation=operation.id, message=min(new))

    def _operation(self, case: Any) -> Described:
        return self._session.surface.operations[case.operation.definition.raw["operationId"]]

    def _unanswered(self, case: Any, request: Any) -> None:
        self._broken += 1
        reason = f"none within {self._timeout} seconds, or the connection broke"
        self._session.no_answer(self._operation(case), self._sent(request), reason)

    def _sent(self, request: Any) -> Sent:
        headers = {name.lower(): value for name, value in request.headers.items()}
        if headers.get("authorization") == self._session.sender.authorization:
            headers["authorization"] = MASKED
        body = request.body.encode() if isinstance(request.body, str) else request.body
        return Sent(str(request.method), str(request.url), headers, body)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep hypothesis' advice to authors of tests away from people who run a fuzzer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)
        yield


@schemathesis.hook("before_call")
def _before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    engine = _RUNNING.get(id(case.operation.schema))
    if engine is not None:
        engine.prepare(case)


def _check(_context: Any, response: Any, case: Any) -> None:
    engine = _RUNNING.get(id(case.operation.schema))
    if engine is not None:
        engine.check(case, response)


_check.__name__ = _CHECK
schemathesis.check(_check)
