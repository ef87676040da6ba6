"""Rules about what standard modules have and have not: headers, status codes, names, dates."""

from ocpi_conformance.exchanges.checked import CheckedExchange, Intent
from ocpi_conformance.rules._fault import ExchangeRule, Fault
from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

_FROM_2_2 = frozenset({"2.2", "2.2.1", "2.3.0"})
_TRANSPORT = "transport_and_format.asciidoc#transport_and_format_"
_STATUS = "status_codes.asciidoc#status_codes_status_codes"
_PREFIX = "ocpi-"
_CUSTOM = 900

ROUTING_ABSENT = Rule(
    "headers.routing-absent",
    "Answers of configuration modules have no routing headers",
    Severity.ERROR,
    Clause(
        f"{_TRANSPORT}message_routing",
        Strength.MUST,
        "Messages of versions, credentials and hubclientinfo are not routed.",
    ),
    "Leave OCPI-from-* and OCPI-to-* out of answers of these modules.",
    versions=_FROM_2_2,
)
KNOWN_STATUS_CODE = Rule(
    "envelope.known-status-code",
    "Standard modules use no status_code of the custom ranges",
    Severity.ERROR,
    Clause(_STATUS, Strength.MUST, "x900 to x999 are for custom modules."),
    "Use a status code of the specification, such as 1000, 2000 or 3000.",
)
VERSION_NAMES = Rule(
    "versions.version-names",
    "Versions have the numbers of the specification",
    Severity.ERROR,
    Clause(
        "version_information_endpoint.asciidoc#version_information_endpoint_versionnumber_enum",
        Strength.MUST,
        "A version is named by its number.",
    ),
    "Write versions such as 2.2.1, without letters.",
)
ENDPOINTS_ANSWER = Rule(
    "versions.endpoints-answer",
    "Every endpoint that is listed is there",
    Severity.ERROR,
    Clause(
        "version_information_endpoint.asciidoc#version_information_endpoint_version_details_endpoint",
        Strength.MUST,
        "The details list what the platform offers.",
    ),
    "List the endpoints that are served, and no others.",
)
BASE64_ACCEPTED = Rule(
    "authorization.base64-accepted",
    "A Base64-encoded token is accepted",
    Severity.ERROR,
    Clause(
        f"{_TRANSPORT}authorization_header",
        Strength.MUST,
        "The token is Base64-encoded from 2.2 on.",
    ),
    "Decode the token in the Authorization header before it is compared.",
    versions=_FROM_2_2,
)
DATE_WITHOUT_ZONE = Rule(
    "paging.date-without-zone",
    "A date without zone is read as UTC",
    Severity.ERROR,
    Clause("types.asciidoc#types_datetime_type", Strength.MUST, "Without zone it is UTC."),
    "Accept date_from and date_to without a zone, and read them as UTC.",
)


def _routing_absent(checked: CheckedExchange) -> list[Fault] | None:
    if checked.operation.routed or not checked.operation.ids:
        return None
    found = [name for name in checked.exchange.answer.headers if name.startswith(_PREFIX)]
    if not found:
        return []
    return [Fault(ROUTING_ABSENT, "no routing headers", ", ".join(sorted(found)))]


def _known_status_code(checked: CheckedExchange) -> list[Fault] | None:
    if not checked.code or checked.intent is not Intent.CALL:
        return None
    if checked.code % 1000 < _CUSTOM:
        return []
    wanted = "a status code of the specification"
    return [Fault(KNOWN_STATUS_CODE, wanted, f"OCPI {checked.code}", "a custom status code")]


EXCHANGE_RULES = (
    ExchangeRule(ROUTING_ABSENT, _routing_absent, lambda one: one.ids and not one.routed),
    ExchangeRule(KNOWN_STATUS_CODE, _known_status_code),
)
