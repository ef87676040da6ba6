"""What a scenario may have a mock do wrong: kinds of faults with their options."""

import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from ocpi_conformance.mock._answer import MockAnswer

__all__ = ["KINDS", "FaultKind", "Moment", "shown_options"]

_ZONED: Final = re.compile(rb'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z"')
_HTML: Final = b"<html><head><title>Error</title></head><body><h1>Error</h1></body></html>"
_MEGABYTE: Final = 1024 * 1024
_MOST_MEGABYTES: Final = 64
_MOST_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Moment:
    """The request that a fault answers.

    Attributes:
        url: Its URL.
        count: How many requests the fault has answered before.
        items: The items of the page before, for pages that overlap.
        other_origin: Another origin than that of the mock, which leads to it as well.
    """

    url: str
    count: int
    items: tuple[Any, ...]
    other_origin: str

    @property
    def elsewhere(self) -> str:
        """The URL at the other origin."""
        parts = urlsplit(self.url)
        query = f"?{parts.query}" if parts.query else ""
        return f"{self.other_origin}{parts.path}{query}"


_Options = Mapping[str, Any]
_Change = Callable[[MockAnswer, _Options, Moment], MockAnswer]


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A kind of fault.

    Attributes:
        does: What it does, for the guide.
        change: Changes an answer.
        options: Its options with their defaults; a tuple lists the values that are allowed.
        replaces: Whether the request is not carried out at all.
    """

    does: str
    change: _Change
    options: Mapping[str, Any]
    replaces: bool = False


def _status(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    del moment
    body, kind = _HTML, "text/html"
    if options["body"] == "envelope":
        body, kind = _envelope(2000 if options["status"] < 500 else 3000), "application/json"  # noqa: PLR2004
    if options["body"] == "empty":
        body = b""
    headers = {**answer.headers, "content-type": kind}
    if options["retry_after"]:
        headers["retry-after"] = str(options["retry_after"])
    return MockAnswer(options["status"], headers, body, answer.delivery)


def _ocpi_status(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    del moment
    headers = {**answer.headers, "content-type": "application/json"}
    return replace(answer, status=200, headers=headers, body=_envelope(options["code"]))


def _envelope(code: int) -> bytes:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    message = "The scenario of the mock demands this."
    return json.dumps({"status_code": code, "status_message": message, "timestamp": now}).encode()


def _delay(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    del moment
    seconds = min(float(options["seconds"]), _MOST_SECONDS)
    return replace(answer, delivery=replace(answer.delivery, delay=seconds))


def _reset(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    del moment
    return replace(answer, delivery=replace(answer.delivery, reset=options["at"]))


def _drip(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    del moment
    chunk, pause = max(1, options["bytes"]), min(float(options["seconds"]), _MOST_SECONDS)
    return replace(answer, delivery=replace(answer.delivery, chunk=chunk, pause=pause))


def _endless(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    del moment
    size = min(options["megabytes"], _MOST_MEGABYTES) * _MEGABYTE
    return replace(answer, delivery=replace(answer.delivery, filler=size))


def _gzip(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    del options, moment
    packed = replace(answer, body=gzip.compress(answer.body, mtime=0))
    return packed.with_headers(content_encoding="gzip")


def _redirect(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    bare, _, query = moment.url.partition("?")
    turned = bare.rstrip("/") if bare.endswith("/") else f"{bare}/"
    same = turned + (f"?{query}" if query else "")
    places = {"same": same, "loop": moment.url, "other-host": moment.elsewhere}
    headers = {**answer.headers, "location": places[options["to"]]}
    return MockAnswer(options["status"], headers, b"", answer.delivery)


def _link(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    sent = answer.headers.get("link")
    if sent is None:
        return answer
    url = sent.partition("<")[2].partition(">")[0]
    parts = urlsplit(url)
    changed = {
        "missing": None,
        "loop": f'<{moment.url}>; rel="next"',
        "relative": f'<{parts.path}?{parts.query}>; rel="next"',
        "nonsense": "next page please",
        "other-host": f'<{moment.other_origin}{parts.path}?{parts.query}>; rel="next"',
        "without-brackets": f"{url}; rel=next",
    }
    return answer.with_headers(link=changed[options["mode"]])


def _total(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    sent = answer.headers.get("x-total-count")
    if sent is None:
        return answer
    page = (answer.envelope or {}).get("data") or ()
    changed = {
        "changing": str(int(sent) + moment.count + 1),
        "missing": None,
        "nonsense": "many",
        "page-size": str(len(page)),
    }
    return answer.with_headers(x_total_count=changed[options["mode"]])


def _wrong_envelope(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    del moment
    found = answer.envelope
    if found is None:
        return answer
    data = found.get("data")
    changed: dict[str, Callable[[], MockAnswer]] = {
        "bare": lambda: answer.with_envelope(data),
        "object": lambda: answer.with_envelope({**found, "data": {"items": data}}),
        "null": lambda: answer.with_envelope({**found, "data": None}),
        "no-timestamp": lambda: answer.with_envelope(_without(found, "timestamp")),
        "no-status": lambda: answer.with_envelope(_without(found, "status_code")),
        "text-status": lambda: answer.with_envelope(
            {**found, "status_code": str(found["status_code"])}
        ),
        "truncated": lambda: replace(answer, body=answer.body[: len(answer.body) // 2]),
        "empty": lambda: replace(answer, body=b""),
        "html": lambda: replace(answer, body=_HTML).with_headers(content_type="text/html"),
        "bom": lambda: replace(answer, body=b"\xef\xbb\xbf" + answer.body),
    }
    return changed[options["mode"]]()


def _without(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != name}


def _set(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    del moment

    def put(parent: dict[str, Any], name: str) -> None:
        parent[name] = options["value"]

    return _in_items(answer, options, put)


def _remove(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    del moment

    def remove(parent: dict[str, Any], name: str) -> None:
        parent.pop(name, None)

    return _in_items(answer, options, remove)


def _in_items(
    answer: MockAnswer, options: _Options, change: Callable[[dict[str, Any], str], None]
) -> MockAnswer:
    """Change a field of the objects in an answer: of one item of a page, or of all."""
    found = answer.envelope
    if found is None or not found.get("data"):
        return answer
    data = found["data"]
    items = data if isinstance(data, list) else [data]
    chosen = items if options["item"] < 0 else items[options["item"] : options["item"] + 1]
    *steps, name = options["pointer"].strip("/").split("/")
    for item in chosen:
        parent = item
        for step in steps:
            at = int(step) if isinstance(parent, list) and step.isdecimal() else step
            try:
                parent = parent[at]
            except (KeyError, IndexError, TypeError):
                parent = None
                break
        if isinstance(parent, dict):
            change(parent, name)
    return answer.with_envelope(found)


def _zone(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    del moment
    end = b"+00:00" if options["mode"] == "offset" else b""
    return replace(answer, body=_ZONED.sub(rb'"\g<1>' + end + b'"', answer.body))


def _overlap(answer: MockAnswer, options: _Options, moment: Moment) -> MockAnswer:
    del options
    found = answer.envelope
    if found is None or not isinstance(found.get("data"), list) or not moment.items:
        return answer
    return answer.with_envelope({**found, "data": [moment.items[-1], *found["data"]]})


def shown_options(kind: FaultKind) -> str:
    """Return the options of a kind for people, with defaults and allowed values."""
    return ", ".join(
        f"{name} ({' | '.join(one)})" if isinstance(one, tuple) else f"{name} = {one!r}"
        for name, one in kind.options.items()
    )


KINDS: Final[Mapping[str, FaultKind]] = {
    "status": FaultKind(
        "answers with an HTTP status, and HTML or an envelope as its body",
        _status,
        {"status": 500, "body": ("html", "envelope", "empty"), "retry_after": 0},
        replaces=True,
    ),
    "ocpi-status": FaultKind(
        "answers with an OCPI status and HTTP 200", _ocpi_status, {"code": 3000}, replaces=True
    ),
    "delay": FaultKind("waits before it answers", _delay, {"seconds": 1.0}),
    "reset": FaultKind(
        "resets the connection, before the answer or within its body",
        _reset,
        {"at": ("start", "body")},
    ),
    "drip": FaultKind(
        "sends the body slowly, some bytes at a time", _drip, {"bytes": 64, "seconds": 0.05}
    ),
    "endless": FaultKind(
        "sends a body that does not end, up to a size", _endless, {"megabytes": 64}
    ),
    "gzip": FaultKind("compresses the body", _gzip, {}),
    "redirect": FaultKind(
        "redirects the request",
        _redirect,
        {"status": 307, "to": ("same", "other-host", "loop")},
        replaces=True,
    ),
    "link": FaultKind(
        "sends a wrong Link to the next page",
        _link,
        {"mode": ("missing", "loop", "relative", "nonsense", "other-host", "without-brackets")},
    ),
    "total": FaultKind(
        "sends a wrong X-Total-Count",
        _total,
        {"mode": ("changing", "missing", "nonsense", "page-size")},
    ),
    "envelope": FaultKind(
        "sends something else than the envelope that is due",
        _wrong_envelope,
        {
            "mode": (
                "bare", "object", "null", "no-timestamp", "no-status", "text-status", "truncated",
                "empty", "html", "bom",
            )
        },
    ),
    "set": FaultKind(
        "sets a field of the objects in an answer",
        _set,
        {"pointer": "", "value": "", "item": -1},
    ),
    "remove": FaultKind(
        "removes a field of the objects in an answer", _remove, {"pointer": "", "item": -1}
    ),
    "timestamps": FaultKind(
        "writes timestamps without Z, or with an offset", _zone, {"mode": ("bare", "offset")}
    ),
    "overlap": FaultKind("begins each page with the last object of the page before", _overlap, {}),
}  # fmt: skip
"""By name, as scenarios have them."""
