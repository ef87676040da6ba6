"""Rules about the envelope of an answer and its two statuses."""

from ocpi_conformance.exchanges.checked import OCPI_SUCCESS, CheckedExchange, Intent
from ocpi_conformance.rules._fault import ExchangeRule, Fault
from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength
from ocpi_runtime.codec import parse_timestamp

_FORMAT = "transport_and_format.asciidoc#transport_and_format_response_format"
_STATUS = "status_codes.asciidoc#status_codes_status_codes"
_OK = 200
_CLIENT_ERRORS = range(400, 500)
_FIRST_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 3000

ANSWERED = Rule(
    "envelope.answered",
    "Every request is answered",
    Severity.ERROR,
    Clause(_STATUS, Strength.MUST, "A server answers every request with the format of responses."),
    "Answer in time, and keep connections open that are in use.",
)
NO_HTTP_5XX = Rule(
    "envelope.no-http-5xx",
    "No request is answered with HTTP 5xx",
    Severity.ERROR,
    Clause(_STATUS, Strength.MUST, "What a server understood it answers with HTTP 200 or 201."),
    "Validate what comes before it is used; refuse with HTTP 400 or OCPI 2001 what is wrong.",
)
NO_STATUS_3000 = Rule(
    "envelope.no-status-3000",
    "A request that can succeed is not answered with OCPI 3000",
    Severity.ERROR,
    Clause(_STATUS, Strength.SHOULD, "3000 stands for a failure of the server without a name."),
    "Name the reason: 2001 for wrong parameters, 2003 for unknown locations, ...",
)
SHAPE = Rule(
    "envelope.shape",
    "Every answer is a JSON object with an integer of four digits as status_code",
    Severity.ERROR,
    Clause(_FORMAT, Strength.MUST, "All answers, errors too, have the format of responses."),
    "Wrap every answer in data, status_code, status_message and timestamp, errors of the "
    "framework and of a proxy too.",
)
STATUS_MESSAGE = Rule(
    "envelope.status-message",
    "Every answer has a status_message",
    Severity.WARNING,
    Clause(_FORMAT, Strength.MAY, "status_message is optional; common clients require it."),
    "Send a status_message, Success for instance.",
)
NO_LIST_IN_ERROR = Rule(
    "envelope.no-list-in-error",
    "An OCPI error carries no list in data",
    Severity.WARNING,
    Clause(_FORMAT, Strength.SHOULD, "An answer with an error has no data."),
    "Leave data out of errors: clients read a list as the result.",
)
TIMESTAMP = Rule(
    "envelope.timestamp",
    "The timestamp of an answer is a DateTime in UTC",
    Severity.ERROR,
    Clause(_FORMAT, Strength.MUST, "timestamp is the moment at which the answer was made, UTC."),
    "Write timestamps like 2026-01-31T10:00:00Z, in at most 25 characters.",
)
STATUSES_AGREE = Rule(
    "envelope.statuses-agree",
    "HTTP and OCPI status agree",
    Severity.ERROR,
    Clause(_STATUS, Strength.MUST, "An HTTP error is no success of OCPI."),
    "Put a 2xxx code with HTTP 4xx.",
)
DOCUMENTED_STATUS = Rule(
    "envelope.documented-status",
    "The HTTP status is one that the operation has",
    Severity.ERROR,
    Clause(_STATUS, Strength.MUST, "What was understood is answered with HTTP 200 or 201."),
    "Answer with HTTP 200 and an OCPI status; HTTP 4xx is for what could not be understood.",
)


def _no_http_5xx(checked: CheckedExchange) -> list[Fault] | None:
    if checked.http < _FIRST_SERVER_ERROR:
        return []
    return [Fault(NO_HTTP_5XX, "an answer below HTTP 500", checked.summary())]


def _no_status_3000(checked: CheckedExchange) -> list[Fault] | None:
    if checked.http >= _FIRST_SERVER_ERROR:
        return None
    if checked.code != _SERVER_ERROR:
        return []
    lighter = None if _should_succeed(checked) else Severity.WARNING
    return [Fault(NO_STATUS_3000, "the reason of the failure", checked.summary(), lighter=lighter)]


def _should_succeed(checked: CheckedExchange) -> bool:
    """Return whether a request reads what is there, so that nothing can be wrong with it."""
    if checked.intent is not Intent.CALL or checked.operation.method != "GET":
        return False
    return checked.reading.valid and checked.reachable


def _shape(checked: CheckedExchange) -> list[Fault] | None:
    envelope = checked.envelope
    if envelope is None:
        wanted = "a JSON object with status_code and timestamp, of at most 100 levels"
        return [Fault(SHAPE, wanted, f"not a JSON object: {checked.summary()}")]
    if not checked.code:
        got = f"status_code is {envelope.get('status_code')!r}"
        cause = f"status_code is {type(envelope.get('status_code')).__name__}"
        return [Fault(SHAPE, "an integer of four digits as status_code", got, cause)]
    if not isinstance(envelope.get("status_message", ""), str | None):
        return [Fault(SHAPE, "a string as status_message", "another type")]
    return []


def _status_message(checked: CheckedExchange) -> list[Fault] | None:
    if checked.envelope is None or not checked.code:
        return None
    if checked.envelope.get("status_message"):
        return []
    wanted = "a status_message, which common clients require"
    return [Fault(STATUS_MESSAGE, wanted, "it is missing or empty")]


def _no_list_in_error(checked: CheckedExchange) -> list[Fault] | None:
    if checked.envelope is None or not checked.code or checked.code in OCPI_SUCCESS:
        return None
    data = checked.envelope.get("data")
    if not isinstance(data, list) or (not data and checked.operation.paged):
        return []
    wanted = "an OCPI error without a list in data, which clients read as the result"
    got = f"a list of {len(data)} items with status_code {checked.code}"
    return [Fault(NO_LIST_IN_ERROR, wanted, got)]


def _timestamp(checked: CheckedExchange) -> list[Fault] | None:
    if checked.envelope is None or not checked.code:
        return None
    got = checked.envelope.get("timestamp")
    try:
        parse_timestamp(got if isinstance(got, str) else "")
    except ValueError as error:
        why = f"{got!r} {error}" if isinstance(got, str) else f"{got!r}"
        return [Fault(TIMESTAMP, "a DateTime in UTC of at most 25 characters", why)]
    return []


def _statuses_agree(checked: CheckedExchange) -> list[Fault] | None:
    if checked.http not in _CLIENT_ERRORS or not checked.code:
        return None
    if checked.code not in OCPI_SUCCESS:
        return []
    return [Fault(STATUSES_AGREE, "an OCPI error beside HTTP's", checked.summary())]


def _documented_status(checked: CheckedExchange) -> list[Fault] | None:
    if checked.intent is not Intent.CALL or checked.http >= _FIRST_SERVER_ERROR:
        return None
    if checked.reading.elsewhere:  # a Link that leads anywhere, for which there is another rule
        return None
    # An OCPI error is answered with HTTP 200, also where a success would be 201.
    understood = checked.http == _OK and checked.code not in OCPI_SUCCESS
    if checked.http in checked.operation.statuses or understood:
        return []
    wanted = ", ".join(str(code) for code in sorted(checked.operation.statuses))
    # 200 in place of 201 is understood by all clients.
    harmless = checked.http in {_OK, _TOO_MANY_REQUESTS}
    lighter = Severity.WARNING if harmless else None
    wanted = f"one of HTTP {wanted}"
    return [Fault(DOCUMENTED_STATUS, wanted, checked.summary(), lighter=lighter)]


EXCHANGE_RULES = (
    ExchangeRule(NO_HTTP_5XX, _no_http_5xx),
    ExchangeRule(NO_STATUS_3000, _no_status_3000),
    ExchangeRule(SHAPE, _shape),
    ExchangeRule(STATUS_MESSAGE, _status_message),
    ExchangeRule(NO_LIST_IN_ERROR, _no_list_in_error),
    ExchangeRule(TIMESTAMP, _timestamp),
    ExchangeRule(STATUSES_AGREE, _statuses_agree),
    ExchangeRule(DOCUMENTED_STATUS, _documented_status),
)
