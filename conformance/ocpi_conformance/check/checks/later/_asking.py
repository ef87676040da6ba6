"""A request with a response_url, its response, and what is sent to that URL."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ocpi_conformance.bundles.operations import Callback, Operation
from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Seen, Stopped
from ocpi_conformance.exchanges.checked import CheckedExchange, Outcome, envelope_of
from ocpi_conformance.exchanges.listener import Inbox
from ocpi_conformance.exchanges.wire import SentRequest
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.modules import commands
from ocpi_conformance.verdicts.later_results import arrived, patience, result_faults

__all__ = ["Pending", "ask", "has_timeout", "result_of"]

_ACCEPTED: Final = "ACCEPTED"
_QUERY: Final = "?from=check"
_SOON: Final = 0.3
"""How long to wait for a result that must not come."""


@dataclass(slots=True)
class Pending:
    """A request that was sent, with the URL where its result is awaited.

    Attributes:
        place: The interface.
        operation: What was called.
        checked: The request and its response.
        inbox: Where the result comes.
    """

    place: CheckedInterface
    operation: Operation
    checked: CheckedExchange
    inbox: Inbox

    @property
    def data(self) -> Mapping[str, Any]:
        """The data of the response; empty where it has none."""
        found = (self.checked.envelope or {}).get("data")
        return found if isinstance(found, dict) else {}

    @property
    def accepted(self) -> bool:
        """Whether a result is to come."""
        answered = self.checked.outcome is Outcome.ACCEPTED
        return answered and self.data.get("result") == _ACCEPTED

    @property
    def callback(self) -> Callback:
        """What the result must be."""
        assert self.operation.callback is not None  # noqa: S101 - chosen by it
        return self.operation.callback

    def result(self) -> SentRequest | None:
        """Wait for the result; None where none comes in time."""
        party = self.place.party
        found = self.inbox.wait(patience(self.checked, party.result_seconds))
        if found is None:
            party.result_seconds = min(party.result_seconds, _SOON)
        return found

    def succeeded(self) -> bool:
        """Return whether it was accepted and its result is a success, or never came."""
        if not self.accepted:
            return False
        sent = self.result()
        if sent is None:
            return True
        body = result_of(sent)
        return body.get("result") == _ACCEPTED

    def seen(self, fault: Fault, *results: SentRequest) -> Seen:
        """Return a fault with the request, its response and the results that show it."""
        return Seen(fault, (self.checked.exchange, *map(arrived, results)))

    def refused(self, rule: Rule, what: str) -> Iterator[Seen]:
        """Require that it did not succeed."""
        if self.succeeded():
            wanted = f"a refusal of {what}, or a result that is no success"
            yield self.seen(Fault(rule, wanted, self.summary(), f"{what} accepted"))

    def summary(self) -> str:
        """Return the response, for people."""
        result = self.data.get("result")
        return f"{self.checked.summary()}, result {result}" if result else self.checked.summary()

    def result_faults(self) -> Iterator[Seen]:
        """Yield what is wrong with the result, or that it does not come."""
        if not self.accepted:
            return
        sent = self.result()
        if sent is None:
            wanted = "a result at response_url within the timeout"
            yield self.seen(Fault(commands.RESULT_ARRIVES, wanted, "none"))
            return
        if not sent.url.endswith(_QUERY):
            wanted, cause = f"response_url as it was sent, with {_QUERY}", "another URL"
            fault = Fault(commands.RESULT_ARRIVES, wanted, f"a result at {sent.url}", cause)
            yield self.seen(fault, sent)
        for fault in result_faults(self.callback, sent):
            yield self.seen(fault, sent)

    def count_faults(self) -> Iterator[Seen]:
        """Yield that a result came twice, or after a refusal."""
        results = tuple(self.inbox.arrived)
        if self.accepted and len(results) > 1:
            fault = Fault(commands.ONE_RESULT, "one result", f"{len(results)} results")
            yield self.seen(fault, *results[1:])
        elif self.data and not self.accepted and results:
            wanted = "no result of a request that was not accepted"
            got = f"{len(results)} results"
            yield self.seen(Fault(commands.NO_RESULT_IF_REFUSED, wanted, got), *results)


def result_of(sent: SentRequest) -> Mapping[str, Any]:
    """Return the body of a result, if it is an object."""
    return envelope_of(sent.body or b"") or {}


def ask(
    place: CheckedInterface,
    operation: Operation,
    *,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
    wrong: bool = False,
) -> Pending:
    """Send a request whose result is awaited at a URL of its own.

    Args:
        place: The interface.
        operation: What is called.
        path: The ids of its path.
        query: Its parameters.
        body: Its body, without response_url.
        wrong: Whether it is about something that does not exist, or cannot be.

    Raises:
        Stopped: No answer came, or there is no place where a result can come.
    """
    if place.party.listener is None:
        raise Stopped("Results need an address that the party can reach: --listen.")
    inbox = place.party.listener.open()
    callback = operation.callback
    assert callback is not None  # noqa: S101 - chosen by it
    url = {callback.name: f"{inbox.url}{_QUERY}"}
    if callback.place == "body":
        sent = place.request(operation, path=path, query=query, body={**(body or {}), **url})
    else:
        sent = place.request(operation, path=path, query={**(query or {}), **url}, body=body)
    return Pending(place, operation, place.send(operation, sent, reachable=not wrong), inbox)


def has_timeout(rule: Rule, pending: Pending) -> Iterator[Seen]:
    """Require a positive timeout in the response."""
    timeout = pending.data.get("timeout")
    if isinstance(timeout, int | float) and timeout <= 0:
        fault = Fault(rule, "a timeout above zero", f"timeout {timeout}", pointer="/data/timeout")
        yield pending.seen(fault)
