"""Rules about commands and their results, in both directions."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from ocpi_conformance.exchanges.checked import OCPI_SUCCESS, envelope_of
from ocpi_conformance.exchanges.wire import Answer
from ocpi_conformance.mock._judging._judgement import ClientBreach, Judge, Judgement, about
from ocpi_conformance.mock._judging.observed import Observed, answered_well
from ocpi_conformance.mock._party.calling import Call, CallKind
from ocpi_conformance.mock._record import ClientRequest
from ocpi_conformance.rules.clients import writing as rules

__all__ = ["JUDGES"]

_OK: Final = 200
_UNAUTHORIZED: Final = 401
_SERVER_ERROR: Final = 500
_WINDOW: Final = 30.0
_DEFAULT_TIMEOUT: Final = 30
_RESULT: Final = "post_command_result"


def _commands(observed: Observed) -> list[tuple[ClientRequest, str]]:
    """Return requests that have a result later, with the URL for it."""
    found = []
    for one in observed.entries:
        callback = one.operation.callback if one.operation else None
        if callback is None:
            continue
        read = one.reading
        body = read.body if read and isinstance(read.body, dict) else {}
        place: Mapping[str, Any] = (
            body if callback.place == "body" else (read.query if read else {})
        )
        found.append((one, str(place.get(callback.name, ""))))
    return found


def _response_url(observed: Observed) -> Judgement:
    used: dict[str, ClientRequest] = {}
    found = _commands(observed)
    breaches: list[ClientBreach] = []
    for one, url in found:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            got = f"response_url is {url!r}"
            breaches.append(about(one, "an absolute URL", got, cause="no absolute URL"))
        elif url in used:
            got = "response_url is that of an earlier command"
            breaches.append(about(one, "a URL for this command alone", got, used[url]))
        used.setdefault(url, one)
    return Judgement(len(found), breaches)


def _command_once(observed: Observed) -> Judgement:
    seen: dict[str, ClientRequest] = {}
    breaches = []
    found = [one for one, _ in _commands(observed)]
    for one in found:
        body = json.loads(one.sent.body or b"{}") if _is_json(one) else {}
        body.pop("response_url", None)
        key = f"{one.name} {json.dumps(body, sort_keys=True)}"
        before = seen.get(key)
        if before is not None and one.at - before.done < _WINDOW and answered_well([before]):
            got = "the same command again, before its time had passed"
            breaches.append(about(one, "one command at a time", got, before))
        seen[key] = one
    return Judgement(len(found), breaches)


def _is_json(entry: ClientRequest) -> bool:
    return isinstance(envelope_of(entry.sent.body or b""), dict)


def _calls(kinds: set[CallKind], expected: str, is_right: Callable[[Answer], bool]) -> Judge:
    """Make a rule about the answers of the client to what the mock sends."""

    def apply(observed: Observed) -> Judgement:
        asked = [one for one in observed.calls if one.kind in kinds]
        wrong = [one for one in asked if not is_right(one.exchange.answer)]
        return Judgement(len(asked), [_breach(one, expected) for one in wrong])

    return apply


def _breach(call: Call, expected: str) -> ClientBreach:
    answer = call.exchange.answer
    code = (envelope_of(answer.body) or {}).get("status_code", "none")
    got = f"HTTP {answer.status}, OCPI {code}" if answer.status else "no answer"
    operation = _RESULT if call.kind != "command" else "post_*"
    return ClientBreach(
        expected, got, f"{call.kind}: {got}", "commands", operation, (call.exchange,)
    )


def _is_success(answer: Answer) -> bool:
    code = (envelope_of(answer.body) or {}).get("status_code")
    return answer.status == _OK and code in OCPI_SUCCESS


def _is_calm(answer: Answer) -> bool:
    return 0 < answer.status < _SERVER_ERROR


def _is_refused(answer: Answer) -> bool:
    return answer.status == _UNAUTHORIZED


def _is_response(answer: Answer) -> bool:
    data = (envelope_of(answer.body) or {}).get("data")
    return _is_success(answer) and isinstance(data, dict) and isinstance(data.get("result"), str)


def _accepted(observed: Observed) -> list[tuple[Call, float]]:
    """Return the commands of the mock that were accepted, with their timeouts."""
    found = []
    for one in observed.calls:
        data = (envelope_of(one.exchange.answer.body) or {}).get("data")
        if one.kind == "command" and isinstance(data, dict) and data.get("result") == "ACCEPTED":
            timeout = data.get("timeout", _DEFAULT_TIMEOUT)
            found.append((one, float(timeout) if isinstance(timeout, int) else _DEFAULT_TIMEOUT))
    return found


def _results_of(observed: Observed, call: Call) -> list[ClientRequest]:
    return [
        one
        for one in observed.of(_RESULT)
        if one.sent.url.partition("?")[0].rstrip("/").endswith(f"/{call.uid}")
    ]


def _result_sent(observed: Observed) -> Judgement:
    asked, breaches = 0, []
    for call, timeout in _accepted(observed):
        results = _results_of(observed, call)
        in_time = [one for one in results if one.at - call.at <= timeout]
        if not in_time and observed.ended - call.at <= timeout:
            continue  # it may still come
        asked += 1
        if not in_time:
            got = "the result came late" if results else "no result came"
            expected = f"a result within {timeout:.0f} s"
            steps = (call.exchange,)
            breaches.append(ClientBreach(expected, got, got, "commands", _RESULT, steps))
    return Judgement(asked, breaches)


def _result_sent_once(observed: Observed) -> Judgement:
    asked, breaches = 0, []
    for call, _ in _accepted(observed):
        taken = answered_well(_results_of(observed, call))
        asked += bool(taken)
        if len(taken) > 1:
            got = "the result came again after it was answered"
            breaches.append(about(taken[1], "one result", got, taken[0]))
    return Judgement(asked, breaches)


JUDGES: Final[Mapping[str, Judge]] = {
    rules.RESPONSE_URL.id: _response_url,
    rules.COMMAND_ONCE.id: _command_once,
    rules.RESULT_TAKEN.id: _calls({"result"}, "success for a result", _is_success),
    rules.REPEATED_RESULT_TAKEN.id: _calls(
        {"duplicate", "late"}, "an answer without HTTP 5xx", _is_calm
    ),
    rules.FORGED_RESULT_REFUSED.id: _calls({"forged"}, "HTTP 401", _is_refused),
    rules.COMMAND_ANSWERED.id: _calls({"command"}, "a CommandResponse", _is_response),
    rules.RESULT_SENT.id: _result_sent,
    rules.RESULT_SENT_ONCE.id: _result_sent_once,
}
