"""Recorded requests sent again, to another build or another party."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from ocpi_conformance.exchanges.sending import Sender
from ocpi_conformance.exchanges.target import Target
from ocpi_conformance.exchanges.wire import MASKED, RecordedExchange, SentRequest
from ocpi_conformance.replay._called import CalledOperation, KnownEndpoints
from ocpi_conformance.replay._checker import RuleChecker
from ocpi_conformance.replay._difference import differences
from ocpi_conformance.rules import Clause, Fault, Rule, Severity, Strength

__all__ = ["SAME_ANSWER", "OtherParty", "send_again"]

SAME_ANSWER: Final = Rule(
    "replay.same-answer",
    "A request that is sent again is answered as it was recorded",
    Severity.WARNING,
    Clause("", Strength.MAY, "No clause: both answers may be right."),
    "Compare both answers; if the difference is intended, exclude it with --ignore.",
)
_REGISTRATION: Final = frozenset({"versions", "credentials"})
_OWN_HEADERS: Final = frozenset({"accept-encoding", "user-agent", "cookie"})


@dataclass(frozen=True, slots=True)
class OtherParty:
    """Where requests are sent again.

    Attributes:
        targets: The interfaces that the other party offers.
        senders: Send requests to it, with the token Base64-encoded or plain.
        write: Whether requests other than GET are sent too.
        ignore: JSON pointers that may differ.
    """

    targets: Sequence[Target]
    senders: Mapping[bool, Sender]
    write: bool = False
    ignore: Sequence[str] = ()

    def target(self, place: CalledOperation) -> Target | None:
        """Return the interface that corresponds to a recorded one."""
        return next((one for one in self.targets if one.name == place.name), None)


def send_again(
    exchanges: Iterable[RecordedExchange],
    places: KnownEndpoints,
    other: OtherParty,
    checker: RuleChecker,
) -> list[str]:
    """Send requests again, judge the answers, report where they differ from the recorded ones.

    Args:
        exchanges: What was recorded.
        places: Finds the operations that they called.
        other: Where to send them.
        checker: Judges the new answers and keeps the differences.

    Returns:
        What could not be sent, one sentence each.
    """
    problems: dict[str, int] = {}
    for recorded in exchanges:
        place = places.find(recorded.sent)
        target = other.target(place) if place else None
        reason = _reason(recorded, place, target, other)
        if reason or place is None or target is None:
            problems[reason] = problems.get(reason, 0) + 1
            continue
        sent = moved(recorded.sent, place.url, target.url)
        new = other.senders[target.token_base64].try_to_send(sent)
        judged = checker.add(new)
        origins = (place.url, target.url)
        for one in differences(recorded.answer, new.answer, origins=origins, ignore=other.ignore):
            fault = Fault(SAME_ANSWER, one.before, one.after, one.shape, one.pointer)
            checker.keep(judged or place, fault, (recorded, new))
    return [f"{reason} ({times} requests)" for reason, times in sorted(problems.items())]


def _reason(
    recorded: RecordedExchange,
    place: CalledOperation | None,
    target: Target | None,
    other: OtherParty,
) -> str:
    if place is None:
        return "Not sent again, since their URL belongs to no known endpoint"
    if place.module in _REGISTRATION:
        return f"Not sent again, since it belongs to the registration: {place.module}"
    if target is None:
        return f"Not sent again, since the other party has no {place.name}"
    if recorded.sent.method != "GET" and not other.write:
        return f"Not sent again without --write: {recorded.sent.method}"
    return ""


def moved(sent: SentRequest, old: str, new: str) -> SentRequest:
    """Return a request as it goes to another endpoint."""
    parts = urlsplit(sent.url)
    below = parts.path.removeprefix(urlsplit(old).path.rstrip("/"))
    query = f"?{parts.query}" if parts.query else ""
    headers = {name: value for name, value in sent.headers.items() if name not in _OWN_HEADERS}
    headers["authorization"] = MASKED
    return SentRequest(sent.method, f"{new.rstrip('/')}{below}{query}", headers, sent.body)
