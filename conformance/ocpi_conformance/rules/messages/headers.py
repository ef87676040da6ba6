"""Rules about the headers of answers: content type, ids, routing, what an operation adds."""

from ocpi_conformance.exchanges.checked import CheckedExchange, Intent, Outcome
from ocpi_conformance.rules._fault import ExchangeRule, Fault
from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength
from ocpi_runtime import headers as names

_TRANSPORT = "transport_and_format.asciidoc#transport_and_format_"
_IDS = f"{_TRANSPORT}unique_messageg_ids"
_ROUTING = f"{_TRANSPORT}message_routing"
_WITH_IDS = frozenset({"2.2", "2.2.1", "2.3.0"})

CONTENT_TYPE = Rule(
    "headers.content-type",
    "Every answer is declared as application/json",
    Severity.ERROR,
    Clause(f"{_TRANSPORT}response_format", Strength.MUST, "Answers have the type JSON."),
    "Send Content-Type: application/json with errors and answers of a proxy too.",
)
REQUEST_ID = Rule(
    "headers.request-id",
    "An answer repeats X-Request-ID unchanged",
    Severity.ERROR,
    Clause(_IDS, Strength.MUST, "The answer has the X-Request-ID of its request."),
    "Copy X-Request-ID of the request, in the case that it came in.",
    versions=_WITH_IDS,
)
CORRELATION_ID = Rule(
    "headers.correlation-id",
    "An answer repeats X-Correlation-ID unchanged",
    Severity.ERROR,
    Clause(_IDS, Strength.MUST, "The answer has the X-Correlation-ID of its request."),
    "Copy X-Correlation-ID of the request, in the case that it came in.",
    versions=_WITH_IDS,
)
ROUTING_TURNED = Rule(
    "headers.routing-turned",
    "An answer has the routing headers of its request, turned round",
    Severity.ERROR,
    Clause(_ROUTING, Strength.MUST, "Who was asked is now the sender, who asked the receiver."),
    "Send OCPI-from-* with the values of OCPI-to-* of the request, and the other way round.",
    versions=_WITH_IDS,
)
REQUIRED = Rule(
    "headers.required",
    "An answer has the headers that its operation requires",
    Severity.ERROR,
    Clause(
        f"{_TRANSPORT}paginated_response",
        Strength.MUST,
        "Every page has X-Total-Count and X-Limit; a CDR that was made has a Location.",
    ),
    "Add the header that is missing, on every page.",
)


def _content_type(checked: CheckedExchange) -> list[Fault] | None:
    got = checked.exchange.answer.headers.get("content-type", "")
    if got.partition(";")[0].strip().lower() == "application/json":
        return []
    return [Fault(CONTENT_TYPE, "application/json", got or "no Content-Type")]


def _request_id(checked: CheckedExchange) -> list[Fault] | None:
    return _echoed(checked, REQUEST_ID, names.REQUEST_ID)


def _correlation_id(checked: CheckedExchange) -> list[Fault] | None:
    return _echoed(checked, CORRELATION_ID, names.CORRELATION_ID)


def _echoed(checked: CheckedExchange, rule: Rule, name: str) -> list[Fault] | None:
    sent = checked.exchange.sent.headers.get(name.lower())
    if not checked.operation.ids or sent is None:
        return None
    got = checked.exchange.answer.headers.get(name.lower())
    if got == sent:
        return []
    kind = "in another case" if got and got.lower() == sent.lower() else "another value"
    cause = f"{name}: {kind if got else '(missing)'}"
    return [Fault(rule, f"{name}: {sent}", f"{name}: {got or '(missing)'}", cause)]


_TURNED = (
    (names.FROM_COUNTRY_CODE, names.TO_COUNTRY_CODE),
    (names.FROM_PARTY_ID, names.TO_PARTY_ID),
    (names.TO_COUNTRY_CODE, names.FROM_COUNTRY_CODE),
    (names.TO_PARTY_ID, names.FROM_PARTY_ID),
)


def _routing_turned(checked: CheckedExchange) -> list[Fault] | None:
    if not checked.operation.routed or checked.intent is not Intent.CALL:
        return None
    if checked.outcome is not Outcome.ACCEPTED:
        return None
    for asked, answered in _TURNED:
        sent = checked.exchange.sent.headers.get(asked.lower())
        got = checked.exchange.answer.headers.get(answered.lower())
        if sent is not None and (got or "").upper() != sent.upper():
            cause = f"{answered}: {'another value' if got else '(missing)'}"
            came = f"{answered}: {got or '(missing)'}"
            return [Fault(ROUTING_TURNED, f"{answered}: {sent}", came, cause)]
    return []


def _required(checked: CheckedExchange) -> list[Fault] | None:
    wanted = checked.operation.answer_headers.get(checked.http, {})
    if checked.outcome is not Outcome.ACCEPTED or checked.intent is not Intent.CALL or not wanted:
        return None
    found = []
    for name, schema in wanted.items():
        got = checked.exchange.answer.headers.get(name.lower())
        if got is None:
            came = "it is missing"
            found.append(Fault(REQUIRED, f"the header {name}", came, f"{name} is missing"))
        elif checked.reading.valid and (faults := schema.text_faults(got)):
            came = f"{got!r}: {faults[0]}"
            found.append(Fault(REQUIRED, f"a valid {name}", came, f"{name} is invalid"))
    return found


EXCHANGE_RULES = (
    ExchangeRule(CONTENT_TYPE, _content_type),
    ExchangeRule(REQUEST_ID, _request_id, lambda one: one.ids),
    ExchangeRule(CORRELATION_ID, _correlation_id, lambda one: one.ids),
    ExchangeRule(ROUTING_TURNED, _routing_turned, lambda one: one.routed),
    ExchangeRule(REQUIRED, _required, lambda one: any(one.answer_headers.values())),
)
