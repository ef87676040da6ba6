"""What became of a rule: how often it was asked, and how it was broken."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ocpi_conformance.exchanges.wire import RecordedExchange
from ocpi_conformance.mock._judging.observed import Observed
from ocpi_conformance.mock._record import ClientRequest

__all__ = ["ClientBreach", "Judge", "Judgement", "about", "each"]

_MOST_STEPS = 4


@dataclass(frozen=True, slots=True)
class ClientBreach:
    """One breach of a rule.

    Attributes:
        expected: What would have been right.
        got: What the client did.
        cause: The shape of the fault; equal causes are one finding.
        target: The bundle, or the version.
        operation: The operationId.
        steps: The exchanges that show it.
        why: The URL of a section, where it is that of an operation.
        pointer: JSON pointer into the body of the request.
    """

    expected: str
    got: str
    cause: str
    target: str
    operation: str
    steps: tuple[RecordedExchange, ...] = ()
    why: str = ""
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A rule applied.

    Attributes:
        asked: How many exchanges it was applied to.
        breaches: How it was broken.
    """

    asked: int = 0
    breaches: Sequence[ClientBreach] = ()


Judge = Callable[[Observed], Judgement]


def about(
    entry: ClientRequest,
    expected: str,
    got: str,
    *before: ClientRequest,
    cause: str = "",
    pointer: str = "",
) -> ClientBreach:
    """Describe a breach that one request shows, with those before that are needed to see it."""
    steps = (*(one.exchange for one in before[-_MOST_STEPS:]), entry.exchange)
    why = entry.operation.docs if entry.operation else ""
    target, name = entry.target, entry.name
    return ClientBreach(expected, got, cause or got, target, name, steps, why, pointer)


def each(
    entries: Iterable[ClientRequest], expected: str, fault: Callable[[ClientRequest], str | None]
) -> Judgement:
    """Apply a rule that looks at one request alone.

    Args:
        entries: The requests that it is about.
        expected: What would be right.
        fault: Returns what is wrong with a request, or None.
    """
    asked = [*entries]
    found = [(one, fault(one)) for one in asked]
    return Judgement(len(asked), [about(one, expected, got) for one, got in found if got])
