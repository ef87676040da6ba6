"""Rules about the Authorization header."""

from ocpi_conformance.exchanges.checked import CheckedExchange, Intent
from ocpi_conformance.rules._fault import ExchangeRule, Fault
from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

_TOKEN = "transport_and_format.asciidoc#transport_and_format_authorization_header"  # noqa: S105 - a section
_UNAUTHORIZED = 401

REQUIRED = Rule(
    "authorization.required",
    "Without a known token the answer is HTTP 401",
    Severity.ERROR,
    Clause(_TOKEN, Strength.MUST, "A missing header or an unknown token is answered with 401."),
    "Check the Authorization header before anything else, and answer with HTTP 401, not 403.",
)


def _required(checked: CheckedExchange) -> list[Fault] | None:
    if checked.intent is not Intent.UNAUTHORIZED:
        return None
    if checked.http == _UNAUTHORIZED:
        return []
    return [Fault(REQUIRED, "HTTP 401 without a known token", checked.summary())]


EXCHANGE_RULES = (ExchangeRule(REQUIRED, _required),)
