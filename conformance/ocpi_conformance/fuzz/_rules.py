"""The rules by which every exchange is checked, each a function from an exchange to faults."""

from collections.abc import Callable, Iterator

from ocpi_conformance.bundles.reading import bodies_differ
from ocpi_conformance.exchanges.checked import OCPI_SUCCESS, CheckedExchange, Intent, Outcome
from ocpi_conformance.fuzz._findings import Fault
from ocpi_runtime import headers as names
from ocpi_runtime.codec import parse_timestamp
from ocpi_runtime.paging import parse_link

__all__ = ["faults_of"]

_TRANSPORT = "transport_and_format.asciidoc#transport_and_format_"
_FORMAT = f"{_TRANSPORT}response_format"
_IDS = f"{_TRANSPORT}unique_messageg_ids"
_ROUTING = f"{_TRANSPORT}message_routing"
_PAGES = f"{_TRANSPORT}paginated_response"
_TOKEN = f"{_TRANSPORT}authorization_header"
_OWNERSHIP = f"{_TRANSPORT}errors"
_STATUS = "status_codes.asciidoc#status_codes_status_codes"

_OK, _UNAUTHORIZED, _NOT_FOUND, _NOT_ALLOWED = 200, 401, 404, 405
_CLIENT_ERRORS = range(400, 500)
_FIRST_SERVER_ERROR = 500
_MODEST = {429}
_REFUSALS = {400, 413, 415, 422}
_INVALID_PARAMETERS = 2001
_SERVER_ERROR = 3000
_FORGIVEN_METHODS = {"HEAD", "OPTIONS"}


def _server_error(checked: CheckedExchange) -> Iterator[Fault]:
    if checked.http >= _FIRST_SERVER_ERROR:
        yield Fault("server-error", "an answer below HTTP 500", checked.summary(), _STATUS)
    elif checked.code == _SERVER_ERROR:
        severity = "error" if _should_succeed(checked) else "warning"
        wanted = "the reason of the failure"
        yield Fault("server-error-code", wanted, checked.summary(), _STATUS, severity)


def _should_succeed(checked: CheckedExchange) -> bool:
    """Return whether a request reads what is there, so that nothing can be wrong with it."""
    if checked.intent is not Intent.CALL or checked.operation.method != "GET":
        return False
    return checked.reading.valid and checked.reachable


def _content_type(checked: CheckedExchange) -> Iterator[Fault]:
    got = checked.exchange.answer.headers.get("content-type", "")
    if got.partition(";")[0].strip().lower() != "application/json":
        yield Fault("content-type", "application/json", got or "no Content-Type", _FORMAT)


def _is_envelope(checked: CheckedExchange) -> Iterator[Fault]:
    envelope = checked.envelope
    wanted = "a JSON object with status_code and timestamp"
    if envelope is None:
        yield Fault("envelope", wanted, f"not a JSON object: {checked.summary()}", _FORMAT)
    elif not checked.code:
        got = f"status_code is {envelope.get('status_code')!r}"
        yield Fault("envelope", "an integer of four digits as status_code", got, _FORMAT)
    elif not isinstance(envelope.get("status_message", ""), str | None):
        yield Fault("envelope", "a string as status_message", "another type", _FORMAT)


def _error_body(checked: CheckedExchange) -> Iterator[Fault]:
    """Warn of members that the text leaves open, and on which common clients fail."""
    if checked.envelope is None or not checked.code:
        return
    if not checked.envelope.get("status_message"):
        wanted = "a status_message, which common clients require"
        yield Fault("status-message", wanted, "it is missing or empty", _FORMAT, "warning")
    data = checked.envelope.get("data")
    listed = isinstance(data, list) and (bool(data) or not checked.operation.paged)
    if listed and checked.code not in OCPI_SUCCESS:
        wanted = "an OCPI error without a list in data, which clients read as the result"
        got = f"a list of {len(data or ())} items beside status_code {checked.code}"
        yield Fault("error-data", wanted, got, _FORMAT, "warning")


def _timestamp(checked: CheckedExchange) -> Iterator[Fault]:
    if checked.envelope is None or not checked.code:
        return
    got = checked.envelope.get("timestamp")
    try:
        parse_timestamp(got if isinstance(got, str) else "")
    except ValueError as error:
        why = f"{got!r} {error}" if isinstance(got, str) else f"{got!r}"
        yield Fault("timestamp", "a DateTime in UTC of at most 25 characters", why, _FORMAT)


def _statuses_agree(checked: CheckedExchange) -> Iterator[Fault]:
    if checked.http in _CLIENT_ERRORS and checked.code in OCPI_SUCCESS:
        yield Fault(
            "status-contradiction", "an OCPI error beside HTTP's", checked.summary(), _STATUS
        )


def _ids(checked: CheckedExchange) -> Iterator[Fault]:
    if not checked.operation.ids:
        return
    for rule, name in (("request-id", names.REQUEST_ID), ("correlation-id", names.CORRELATION_ID)):
        sent = checked.exchange.sent.headers.get(name.lower())
        got = checked.exchange.answer.headers.get(name.lower())
        if sent is not None and got != sent:
            yield Fault(rule, f"{name}: {sent}", f"{name}: {got or '(missing)'}", _IDS)


_TURNED = (
    (names.FROM_COUNTRY_CODE, names.TO_COUNTRY_CODE),
    (names.FROM_PARTY_ID, names.TO_PARTY_ID),
    (names.TO_COUNTRY_CODE, names.FROM_COUNTRY_CODE),
    (names.TO_PARTY_ID, names.FROM_PARTY_ID),
)


def _routing(checked: CheckedExchange) -> Iterator[Fault]:
    if not checked.operation.routed or checked.intent is not Intent.CALL:
        return
    if checked.outcome is not Outcome.ACCEPTED:
        return
    for asked, answered in _TURNED:
        sent = checked.exchange.sent.headers.get(asked.lower())
        got = checked.exchange.answer.headers.get(answered.lower())
        if sent is not None and (got or "").upper() != sent.upper():
            wanted = f"{answered}: {sent}"
            yield Fault("routing-headers", wanted, f"{answered}: {got or '(missing)'}", _ROUTING)
            return


def _documented(checked: CheckedExchange) -> Iterator[Fault]:
    if checked.intent is not Intent.CALL or checked.http in checked.operation.statuses:
        return
    # An OCPI error is answered with HTTP 200, also where a success would be 201.
    if checked.http >= _FIRST_SERVER_ERROR or (
        checked.http == _OK and checked.code not in OCPI_SUCCESS
    ):
        return
    wanted = ", ".join(str(code) for code in sorted(checked.operation.statuses))
    # 200 in place of 201 is understood by all clients.
    harmless = checked.http in _MODEST or checked.http == _OK
    severity = "warning" if harmless else "error"
    yield Fault("undocumented-status", f"one of HTTP {wanted}", checked.summary(), "", severity)


def _answer_data(checked: CheckedExchange) -> Iterator[Fault]:
    schema = checked.operation.answers.get(checked.http)
    if schema is None or checked.envelope is None or checked.intent is not Intent.CALL:
        return
    if checked.outcome is not Outcome.ACCEPTED:
        return
    faults = [why for why in schema.faults(checked.envelope) if why.startswith("/data")]
    if not faults and checked.operation.result and checked.envelope.get("data") is None:
        faults = ["/data: missing or null"]
    if faults:
        yield Fault("answer-data", "data as the bundle describes it", "; ".join(faults[:5]))


def _answer_headers(checked: CheckedExchange) -> Iterator[Fault]:
    if checked.outcome is not Outcome.ACCEPTED or checked.intent is not Intent.CALL:
        return
    for name, schema in checked.operation.answer_headers.get(checked.http, {}).items():
        got = checked.exchange.answer.headers.get(name.lower())
        if got is None:
            yield Fault("answer-header", f"the header {name}", "it is missing", _PAGES)
        elif faults := schema.text_faults(got):
            yield Fault("answer-header", f"a valid {name}", f"{got!r}: {faults[0]}", _PAGES)


def _page(checked: CheckedExchange) -> Iterator[Fault]:
    if not checked.operation.paged or checked.outcome is not Outcome.ACCEPTED:
        return
    answer = checked.exchange.answer
    link = answer.headers.get("link")
    next_page = parse_link(link)
    if link is not None and not (next_page or "").startswith(("http://", "https://")):
        reason = "its URL is not absolute" if next_page else "no next page can be read from it"
        wanted = 'Link: <absolute URL>; rel="next"'
        yield Fault("link", wanted, f"Link: {link} ({reason})", _PAGES)
    data, limit = (checked.envelope or {}).get("data"), answer.headers.get("x-limit", "")
    if isinstance(data, list) and limit.isdecimal() and len(data) > int(limit):
        yield Fault("page-size", f"at most X-Limit: {limit} objects", f"{len(data)}", _PAGES)


def _acceptance(checked: CheckedExchange) -> Iterator[Fault]:
    if checked.intent is not Intent.CALL or checked.outcome is Outcome.FAILED:
        return
    accepted = checked.outcome is Outcome.ACCEPTED
    if checked.reading.invalid and accepted:
        why = "; ".join(checked.reading.faults[:3])
        yield Fault("invalid-accepted", f"a refusal: {why}", checked.summary())
    elif checked.reading.valid and checked.http in _REFUSALS:
        yield Fault("valid-refused", "a valid request is understood", checked.summary())
    elif checked.reading.valid:
        yield from _ownership(checked, accepted=accepted)


def _ownership(checked: CheckedExchange, *, accepted: bool) -> Iterator[Fault]:
    different = bodies_differ(checked.operation, checked.reading)
    if set(different) & set(checked.operation.identity) and accepted:
        listed = ", ".join(f"{name} {a!r} but {b!r}" for name, (a, b) in different.items())
        wanted = f"OCPI 2001 for an object whose ids differ from the URL: {listed}"
        yield Fault("mismatch-accepted", wanted, checked.summary(), _OWNERSHIP, "warning")
    elif checked.foreign and accepted:
        # A party may have reasons to take it: the other one may be of the same company.
        wanted = f"HTTP 404 for an object of a party other than {checked.own}"
        yield Fault("foreign-accepted", wanted, checked.summary(), _OWNERSHIP, "warning")
    elif checked.reachable and not different and checked.code == _INVALID_PARAMETERS:
        wanted = "success for a valid request with ids that belong together"
        yield Fault("valid-refused", wanted, checked.summary(), "", "warning")


def _authorization(checked: CheckedExchange) -> Iterator[Fault]:
    if checked.intent is Intent.UNAUTHORIZED and checked.http != _UNAUTHORIZED:
        yield Fault("unauthorized", "HTTP 401 without a known token", checked.summary(), _TOKEN)


def _method(checked: CheckedExchange) -> Iterator[Fault]:
    if checked.intent is not Intent.METHOD:
        return
    wanted = ", ".join(sorted(checked.allowed))
    if checked.http != _NOT_ALLOWED:
        yield Fault("method", f"HTTP 405, since the path takes {wanted}", checked.summary())
        return
    allow = checked.exchange.answer.headers.get("allow", "")
    got = {one.strip().upper() for one in allow.split(",") if one.strip()} - _FORGIVEN_METHODS
    if got != checked.allowed:
        yield Fault("allow", f"Allow: {wanted}", f"Allow: {allow or '(missing)'}")


def _path(checked: CheckedExchange) -> Iterator[Fault]:
    if checked.intent is Intent.PATH and checked.http != _NOT_FOUND:
        yield Fault("unknown-path", "HTTP 404", checked.summary(), "", "warning")


_RULES: tuple[Callable[[CheckedExchange], Iterator[Fault]], ...] = (
    _server_error,
    _content_type,
    _is_envelope,
    _error_body,
    _timestamp,
    _statuses_agree,
    _ids,
    _routing,
    _documented,
    _answer_data,
    _answer_headers,
    _page,
    _acceptance,
    _authorization,
    _method,
    _path,
)


def faults_of(checked: CheckedExchange) -> list[Fault]:
    """Check an exchange by all rules."""
    return [fault for rule in _RULES for fault in rule(checked)]
