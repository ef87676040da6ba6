"""Rules about objects as single answers and lists show them."""

import re

from ocpi_conformance.exchanges.checked import CheckedExchange, Intent, Outcome
from ocpi_conformance.rules._fault import ExchangeRule, Fault, shape
from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

_MOST = 5
_NUMBER = re.compile(r"/[0-9]+(?=/|$)")
_NAMES_A_FIELD = "is a required property"

DATA = Rule(
    "objects.data",
    "The data of an answer is what its operation returns",
    Severity.ERROR,
    Clause("", Strength.MUST, "The data of the answer has the class that the section names."),
    "Send the fields that the class requires, with its types, lengths and enumerations.",
)

UNKNOWN_REFUSED = Rule(
    "objects.unknown-refused",
    "An object that is not there is not answered with success",
    Severity.ERROR,
    Clause("", Strength.MUST, "GET returns the object that the URL names."),
    "Answer with HTTP 404 and an envelope.",
)
GET_BY_ID = Rule(
    "objects.get-by-id",
    "An object that is read by its id is the one of the list",
    Severity.ERROR,
    Clause("", Strength.MUST, "GET returns the object that the URL names."),
    "Serve the list and single objects from the same store, under the same rights.",
)


def _data(checked: CheckedExchange) -> list[Fault] | None:
    schema = checked.operation.answers.get(checked.http)
    if schema is None or checked.envelope is None or checked.intent is not Intent.CALL:
        return None
    if checked.outcome is not Outcome.ACCEPTED:
        return None
    faults = [why for why in schema.faults(checked.envelope) if why.startswith("/data")]
    if not faults and checked.operation.result and checked.envelope.get("data") is None:
        faults = ["/data: missing or null"]
    causes: dict[str, list[str]] = {}
    for one in faults:
        causes.setdefault(_cause(one), []).append(one)
    return [_fault(cause, each) for cause, each in [*causes.items()][:_MOST]]


def _cause(fault: str) -> str:
    """Return what is the same wherever a field of this name has the fault."""
    pointer, _, reason = fault.partition(": ")
    field = _NUMBER.sub("", pointer).rpartition("/")[2]
    return f"{field}: {reason if reason.endswith(_NAMES_A_FIELD) else shape(reason)}"


def _fault(cause: str, faults: list[str]) -> Fault:
    pointer, more = faults[0].partition(": ")[0], len(faults) - 1
    got = f"{faults[0]} ({more} more like it)" if more else faults[0]
    return Fault(DATA, "data as the bundle describes it", got, cause, pointer)


EXCHANGE_RULES = (ExchangeRule(DATA, _data),)
