"""What a platform may get wrong in one answer, each as a function that spoils it."""

import json
import time
from dataclasses import replace

from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest, Spoil

__all__ = ["ALL", "FAULTS", "crash", "hang"]


def _bare(asked: ReceivedRequest, answer: Answer) -> Answer:
    return replace(answer, body=json.dumps(answer.json.get("data")).encode())


def _code_as_text(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer.with_fields(status_code=str(answer.json["status_code"]))


def _local_time(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer.with_fields(timestamp="2026-11-02T10:00:00+01:00")


def _html(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer.with_headers(content_type="text/html") if answer.status == 404 else answer


def _own_request_id(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer.with_headers(x_request_id="mine")


def _no_correlation_id(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer.with_headers(x_correlation_id=None)


def _no_routing(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer.with_headers(ocpi_to_party_id=None)


def crash(asked: ReceivedRequest, answer: Answer) -> Answer:
    """Fail on an optional field."""
    odd = isinstance(asked.json, dict) and asked.json.get("group_id") is not None
    return replace(answer, status=500) if odd and answer.accepted else answer


def _allow_everything(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer.with_headers(allow="GET, PUT, POST") if answer.status == 405 else answer


def _any_method(asked: ReceivedRequest, answer: Answer) -> Answer:
    if answer.status != 405:
        return answer
    return replace(answer, status=200).with_fields(status_code=1000)


def _accepted_later(asked: ReceivedRequest, answer: Answer) -> Answer:
    return replace(answer, status=202) if asked.method == "PATCH" and answer.accepted else answer


def _any_length(asked: ReceivedRequest, answer: Answer) -> Answer:
    faults = answer.json.get("violations")
    only_long = isinstance(faults, list) and all(
        isinstance(one, dict) and one.get("code") == "maxLength" for one in faults
    )
    if asked.method != "PUT" or not faults or not only_long:
        return answer
    return answer.with_fields(status_code=1000, data=None)


def _bad_request(asked: ReceivedRequest, answer: Answer) -> Answer:
    if asked.method != "PUT" or not answer.accepted:
        return answer
    return replace(answer, status=400).with_fields(status_code=2001)


def _invented_type(asked: ReceivedRequest, answer: Answer) -> Answer:
    data = answer.json.get("data")
    if not answer.accepted or not isinstance(data, dict):
        return answer
    return answer.with_fields(data={**data, "type": "PAPER"})


def _no_data(asked: ReceivedRequest, answer: Answer) -> Answer:
    if "/authorize" not in asked.path or not answer.accepted:
        return answer
    return answer.with_fields(data=None)


def _no_total(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer.with_headers(x_total_count=None)


def _relative_link(asked: ReceivedRequest, answer: Answer) -> Answer:
    return (
        answer.with_headers(link='<?offset=2>; rel="next"') if "link" in answer.headers else answer
    )


def _small_limit(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer.with_headers(x_limit="1") if "x-limit" in answer.headers else answer


def _open_door(asked: ReceivedRequest, answer: Answer) -> Answer:
    return (
        replace(answer, status=200).with_fields(status_code=2000)
        if answer.status == 401
        else answer
    )


def _success_with_404(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer.with_fields(status_code=1000) if answer.status == 404 else answer


def _anybodys(asked: ReceivedRequest, answer: Answer) -> Answer:
    if asked.method != "PUT" or "/XX/FRN/" not in asked.path or answer.status != 404:
        return answer
    return replace(answer, status=200).with_fields(status_code=1000)


def _any_id(asked: ReceivedRequest, answer: Answer) -> Answer:
    message = answer.json.get("status_message") or ""
    return answer.with_fields(status_code=1000) if "The ids in the body" in message else answer


def _listed_faults(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer if answer.accepted else answer.with_fields(data=[])


def _listed_faults_of_lists(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer if answer.accepted else answer.with_fields(data=[{"loc": ["query", "limit"]}])


def _undated(asked: ReceivedRequest, answer: Answer) -> Answer:
    """Take a PATCH that lacks last_updated and nothing else."""
    faults = answer.json.get("violations") or [{}]
    only = [one.get("pointer") for one in faults] == ["/last_updated"]
    if asked.method != "PATCH" or not only or "last_updated" in (asked.json or ()):
        return answer
    return answer.with_fields(status_code=1000, data=None)


def _failing(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer.with_fields(status_code=3000, data=None) if answer.accepted else answer


def _silent(asked: ReceivedRequest, answer: Answer) -> Answer:
    fields = answer.json
    del fields["status_message"]
    return replace(answer, body=json.dumps(fields).encode())


def hang(asked: ReceivedRequest, answer: Answer) -> Answer:
    """Answer writes too late for a patient partner."""
    if asked.method == "PUT" and asked.body:
        time.sleep(0.25)
    return answer


LIST, READ, PUT, PATCH, ASK = (
    "get_tokens",
    "get_stored_token",
    "put_token",
    "patch_token",
    "post_authorize_token",
)
ALL = {LIST, READ, PUT, PATCH, ASK}
FAULTS: dict[str, tuple[Spoil, str, set[str]]] = {
    "no envelope": (_bare, "envelope.shape", {LIST}),
    "status_code as a string": (_code_as_text, "envelope.shape", {LIST}),
    "timestamp with an offset": (_local_time, "envelope.timestamp", {LIST}),
    "a list in data of an error": (_listed_faults, "envelope.no-list-in-error", {READ, PUT}),
    "faults in data of an error": (_listed_faults_of_lists, "envelope.no-list-in-error", {LIST}),
    "no status_message": (_silent, "envelope.status-message", {LIST}),
    "another content type": (_html, "headers.content-type", {READ}),
    "another request id": (_own_request_id, "headers.request-id", {LIST}),
    "correlation id lost": (_no_correlation_id, "headers.correlation-id", {LIST}),
    "routing headers lost": (_no_routing, "headers.routing-turned", {LIST}),
    "Allow with other methods": (_allow_everything, "malformed.allow", {LIST}),
    "methods that are not there": (_any_method, "malformed.method", {LIST}),
    "undocumented status": (_accepted_later, "envelope.documented-status", {PUT, PATCH}),
    "strings of any length": (_any_length, "malformed.invalid-refused", {PUT}),
    "PATCH without last_updated": (_undated, "malformed.invalid-refused", {PUT, PATCH}),
    "3000 for all that is valid": (_failing, "envelope.no-status-3000", {LIST}),
    "400 for a valid object": (_bad_request, "malformed.valid-accepted", {PUT}),
    "unknown enum value in data": (_invented_type, "objects.data", {PUT, READ}),
    "no data": (_no_data, "objects.data", {LIST, ASK}),
    "no X-Total-Count": (_no_total, "headers.required", {LIST}),
    "relative Link": (_relative_link, "paging.link-absolute", {LIST}),
    "more objects than X-Limit": (_small_limit, "paging.size", {LIST}),
    "no token needed": (_open_door, "authorization.required", {LIST}),
    "success beside 404": (_success_with_404, "envelope.statuses-agree", {READ}),
    "objects of other parties": (_anybodys, "write.owner-only", {PUT}),
    "ids that differ": (_any_id, "write.ids-match-url", {PUT}),
}
"""By name: how answers are spoiled, which rule must find it, and the operations to fuzz."""
