"""Sends drawn requests to the operations of one target, and makes those smaller that fail."""

import json
import random
from typing import Any, Final

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.exchanges.wire import SentRequest
from ocpi_conformance.fuzz._align import Alignment, RequestParts, align, choose_alignment
from ocpi_conformance.fuzz._memory import written
from ocpi_conformance.fuzz._session import FuzzSession
from ocpi_conformance.fuzz._smaller import smaller
from ocpi_conformance.fuzz.drawing import Requests

__all__ = ["Engine"]

_MOST_SMALLER: Final = 40
# Others are broken by answers, whatever was asked: nothing is learned from smaller requests.
_ABOUT_REQUESTS: Final = frozenset({
    "envelope.no-http-5xx", "envelope.no-status-3000", "envelope.documented-status",
    "malformed.invalid-refused", "malformed.valid-accepted",
})  # fmt: skip
# Each costs as long as we wait for an answer.
_MOST_UNANSWERED: Final = 3


class Engine:
    """Fuzzes the operations of one target.

    Args:
        session: Sends, judges and remembers.
        requests: Draws requests to the target.
        seed: What random choices come from.
    """

    def __init__(self, session: FuzzSession, requests: Requests, seed: int) -> None:
        self._session = session
        self._requests = requests
        self._seed = seed
        self._silent: set[str] = set()

    def run(self, operation: Operation, cases: int, turn: int = 0) -> bool:
        """Send about so many drawn requests, fewer where the allowance of the session ends.

        Args:
            operation: What is called.
            cases: How many requests.
            turn: With another one other requests are drawn.

        Returns:
            False where too many requests were not answered: it is not worth to wait for more.
        """
        if operation.id in self._silent:
            return False
        rng = random.Random(f"{self._seed} {turn} {self._session.target.name} {operation.id}")  # noqa: S311 - no secret
        unanswered = 0
        last = self._session.allowance.sent + cases
        for parts in self._requests.cases(operation, cases, rng):
            if self._session.allowance.sent >= last or not self._session.allowance.left:
                break
            sent = self._written(operation, parts)
            checked = self._session.ask(operation, sent)
            unanswered += checked is None
            if unanswered >= _MOST_UNANSWERED:
                self._silent.add(operation.id)
                return False
            if checked is not None:
                self._make_smaller(checked)
        return True

    def _written(self, operation: Operation, parts: RequestParts) -> SentRequest:
        """Align a request and give it its headers."""
        session = self._session
        alignment, number = choose_alignment(operation, parts)
        if not session.reached(operation):
            alignment = Alignment.KNOWN
        if alignment is Alignment.KNOWN and parts.sound:
            session.prepare(operation)
        there = {} if operation.method == "PUT" else session.query_there(operation)
        aligned = align(operation, parts, session.knowledge, alignment, number, there)
        return written(operation, session.target.url, aligned, session.headers(operation))

    def _make_smaller(self, checked: CheckedExchange) -> None:
        """Look for a smaller body that shows the same, for each cause that is new."""
        sent = checked.exchange.sent
        for fault in [one for one in self._session.fresh if one.rule.id in _ABOUT_REQUESTS]:
            tries = _MOST_SMALLER

            def shows_the_same(body: Any, fault: Any = fault) -> bool:
                nonlocal tries
                if tries <= 0 or not self._session.allowance.left:
                    return False
                tries -= 1
                return self._session.shows(checked.operation, _with(sent, body), fault)

            body = checked.reading.body
            if isinstance(body, dict):
                smaller(body, shows_the_same)


def _with(sent: SentRequest, body: Any) -> SentRequest:
    return SentRequest(sent.method, sent.url, sent.headers, json.dumps(body).encode())
