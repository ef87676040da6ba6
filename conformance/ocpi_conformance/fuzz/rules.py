"""The rules by which every exchange is checked, each a function from a trial to faults."""

from collections.abc import Callable, Iterator

from ocpi_conformance.fuzz.findings import Fault
from ocpi_conformance.fuzz.reading import bodies_differ
from ocpi_conformance.fuzz.trial import OCPI_SUCCESS, CheckedExchange, Intent, Outcome
from ocpi_runtime import headers as names
from ocpi_runtime.codec import parse_timestamp
from ocpi_runtime.paging import parse_link

__all__ = ["judge"]

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


def _server_error(trial: CheckedExchange) -> Iterator[Fault]:
    if trial.http >= _FIRST_SERVER_ERROR:
        yield Fault("server-error", "an answer below HTTP 500", trial.summary(), _STATUS)
    elif trial.code == _SERVER_ERROR:
        yield Fault(
            "server-error-code", "the reason of the failure", trial.summary(), _STATUS, "warning"
        )


def _content_type(trial: CheckedExchange) -> Iterator[Fault]:
    got = trial.exchange.answer.headers.get("content-type", "")
    if got.partition(";")[0].strip().lower() != "application/json":
        yield Fault("content-type", "application/json", got or "no Content-Type", _FORMAT)


def _is_envelope(trial: CheckedExchange) -> Iterator[Fault]:
    envelope = trial.envelope
    wanted = "a JSON object with status_code and timestamp"
    if envelope is None:
        yield Fault("envelope", wanted, f"no JSON object, {trial.summary()}", _FORMAT)
    elif not trial.code:
        got = f"status_code is {envelope.get('status_code')!r}"
        yield Fault("envelope", "an integer of four digits as status_code", got, _FORMAT)
    elif not isinstance(envelope.get("status_message", ""), str | None):
        yield Fault("envelope", "a string as status_message", "another type", _FORMAT)


def _timestamp(trial: CheckedExchange) -> Iterator[Fault]:
    if trial.envelope is None or not trial.code:
        return
    got = trial.envelope.get("timestamp")
    try:
        parse_timestamp(got if isinstance(got, str) else "")
    except ValueError as error:
        why = f"{got!r} {error}" if isinstance(got, str) else f"{got!r}"
        yield Fault("timestamp", "a DateTime in UTC of at most 25 characters", why, _FORMAT)


def _statuses_agree(trial: CheckedExchange) -> Iterator[Fault]:
    if trial.http in _CLIENT_ERRORS and trial.code in OCPI_SUCCESS:
        yield Fault("status-contradiction", "an OCPI error beside HTTP's", trial.summary(), _STATUS)


def _ids(trial: CheckedExchange) -> Iterator[Fault]:
    if not trial.operation.ids:
        return
    for rule, name in (("request-id", names.REQUEST_ID), ("correlation-id", names.CORRELATION_ID)):
        sent = trial.exchange.sent.headers.get(name.lower())
        got = trial.exchange.answer.headers.get(name.lower())
        if sent is not None and got != sent:
            yield Fault(rule, f"{name}: {sent}", f"{name}: {got or '(missing)'}", _IDS)


_TURNED = (
    (names.FROM_COUNTRY_CODE, names.TO_COUNTRY_CODE),
    (names.FROM_PARTY_ID, names.TO_PARTY_ID),
    (names.TO_COUNTRY_CODE, names.FROM_COUNTRY_CODE),
    (names.TO_PARTY_ID, names.FROM_PARTY_ID),
)


def _routing(trial: CheckedExchange) -> Iterator[Fault]:
    if not trial.operation.routed or trial.intent is not Intent.CALL:
        return
    if trial.outcome is not Outcome.ACCEPTED:
        return
    for asked, answered in _TURNED:
        sent = trial.exchange.sent.headers.get(asked.lower())
        got = trial.exchange.answer.headers.get(answered.lower())
        if sent is not None and (got or "").upper() != sent.upper():
            wanted = f"{answered}: {sent}"
            yield Fault("routing-headers", wanted, f"{answered}: {got or '(missing)'}", _ROUTING)
            return


def _documented(trial: CheckedExchange) -> Iterator[Fault]:
    if trial.intent is not Intent.CALL or trial.http in trial.operation.statuses:
        return
    # An OCPI error is answered with HTTP 200, also where a success would be 201.
    if trial.http >= _FIRST_SERVER_ERROR or (trial.http == _OK and trial.code not in OCPI_SUCCESS):
        return
    wanted = ", ".join(str(code) for code in sorted(trial.operation.statuses))
    severity = "warning" if trial.http in _MODEST else "error"
    yield Fault("undocumented-status", f"one of HTTP {wanted}", trial.summary(), "", severity)


def _answer_data(trial: CheckedExchange) -> Iterator[Fault]:
    schema = trial.operation.answers.get(trial.http)
    if schema is None or trial.envelope is None or trial.intent is not Intent.CALL:
        return
    if trial.outcome is not Outcome.ACCEPTED:
        return
    faults = [why for why in schema.faults(trial.envelope) if why.startswith("/data")]
    if not faults and trial.operation.result and trial.envelope.get("data") is None:
        faults = ["/data: missing or null"]
    if faults:
        yield Fault("answer-data", "data as the bundle describes it", "; ".join(faults[:5]))


def _answer_headers(trial: CheckedExchange) -> Iterator[Fault]:
    if trial.outcome is not Outcome.ACCEPTED or trial.intent is not Intent.CALL:
        return
    for name, schema in trial.operation.answer_headers.get(trial.http, {}).items():
        got = trial.exchange.answer.headers.get(name.lower())
        if got is None:
            yield Fault("answer-header", f"the header {name}", "it is missing", _PAGES)
        elif faults := schema.text_faults(got):
            yield Fault("answer-header", f"a valid {name}", f"{got!r}: {faults[0]}", _PAGES)


def _page(trial: CheckedExchange) -> Iterator[Fault]:
    if not trial.operation.paged or trial.outcome is not Outcome.ACCEPTED:
        return
    answer = trial.exchange.answer
    link = answer.headers.get("link")
    next_page = parse_link(link)
    if link is not None and not (next_page or "").startswith(("http://", "https://")):
        yield Fault("link", 'Link: <absolute URL>; rel="next"', f"Link: {link}", _PAGES)
    data, limit = (trial.envelope or {}).get("data"), answer.headers.get("x-limit", "")
    if isinstance(data, list) and limit.isdecimal() and len(data) > int(limit):
        yield Fault("page-size", f"at most X-Limit: {limit} objects", f"{len(data)}", _PAGES)


def _acceptance(trial: CheckedExchange) -> Iterator[Fault]:
    if trial.intent is not Intent.CALL or trial.outcome is Outcome.FAILED:
        return
    accepted = trial.outcome is Outcome.ACCEPTED
    if trial.reading.invalid and accepted:
        why = "; ".join(trial.reading.faults[:3])
        yield Fault("invalid-accepted", f"a refusal: {why}", trial.summary())
    elif trial.reading.valid and trial.http in _REFUSALS:
        yield Fault("valid-refused", "a valid request is understood", trial.summary())
    elif trial.reading.valid:
        yield from _ownership(trial, accepted=accepted)


def _ownership(trial: CheckedExchange, *, accepted: bool) -> Iterator[Fault]:
    different = bodies_differ(trial.operation, trial.reading)
    if set(different) & set(trial.operation.identity) and accepted:
        listed = ", ".join(f"{name} {a!r} but {b!r}" for name, (a, b) in different.items())
        wanted = f"OCPI 2001 for an object whose ids differ from the URL: {listed}"
        yield Fault("mismatch-accepted", wanted, trial.summary(), _OWNERSHIP, "warning")
    elif trial.foreign and accepted:
        severity = "warning" if trial.operation.method == "GET" else "error"
        wanted = f"HTTP 404 for an object of a party other than {trial.own}"
        yield Fault("foreign-accepted", wanted, trial.summary(), _OWNERSHIP, severity)
    elif trial.reachable and not different and trial.code == _INVALID_PARAMETERS:
        wanted = "success for a valid request with ids that belong together"
        yield Fault("valid-refused", wanted, trial.summary(), "", "warning")


def _authorization(trial: CheckedExchange) -> Iterator[Fault]:
    if trial.intent is Intent.UNAUTHORIZED and trial.http != _UNAUTHORIZED:
        yield Fault("unauthorized", "HTTP 401 without a known token", trial.summary(), _TOKEN)


def _method(trial: CheckedExchange) -> Iterator[Fault]:
    if trial.intent is not Intent.METHOD:
        return
    wanted = ", ".join(sorted(trial.allowed))
    if trial.http != _NOT_ALLOWED:
        yield Fault("method", f"HTTP 405, since the path takes {wanted}", trial.summary())
        return
    allow = trial.exchange.answer.headers.get("allow", "")
    got = {one.strip().upper() for one in allow.split(",") if one.strip()} - _FORGIVEN_METHODS
    if got != trial.allowed:
        yield Fault("allow", f"Allow: {wanted}", f"Allow: {allow or '(missing)'}")


def _path(trial: CheckedExchange) -> Iterator[Fault]:
    if trial.intent is Intent.PATH and trial.http != _NOT_FOUND:
        yield Fault("unknown-path", "HTTP 404", trial.summary(), "", "warning")


_RULES: tuple[Callable[[CheckedExchange], Iterator[Fault]], ...] = (
    _server_error,
    _content_type,
    _is_envelope,
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


def judge(trial: CheckedExchange) -> list[Fault]:
    """Check an exchange by all rules."""
    return [fault for rule in _RULES for fault in rule(trial)]
