"""Rules about objects as single answers and lists show them."""

from ocpi_conformance.exchanges.checked import CheckedExchange, Intent, Outcome
from ocpi_conformance.rules._fault import ExchangeRule, Fault
from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

_MOST = 5

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


def _data(checked: CheckedExchange) -> list[Fault] | None:
    schema = checked.operation.answers.get(checked.http)
    if schema is None or checked.envelope is None or checked.intent is not Intent.CALL:
        return None
    if checked.outcome is not Outcome.ACCEPTED:
        return None
    faults = [why for why in schema.faults(checked.envelope) if why.startswith("/data")]
    if not faults and checked.operation.result and checked.envelope.get("data") is None:
        faults = ["/data: missing or null"]
    if not faults:
        return []
    pointer = faults[0].partition(":")[0]
    got = "; ".join(faults[:_MOST])
    return [Fault(DATA, "data as the bundle describes it", got, pointer=pointer)]


EXCHANGE_RULES = (ExchangeRule(DATA, _data),)
