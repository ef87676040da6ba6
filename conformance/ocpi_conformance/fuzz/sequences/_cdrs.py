"""POST of an object, GET where it then is, POST again: it never changes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.exchanges.checked import CheckedExchange, Outcome
from ocpi_conformance.exchanges.wire import SentRequest
from ocpi_conformance.fuzz._align import RequestParts
from ocpi_conformance.fuzz.drawing import Draws
from ocpi_conformance.fuzz.sequences._sequence_run import (
    SequenceContext,
    SequenceRun,
    SequenceStopped,
    data_of,
    succeeded,
)
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.modules import cdrs
from ocpi_conformance.verdicts.comparison import faults_of_differences

__all__ = ["Posts", "find_posts"]

_LOCATION = "location"
_MOST = 5


@dataclass(frozen=True, slots=True)
class Posts:
    """The sequence for objects that are posted once.

    Attributes:
        post: Creates one.
        get: Reads it at the URL that the answer gave.
    """

    post: Operation
    get: Operation
    kind: str = "post, get, post again"

    @property
    def operation(self) -> Operation:
        """What the sequence is named by."""
        return self.post

    @property
    def length(self) -> int:
        """About how many requests there are in one run."""
        return 6

    def run(self, run: SequenceRun, draws: Draws) -> None:
        """Go through it once."""
        first = run.draw_request(self.post, draws, {})
        checked = run.require_success(run.call(self.post, first))
        url = self._place(run, checked)
        self._read(run, url, first.body, cdrs.READ_BACK, "what was posted")
        again = run.call(self.post, first)
        if again.outcome is Outcome.ACCEPTED and self._place(run, again) != url:
            wanted = f"Location: {url}, or a refusal, since it was posted before"
            run.report(self.post, Fault(cdrs.POSTED_ONCE, wanted, again.summary()))
        self._read(run, url, first.body, cdrs.NEVER_CHANGES, "what was posted first")
        other = self._other(run, draws, first)
        run.call(self.post, other)
        self._read(run, url, first.body, cdrs.NEVER_CHANGES, "what was posted first")

    def finish(self, context: SequenceContext) -> None:
        """Nothing is left to be done."""

    def _other(self, run: SequenceRun, draws: Draws, first: RequestParts) -> RequestParts:
        draw_request = run.draw_request(self.post, draws, {})
        own = next(name for name in ("id", "uid") if name in first.body)
        return replace(draw_request, body={**draw_request.body, own: first.body[own]})

    def _place(self, run: SequenceRun, checked: CheckedExchange) -> str:
        """Return the URL of the new object; it must be one that the token may be sent to."""
        url = checked.exchange.answer.headers.get(_LOCATION, "")
        if not url:
            raise SequenceStopped  # which answer-header tells
        called = checked.exchange.sent.url
        if urlsplit(url)[:2] != urlsplit(called)[:2]:
            wanted = f"Location: a URL at {called}"
            run.report(self.post, Fault(cdrs.LOCATION, wanted, f"Location: {url}"))
        return url

    def _read(self, run: SequenceRun, url: str, wanted: Any, rule: Rule, what: str) -> None:
        session = run.context.session
        checked = run.send(self.get, SentRequest("GET", url, session.headers(self.get)))
        if not succeeded(checked):
            fault = Fault(cdrs.LOCATION, f"{what}, where Location points", checked.summary())
            run.report(self.get, fault)
        found = data_of(checked)
        faults = run.context.compare.differences(self.post.sends, wanted, found)
        if faults and rule is cdrs.NEVER_CHANGES:
            got = "; ".join(faults[:_MOST])
            run.report(self.get, Fault(rule, what, got, "another CDR is in its place"))
        run.report_all(self.get, faults_of_differences(rule, what, faults))


def find_posts(context: SequenceContext) -> Iterator[Posts]:
    """Find what is posted and then is at the URL of a Location header."""
    operations = context.session.operations
    for post in operations:
        given = {name.lower() for name in post.answer_headers.get(201, ())}
        gets = [one for one in operations if one.method == "GET" and len(one.path_params) == 1]
        if post.creates and _LOCATION in given and gets:
            yield Posts(post, gets[0])
