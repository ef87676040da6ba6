"""Kinds of faults that a scenario can inject into a mock, with their options."""

import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from ocpi_conformance.mock._answer import MockAnswer

__all__ = [
    "FaultContext",
    "FaultKind",
    "answer_ocpi_status",
    "answer_status",
    "change_envelope",
    "change_link",
    "change_timestamps",
    "change_total",
    "compress",
    "delay",
    "drip",
    "endless",
    "overlap",
    "redirect",
    "remove_field",
    "reset",
    "set_field",
]

_ZONED: Final = re.compile(rb'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z"')
_HTML: Final = b"<html><head><title>Error</title></head><body><h1>Error</h1></body></html>"
_MEGABYTE: Final = 1024 * 1024
_MOST_MEGABYTES: Final = 64
_MOST_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class FaultContext:
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
_Change = Callable[[MockAnswer, _Options, FaultContext], MockAnswer]


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


def answer_status(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Replace an answer by one with an HTTP status."""
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


def answer_ocpi_status(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Replace an answer by an envelope with an OCPI status."""
    del moment
    headers = {**answer.headers, "content-type": "application/json"}
    return replace(answer, status=200, headers=headers, body=_envelope(options["code"]))


def _envelope(code: int) -> bytes:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    message = "The scenario of the mock demands this."
    return json.dumps({"status_code": code, "status_message": message, "timestamp": now}).encode()


def delay(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Delay an answer."""
    del moment
    seconds = min(float(options["seconds"]), _MOST_SECONDS)
    return replace(answer, delivery=replace(answer.delivery, delay=seconds))


def reset(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Reset the connection of an answer."""
    del moment
    return replace(answer, delivery=replace(answer.delivery, reset=options["at"]))


def drip(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Send an answer slowly."""
    del moment
    chunk, pause = max(1, options["bytes"]), min(float(options["seconds"]), _MOST_SECONDS)
    return replace(answer, delivery=replace(answer.delivery, chunk=chunk, pause=pause))


def endless(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Send an answer without end."""
    del moment
    size = min(options["megabytes"], _MOST_MEGABYTES) * _MEGABYTE
    return replace(answer, delivery=replace(answer.delivery, filler=size))


def compress(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Compress the body."""
    del options, moment
    packed = replace(answer, body=gzip.compress(answer.body, mtime=0))
    return packed.with_headers(content_encoding="gzip")


def redirect(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Replace an answer by a redirect."""
    bare, _, query = moment.url.partition("?")
    turned = bare.rstrip("/") if bare.endswith("/") else f"{bare}/"
    same = turned + (f"?{query}" if query else "")
    places = {"same": same, "loop": moment.url, "other-host": moment.elsewhere}
    headers = {**answer.headers, "location": places[options["to"]]}
    return MockAnswer(options["status"], headers, b"", answer.delivery)


def change_link(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Send another Link."""
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


def change_total(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Send another X-Total-Count."""
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


def change_envelope(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Send something else than the envelope."""
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


def set_field(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Set a field of objects."""
    del moment

    def put(parent: dict[str, Any], name: str) -> None:
        parent[name] = options["value"]

    return _in_items(answer, options, put)


def remove_field(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Remove a field of objects."""
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


def change_timestamps(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Write timestamps in another form."""
    del moment
    end = b"+00:00" if options["mode"] == "offset" else b""
    return replace(answer, body=_ZONED.sub(rb'"\g<1>' + end + b'"', answer.body))


def overlap(answer: MockAnswer, options: _Options, moment: FaultContext) -> MockAnswer:
    """Repeat the last object of the page before."""
    del options
    found = answer.envelope
    if found is None or not isinstance(found.get("data"), list) or not moment.items:
        return answer
    return answer.with_envelope({**found, "data": [moment.items[-1], *found["data"]]})
