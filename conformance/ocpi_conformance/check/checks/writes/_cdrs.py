"""Checks of CDRs that are posted: they are where Location points, once, and never change."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, Stopped, check
from ocpi_conformance.check.writing.kinds import post_of
from ocpi_conformance.check.writing.pushed import with_steps
from ocpi_conformance.exchanges.checked import CheckedExchange, Intent
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.exchanges.wire import SentRequest
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import cdrs
from ocpi_conformance.verdicts.comparison import Comparison, faults_of_differences

Data = dict[str, Any]
_LOCATION: Final = "location"
_RULES: Final = (cdrs.LOCATION, cdrs.READ_BACK, cdrs.POSTED_ONCE, cdrs.NEVER_CHANGES)


def _takes_cdrs(place: CheckedInterface) -> bool:
    return post_of(place) is not None


@check(*_RULES, about=_takes_cdrs)
def posted_cdrs(place: CheckedInterface) -> Iterator[Outcome]:
    """Post a CDR and read it; post it again, and another one with its id; read the first one."""
    post, gets = post_of(place), place.by_id()
    if post is None or not gets:
        raise Stopped("The interface has no GET of a CDR.")
    cdr: Data = place.writes.sample(place, "CDR")
    yield from with_steps(place, _Posted(place, post, gets[0], cdr).judged())


@dataclass(slots=True)
class _Posted:
    place: CheckedInterface
    post: Operation
    get: Operation
    cdr: Data

    def judged(self) -> Iterator[Outcome]:
        """Go through all steps."""
        first = self.place.require(self._sent(self.cdr, Intent.CALL))
        url = _url(first)
        if not url:
            raise Stopped("The answer to POST has no Location.")
        called = first.exchange.sent.url
        if urlsplit(url)[:2] != urlsplit(called)[:2]:
            wanted, got = f"Location: a URL at {called}", f"Location: {url}"
            yield Fault(cdrs.LOCATION, wanted, got, "a URL of another host")
            raise Stopped("The token is not sent to another host.")
        read = self._read(url)
        if read.outcome is not Answered.ACCEPTED:
            wanted = "the CDR that was posted, where Location points"
            yield Fault(cdrs.LOCATION, wanted, read.summary())
            raise Stopped("The CDR cannot be read.")
        wanted = "the CDR that was posted"
        yield from faults_of_differences(cdrs.READ_BACK, wanted, self._differences(read))
        yield from self._again(url)

    def _again(self, url: str) -> Iterator[Outcome]:
        again = self._sent(self.cdr, Intent.PROBE)
        if again.outcome is Answered.ACCEPTED and _url(again) != url:
            wanted = f"Location: {url}, or a refusal, since it was posted before"
            yield Fault(cdrs.POSTED_ONCE, wanted, f"Location: {_url(again)}", "another Location")
        before = self._read(url)
        other = {**self.cdr, "total_energy": 1.5, "remark": "Another CDR with the same id."}
        self._sent(other, Intent.PROBE)
        after = self._read(url)
        compare = Comparison(self.place.target.bundle)
        changed = compare.differences(self.post.sends, before.object, after.object)
        if changed or after.outcome is not Answered.ACCEPTED:
            got = "; ".join(changed) or after.summary()
            wanted = "the CDR that was posted first"
            yield Fault(cdrs.NEVER_CHANGES, wanted, got, "another CDR is in its place")

    def _sent(self, body: Data, intent: Intent) -> CheckedExchange:
        url = self.place.target.url
        self.place.writes.note_posted(self.place, "CDR", str(body["id"]), url)
        return self.place.call(self.post, body=body, intent=intent)

    def _read(self, url: str) -> CheckedExchange:
        headers = self.place.session.headers(self.get)
        return self.place.send(self.get, SentRequest("GET", url, headers), reachable=True)

    def _differences(self, read: CheckedExchange) -> list[str]:
        compare = Comparison(self.place.target.bundle)
        return compare.differences(self.post.sends, self.cdr, read.object)


def _url(checked: CheckedExchange) -> str:
    return checked.exchange.answer.headers.get(_LOCATION, "")
