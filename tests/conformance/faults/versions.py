"""Faults of the lists of versions and endpoints."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.conformance.faults.building import (
    Make,
    accepted_data,
    answering,
    asking,
    is_below,
    segments,
    success,
)
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest
from tests.conformance.fuzz.relay import InjectedFault

__all__ = ["VERSIONS"]

_NUMBER = re.compile(r"\d+(\.\d+)+")
_ENDPOINT = {"identifier": "credentials", "role": "SENDER", "url": "https://example.com/c"}
_DEAD = "tariffs"


def _list(change: Callable[[list[dict[str, Any]]], Any]) -> Make:
    """Change the list of versions."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        return answer.with_fields(data=change(data)) if _is_versions(asked, data) else answer

    return answering(spoil)


def _is_versions(asked: ReceivedRequest, data: Any) -> bool:
    return is_below(asked, "versions", "GET") and isinstance(data, list)


def _details(change: Callable[[dict[str, Any]], Any]) -> Make:
    """Change the details of a version."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        meant = is_below(asked, "versions", "GET") and isinstance(data, dict)
        return answer.with_fields(data=change(data)) if meant else answer

    return answering(spoil)


def _endpoints(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Make:
    return _details(lambda data: {**data, "endpoints": change(data["endpoints"])})


def _without(entry: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != name}


def _relative(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "url": "/" + entry["url"].split("/", 3)[3]}


def _anything(asked: ReceivedRequest, answer: Answer) -> Answer:
    """Answer for a version that is not there."""
    last = (segments(asked) or [""])[-1]
    if answer.status != 404 or not is_below(asked, "versions") or not _NUMBER.fullmatch(last):
        return answer
    return success(asked, data={"version": last, "endpoints": [_ENDPOINT]})


def _dead(asked: ReceivedRequest) -> ReceivedRequest:
    return replace(asked, path=f"{asked.path}/gone") if is_below(asked, _DEAD) else asked


def _moved(asked: ReceivedRequest) -> ReceivedRequest | Answer:
    details = _NUMBER.fullmatch((segments(asked) or [""])[-1])
    if not is_below(asked, "versions", "GET") or not details or asked.path.endswith("/"):
        return asked
    url = f"http://{asked.headers['host']}{asked.path}/"
    return Answer(307, {"location": url, "content-type": "text/plain"}, b"")


class _NoMoreVersions(InjectedFault):
    """Lists no version any more, once the first two requests were answered."""

    def __init__(self) -> None:
        self._asked = 0

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        listed = asked.path.endswith("/versions") and answer.status == 200
        self._asked += listed
        return answer.with_fields(data=[]) if listed and self._asked > 2 else answer


VERSIONS: dict[str, Make] = {
    "version-without-number": _list(lambda data: [*data, _without(data[0], "version")]),
    "versions-of-relative-urls": _list(lambda data: [_relative(one) for one in data]),
    "version-listed-twice": _list(lambda data: [*data, data[0]]),
    "versions-empty": _NoMoreVersions,
    "version-with-a-v": _list(lambda data: [*data, {**data[0], "version": "v2"}]),
    "details-in-a-list": _details(lambda data: [data]),
    "details-of-another-version": _details(lambda data: {**data, "version": "2.0.1"}),
    "details-without-endpoints": _endpoints(lambda _found: []),
    "endpoints-of-relative-urls": _endpoints(lambda found: [_relative(one) for one in found]),
    "endpoint-listed-twice": _endpoints(lambda found: [*found, found[-1]]),
    "endpoint-without-role": _endpoints(lambda found: [_without(one, "role") for one in found]),
    "endpoint-role-of-a-party": _endpoints(lambda found: [{**one, "role": "CPO"}
                                                          for one in found]),
    "endpoint-in-capitals": _endpoints(lambda found: [{**one, "identifier":
                                                       one["identifier"].capitalize()}
                                                      for one in found]),
    "endpoint-with-old-role-name": _endpoints(lambda found: [{**one, "role": "BOTH"}
                                                             for one in found]),
    "credentials-not-listed": _endpoints(lambda found: [one for one in found
                                                        if one["identifier"] != "credentials"]),
    "version-without-tls": _list(
        lambda found: [*found, {"version": "2.0", "url": "http://ocpi.example.com/2.0"}]),
    "credentials-listed-as-receiver": _endpoints(
        lambda found: [{**one, "role": "RECEIVER"} if one["identifier"] == "credentials" else one
                       for one in found]),
    "custom-module-listed": _endpoints(lambda found: [*found, {**_ENDPOINT,
                                                               "identifier": "notes"}]),
    "any-version-answered": answering(_anything),
    "versions-moved": asking(_moved),
    "endpoint-that-is-not-there": asking(_dead),
}  # fmt: skip
