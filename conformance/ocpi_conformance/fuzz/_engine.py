"""schemathesis' engine, run in this process over one operation at a time."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import requests
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.exchanges.target import Target
from ocpi_conformance.exchanges.wire import Answer, RecordedExchange, SentRequest
from ocpi_conformance.fuzz._align import Alignment, align, choose_alignment
from ocpi_conformance.fuzz._hypothesis_isolation import isolated_hypothesis
from ocpi_conformance.fuzz._session import Session
from ocpi_conformance.fuzz._view import parts_of, put_into, split_url, view

__all__ = ["Engine", "Round"]

_CHECK = "ocpi"
_COVERAGE: Literal["coverage"] = "coverage"
_FUZZING: Literal["fuzzing"] = "fuzzing"
_SHRINKS = 300
# Each costs as long as we wait for an answer.
_MOST_UNANSWERED = 3
# By the identity of the schema at work, because checks and hooks of schemathesis are global.
_RUNNING: "dict[int, Engine]" = {}


class CaseFailed(Exception):
    """A case broke a rule: hypothesis shall look for a smaller one.

    It is none of schemathesis' own failures, because those end a round at once.
    """


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
    """Draws cases for the operations of one target and has the session check them.

    Args:
        session: Judges and remembers.
        timeout: Seconds until an answer must be there.

    Attributes:
        problems: What schemathesis could not do, for people.
        connection: Certificates and proxy, as arguments of requests.
        hunted: By operationId, the rules for whose break a small case was looked for.
    """

    def __init__(self, session: Session, *, timeout: float) -> None:
        self.problems: list[str] = []
        self.hunted: dict[str, set[str]] = {}
        self._session = session
        self._timeout = timeout
        self._base, prefix = split_url(session.target.url)
        self.connection = _connection(session.target, urlsplit(self._base).hostname or "")
        self._document = view(session.target.bundle, prefix)
        self._round = Round(_COVERAGE, 0, 0, 0)
        self._stream: Any = None
        self._deadline = 0.0
        self._drawn: list[Any] = []
        self._sent_count = self._broken = self._lost = 0
        self._known: set[str] = set()
        self._alignment = Alignment.KNOWN
        self._fixed_alignment: Alignment | None = None

    def run(self, operation: Operation, this: Round) -> int:
        """Run one round.

        Returns:
            How many cases were sent.
        """
        if this.cases <= 0 or this.seconds <= 0 or self._session.stop.is_set():
            return 0
        self._round = this
        self._deadline = time.monotonic() + this.seconds
        self._sent_count = self._broken = self._lost = 0
        self._known = set(self.hunted.setdefault(operation.id, set()))
        self._fixed_alignment = None
        with self._running(operation) as schema:
            self._execute(operation, schema)
            if this.phase == _COVERAGE:
                self._send(self._drawn)
        return self._sent_count

    def draw(self, operation: Operation, seed: int) -> list[Any]:
        """Draw all cases of the coverage phase, without sending them."""
        self._round = Round(_COVERAGE, 0, seed, 0)
        with self._running(operation) as schema:
            self._execute(operation, schema)
        return self._drawn

    @contextmanager
    def _running(self, operation: Operation) -> Iterator[Any]:
        """Make the schema of a round known to the hooks while the block runs."""
        self._drawn = []
        schema = self._schema(operation)
        _RUNNING[id(schema)] = self
        try:
            yield schema
        finally:
            del _RUNNING[id(schema)]

    def _schema(self, operation: Operation) -> Any:
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

    def _execute(self, operation: Operation, schema: Any) -> None:
        with isolated_hypothesis():
            self._stream = from_schema(schema).execute()
            for event in self._stream:
                self._note(operation, event)
                if self._session.stop.is_set():
                    self._stream.stop()

    def _send(self, cases: list[Any]) -> None:
        """Send the cases of the coverage phase, or as many as are wanted, evenly spread.

        The engine would stop at the first that breaks a rule, so it only draws them.
        """
        every = max(1, -(-len(cases) // self._round.cases))
        with requests.Session() as connection:
            for case in cases[::every]:
                if self._is_over():
                    break
                # A request without an answer was noted by the hook.
                with suppress(requests.RequestException):
                    self.check(case, case.call(session=connection))

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

    def _note(self, operation: Operation, event: Any) -> None:
        """Keep what hinders schemathesis, but for what is known to be a finding."""
        if not isinstance(event, events.FatalError | events.NonFatalError) or self._broken:
            return
        cause = event.info if isinstance(event, events.NonFatalError) else event.exception
        self.problems.append(f"{self._session.target.name} {operation.id}: {cause}")

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
        alignment, number = choose_alignment(operation, parts)
        if self._fixed_alignment is not None:
            alignment = self._fixed_alignment
        elif not session.reached(operation):
            alignment = Alignment.KNOWN
        self._alignment = alignment
        if alignment is Alignment.KNOWN and parts.sound:
            session.prepare(operation)
        there = {} if operation.method == "PUT" else session.query_there(operation)
        put_into(case, parts, align(operation, parts, session.knowledge, alignment, number, there))
        case.headers.update(session.sender.unmasked(session.headers(operation)))
        self._sent_count += 1

    def check(self, case: Any, response: Any) -> None:
        """Judge an answer.

        Raises:
            CaseFailed: A rule is broken that was not known to be, and a smaller case is wanted.
        """
        operation = self._operation(case)
        headers = {name: ", ".join(values) for name, values in response.headers.items()}
        answer = Answer(response.status_code, headers, response.content or b"")
        checked = self._session.checked(
            operation, RecordedExchange(self._sent(response.request), answer)
        )
        new = {fault.rule.id for fault in self._session.check(checked)} - self._known
        if self._is_over():
            self._stream.stop()
        elif new:
            self._broken += 1
            if self._round.phase == _FUZZING and self._broken < _SHRINKS:
                # Smaller cases are aligned like this one, or the rule might not be broken by them.
                self._fixed_alignment = self._alignment
                self.hunted[operation.id] |= new
                raise CaseFailed(min(new))

    def _operation(self, case: Any) -> Operation:
        return self._session.interface.operations[case.operation.definition.raw["operationId"]]

    def _is_over(self) -> bool:
        if self._session.stop.is_set():
            return True
        return time.monotonic() > self._deadline or self._lost >= _MOST_UNANSWERED

    def _unanswered(self, case: Any, request: Any) -> None:
        self._broken += 1
        self._lost += 1
        if self._is_over():
            self._stream.stop()
        reason = f"none within {self._timeout} seconds, or the connection broke"
        self._session.no_answer(self._operation(case), self._sent(request), reason)

    def _sent(self, request: Any) -> SentRequest:
        headers = self._session.sender.masked(request.headers)
        body = request.body.encode() if isinstance(request.body, str) else request.body
        return SentRequest(str(request.method), str(request.url), headers, body)


def _connection(target: Target, host: str) -> dict[str, Any]:
    """Return the arguments of requests for the transport of a target."""
    transport = target.transport
    # As our clients do: no proxy of the environment gets to see the token.
    proxies = {"no_proxy": host} if transport.proxy is None else {"all": transport.proxy}
    made: dict[str, Any] = {"proxies": proxies}
    if transport.ca is not None:
        made["verify"] = os.fspath(transport.ca)
    if transport.client_cert is not None:
        key = transport.client_key or transport.client_cert
        made["cert"] = (os.fspath(transport.client_cert), os.fspath(key))
    return made


@schemathesis.hook("before_call")
def _before_call(_context: Any, case: Any, options: dict[str, Any]) -> None:
    engine = _RUNNING.get(id(case.operation.schema))
    if engine is not None:
        engine.prepare(case)
        options.update(engine.connection)


def _check(_context: Any, response: Any, case: Any) -> None:
    engine = _RUNNING.get(id(case.operation.schema))
    if engine is not None:
        engine.check(case, response)


_check.__name__ = _CHECK
schemathesis.check(_check)
