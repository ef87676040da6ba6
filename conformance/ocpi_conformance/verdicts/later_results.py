"""Results that come later, to a URL in the request: how long to wait, and what they must be."""

import json
from collections.abc import Iterator

from ocpi_conformance.bundles.operations import Callback
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.exchanges.wire import Answer, RecordedExchange, SentRequest
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import commands

__all__ = ["arrived", "patience", "result_faults"]

_MOST = 5


def patience(checked: CheckedExchange, most: float) -> float:
    """Return how long a result may take: as long as the answer says, if it says it."""
    stated = ((checked.envelope or {}).get("data") or {}).get("timeout")
    return min(float(stated), most) if isinstance(stated, int) and stated > 0 else most


def arrived(sent: SentRequest) -> RecordedExchange:
    """Show what the party sent; our answer to it was plain success."""
    return RecordedExchange(sent, Answer(200))


def result_faults(callback: Callback, sent: SentRequest) -> Iterator[Fault]:
    """Yield what is wrong with a result that came."""
    if sent.method != "POST":
        yield Fault(commands.RESULT_VALID, "a POST", sent.method)
    missing = sorted((callback.headers | {"authorization"}) - set(sent.headers))
    if missing:
        wanted = f"the headers {', '.join(missing)}"
        yield Fault(commands.RESULT_HEADERS, wanted, "they are missing")
    kind = sent.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() != "application/json":
        yield Fault(commands.RESULT_HEADERS, "application/json", kind or "no Content-Type")
    try:
        body = json.loads(sent.body or b"")
    except ValueError:
        yield Fault(commands.RESULT_VALID, f"the body of {callback.id} as JSON", "no JSON")
        return
    faults = callback.body.faults(body)
    if faults:
        got = "; ".join(faults[:_MOST])
        yield Fault(commands.RESULT_VALID, f"the body of {callback.id} as the bundle has it", got)
