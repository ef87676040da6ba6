"""Rules about requests that are wrong, and about those that are right."""

import re
from collections.abc import Iterator
from typing import Any, Final

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.bundles.reading import NO_JSON, bodies_differ
from ocpi_conformance.exchanges.checked import CheckedExchange, Intent, Outcome
from ocpi_conformance.rules._fault import ExchangeRule, Fault, shape
from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

_STATUS = "status_codes.asciidoc#status_codes_status_codes"
_REQUESTS = "transport_and_format.asciidoc#transport_and_format_request_format"
_NOT_FOUND, _NOT_ALLOWED = 404, 405
_BAD_REQUEST = 400
_REFUSALS = {400, 413, 415, 422}
_HTTP_ERRORS = {400, 403, 409, 422}
_INVALID_PARAMETERS = 2001
_FORGIVEN_METHODS = {"HEAD", "OPTIONS"}
_NAMES_A_FIELD = "is a required property"
_VALUES: Final = (
    (re.compile(r"^(true|false)(?= )"), "a boolean"),
    (re.compile(r"^-?[0-9][0-9.eE+-]*(?= )"), "a number"),
)
_QUOTES: Final = ("'", '"')
_WORD: Final = re.compile(r"[a-z][a-z0-9_]+")
# Words of messages that say nothing about where the fault is.
_COMMON: Final = frozenset({"data", "id", "message", "token", "type", "url"})

INVALID_REFUSED = Rule(
    "malformed.invalid-refused",
    "A request that breaks its documents is refused",
    Severity.ERROR,
    Clause(_STATUS, Strength.MUST, "Invalid or missing parameters are answered with 2001."),
    "Validate types, lengths, enumerations and required fields; answer with OCPI 2001.",
)
VALID_ACCEPTED = Rule(
    "malformed.valid-accepted",
    "A valid request is not refused as invalid",
    Severity.ERROR,
    Clause("", Strength.MUST, "What the section describes is understood."),
    "Accept every value that the class allows, and fields that are not known.",
)
METHOD = Rule(
    "malformed.method",
    "A method that the path does not have is answered with HTTP 405",
    Severity.ERROR,
    Clause(_REQUESTS, Strength.SHOULD, "Each endpoint has the methods of its section."),
    "Answer with HTTP 405 and an envelope.",
)
ALLOW = Rule(
    "malformed.allow",
    "HTTP 405 lists the methods of the path in Allow",
    Severity.ERROR,
    Clause(_REQUESTS, Strength.SHOULD, "HTTP wants the methods in Allow beside 405."),
    "Send Allow with the methods that the path has.",
)
UNKNOWN_PATH = Rule(
    "malformed.unknown-path",
    "A path that does not exist is answered with HTTP 404",
    Severity.WARNING,
    Clause(_STATUS, Strength.SHOULD, "Errors of HTTP have the status codes of HTTP."),
    "Answer with HTTP 404 and an envelope.",
)
NOT_JSON = Rule(
    "malformed.not-json",
    "A body that is no JSON is answered with HTTP 400",
    Severity.ERROR,
    Clause(_STATUS, Strength.MUST, "A message that is no valid JSON is HTTP 400."),
    "Answer with HTTP 400 and an envelope before you look at the content.",
)
HTTP_ERROR = Rule(
    "malformed.http-error",
    "JSON with a wrong content is answered by an OCPI status, not by an error of HTTP",
    Severity.ERROR,
    Clause(_STATUS, Strength.MUST, "Valid JSON for what exists gets no HTTP error."),
    "Answer with HTTP 200 and OCPI 2001.",
)
GZIP = Rule(
    "malformed.gzip",
    "A compressed body is understood or refused without HTTP 5xx",
    Severity.WARNING,
    Clause(_REQUESTS, Strength.SHOULD, "Bodies are JSON in UTF-8; nothing says compressed."),
    "Answer with HTTP 415 or 400, or decompress within a limit.",
)
BYTE_ORDER_MARK = Rule(
    "malformed.byte-order-mark",
    "A body with a byte order mark is understood or refused without HTTP 5xx",
    Severity.WARNING,
    Clause(_REQUESTS, Strength.SHOULD, "JSON in UTF-8 begins without a byte order mark."),
    "Answer with HTTP 400, or skip the mark.",
)
MEDIA_TYPE = Rule(
    "malformed.media-type",
    "A body that is not declared as JSON is understood or refused without HTTP 5xx",
    Severity.WARNING,
    Clause(_REQUESTS, Strength.MUST, "A request with a body has application/json."),
    "Answer with HTTP 415 or 400, or read the body as JSON.",
)


def _invalid_refused(checked: CheckedExchange) -> list[Fault] | None:
    if checked.intent is not Intent.CALL or not checked.reading.invalid:
        return None
    if checked.outcome is not Outcome.ACCEPTED:
        return []
    why = "; ".join(checked.reading.faults[:3])
    cause = f"accepted: {_kind(checked.reading.faults[0])}"
    return [Fault(INVALID_REFUSED, f"a refusal: {why}", checked.summary(), cause)]


def _valid_accepted(checked: CheckedExchange) -> list[Fault] | None:
    if checked.intent is not Intent.CALL or checked.outcome is Outcome.FAILED:
        return None
    if not checked.reading.valid:
        return None
    if checked.http in _REFUSALS:
        named = _named(checked)
        wanted, got = "a valid request is understood", f"{checked.summary()}{named}"
        return [Fault(VALID_ACCEPTED, wanted, got, f"HTTP {checked.http}{named}")]
    different = bodies_differ(checked.operation, checked.reading)
    if not checked.reachable or checked.foreign or different:
        return []
    if checked.code != _INVALID_PARAMETERS or not checked.awaited:
        return []
    wanted, lighter = "success for a valid request with ids that belong together", Severity.WARNING
    cause = f"OCPI {checked.code}{_named(checked)}"
    return [Fault(VALID_ACCEPTED, wanted, checked.summary(), cause, lighter=lighter)]


def _kind(fault: str) -> str:
    """Return what is wrong with a request in its kind: the same in any property and value.

    A property that is missing keeps its name: to demand it is a check of its own.
    """
    where, _, reason = fault.partition(": ")
    place = where.partition(" ")[0]
    if not reason or reason.endswith(_NAMES_A_FIELD):
        return f"{place} {reason}" if reason else fault
    for pattern, word in _VALUES:
        reason, found = pattern.subn(word, reason)
        if found:
            break
    return f"{place} {shape(reason) if reason[:1] in _QUOTES else reason}"


def _named(checked: CheckedExchange) -> str:
    """Return the property or parameter that a refusal names, as far as its text shows one."""
    text = checked.exchange.answer.body.decode(errors="replace")
    known = {*checked.operation.params, *checked.operation.properties}
    known |= {*_properties(checked.reading.body)}
    words = (one for one in _WORD.findall(text) if one in known - _COMMON)
    first = next(words, "")
    return f", naming {first}" if first else ""


def _properties(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = [*value.values()]
    for one in value if isinstance(value, list) else ():
        yield from _properties(one)


def _not_json(checked: CheckedExchange) -> list[Fault] | None:
    if not _is_refused(checked) or checked.reading.faults != [NO_JSON]:
        return None
    if checked.http == _BAD_REQUEST:
        return []
    if checked.http not in _HTTP_ERRORS and checked.code != _INVALID_PARAMETERS:
        return None  # It may be refused for another reason, before it is read.
    return [Fault(NOT_JSON, "HTTP 400 for a body that is no JSON", checked.summary())]


def _http_error(checked: CheckedExchange) -> list[Fault] | None:
    faults = checked.reading.faults
    if not _is_refused(checked) or NO_JSON in faults:
        return None
    if not all(why.startswith("body ") for why in faults):
        return None
    if checked.http not in _HTTP_ERRORS:
        return []
    wanted = f"HTTP 200 and OCPI 2001 for JSON with a wrong content: {faults[0]}"
    # 2.0 and 2.1.1 say that no such error should be returned.
    lighter = None if ".asciidoc" in checked.operation.docs else Severity.WARNING
    return [Fault(HTTP_ERROR, wanted, checked.summary(), lighter=lighter)]


def _is_refused(checked: CheckedExchange) -> bool:
    """Return whether a request was refused that is wrong in its content alone."""
    return (
        checked.intent is Intent.CALL
        and checked.reading.invalid
        and checked.outcome is Outcome.REFUSED
    )


def _method(checked: CheckedExchange) -> list[Fault] | None:
    if checked.intent is not Intent.METHOD:
        return None
    if checked.http == _NOT_ALLOWED:
        return []
    wanted = f"HTTP 405, since the path takes {', '.join(sorted(checked.allowed))}"
    return [Fault(METHOD, wanted, checked.summary())]


def _allow(checked: CheckedExchange) -> list[Fault] | None:
    if checked.intent is not Intent.METHOD or checked.http != _NOT_ALLOWED:
        return None
    allow = checked.exchange.answer.headers.get("allow", "")
    got = {one.strip().upper() for one in allow.split(",") if one.strip()} - _FORGIVEN_METHODS
    if got == checked.allowed:
        return []
    wanted = f"Allow: {', '.join(sorted(checked.allowed))}"
    cause = "Allow has other methods" if allow else "Allow is missing"
    return [Fault(ALLOW, wanted, f"Allow: {allow or '(missing)'}", cause)]


def _unknown_path(checked: CheckedExchange) -> list[Fault] | None:
    if checked.intent is not Intent.PATH:
        return None
    if checked.http == _NOT_FOUND:
        return []
    return [Fault(UNKNOWN_PATH, "HTTP 404", checked.summary())]


def _may_be_invalid(operation: Operation) -> bool:
    return operation.body is not None or bool(operation.params)


def _has_body(operation: Operation) -> bool:
    return operation.body is not None


EXCHANGE_RULES = (
    ExchangeRule(INVALID_REFUSED, _invalid_refused, _may_be_invalid),
    ExchangeRule(VALID_ACCEPTED, _valid_accepted),
    ExchangeRule(NOT_JSON, _not_json, _has_body),
    ExchangeRule(HTTP_ERROR, _http_error, _has_body),
    ExchangeRule(METHOD, _method),
    ExchangeRule(ALLOW, _allow),
    ExchangeRule(UNKNOWN_PATH, _unknown_path),
)
