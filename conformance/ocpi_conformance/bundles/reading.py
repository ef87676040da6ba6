"""A request validated against its bundle alone: valid, invalid, or uncertain.

What was generated says little about what went over the wire: null becomes the text "null" in a
path, an alignment of ids repairs a mutation. So requests are read as a server reads them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.bundles.schemas import NOT_AVAILABLE
from ocpi_conformance.exchanges.wire import SentRequest

__all__ = ["NO_JSON", "Reading", "bodies_differ", "doubts_of", "read", "segments_below"]

NO_JSON = "the body is not JSON in UTF-8"
"""What the faults of a request say whose body cannot be parsed."""
_JSON = "application/json"
# Bounds that servers may have although the specification names none.
_DEEPEST = 20
_TOO_DEEP = "deeply nested"
_LARGEST_BODY = 512 * 1024
_LARGEST_INTEGER = 2**53
_HALF = re.compile("[\ud800-\udfff]")
# The regular expressions admit one character more than the lengths: docs/errata.toml E-GEO-LENGTH.
_LENGTHS = {"latitude": 11, "longitude": 12}


@dataclass(slots=True)
class Reading:
    """What a request says.

    Attributes:
        path: The ids of the path, decoded.
        query: The parameters of the query that the operation knows.
        body: The parsed body; None where there is none or it is not JSON.
        faults: Why a server must refuse it.
        doubts: Why nothing can be said about whether it should be refused.
        elsewhere: Whether its URL does not have the form of the operation's path.
    """

    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    faults: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    elsewhere: bool = False

    @property
    def valid(self) -> bool:
        """Whether it obeys the bundle in every respect."""
        return not self.faults and not self.doubts

    @property
    def invalid(self) -> bool:
        """Whether it breaks the bundle beyond doubt."""
        return bool(self.faults) and not self.doubts


def read(operation: Operation, url: str, sent: SentRequest) -> Reading:
    """Read a request to an operation.

    Args:
        operation: What was meant to be called.
        url: The endpoint URL.
        sent: The request as it went over the wire.
    """
    reading = Reading()
    parts = urlsplit(sent.url)
    _read_path(operation, url, sent.url, reading)
    _read_query(operation, parts.query, reading)
    _read_body(operation, sent, reading)
    for name, schema in operation.headers.items():
        if name in sent.headers:
            faults = schema.text_faults(sent.headers[name])
            reading.faults += [f"header {name}: {why}" for why in faults]
    return reading


def segments_below(url: str, called: str) -> list[str] | None:
    """Return the path segments of a called URL below an endpoint URL, still encoded.

    Returns:
        None where the URL does not lie below the endpoint.
    """
    base, path = urlsplit(url).path.rstrip("/"), urlsplit(called).path
    if path.rstrip("/") == base:
        return []
    if not path.startswith(f"{base}/"):
        return None
    return path.removeprefix(f"{base}/").removesuffix("/").split("/")


def _read_path(operation: Operation, url: str, called: str, reading: Reading) -> None:
    segments = segments_below(url, called)
    template = operation.segments
    if segments is None or len(segments) != len(template):
        reading.elsewhere = True
        reading.doubts.append("the URL does not have the form of the operation's path")
        return
    for piece, segment in zip(template, segments, strict=True):
        if not piece.startswith("{"):
            continue
        name = piece[1:-1]
        text = _decoded(segment, reading)
        reading.path[name] = text
        reading.faults += [
            f"path {name}: {why}" for why in operation.params[name].text_faults(text)
        ]
        if not text.strip() or text in {".", ".."}:
            reading.doubts.append(f"path {name}: an id that hardly survives in a URL")


def _decoded(segment: str, reading: Reading) -> str:
    try:
        return unquote(segment, errors="strict")
    except UnicodeDecodeError:
        reading.faults.append("the path is not UTF-8")
        return unquote(segment)


def _read_query(operation: Operation, query: str, reading: Reading) -> None:
    given: dict[str, str] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name in given:
            reading.doubts.append(f"query {name}: given twice")
        given[name] = text
    known = set(operation.params) - set(operation.path_params)
    reading.query = {name: text for name, text in given.items() if name in known}
    for name, text in reading.query.items():
        faults = operation.params[name].text_faults(text)
        reading.faults += [f"query {name}: {why}" for why in faults]
        reading.doubts += _text_doubts(text)
    if operation.paged and reading.query.get("limit") == "0":
        reading.doubts.append("query limit: 0, about which the specification says nothing")
    for name in operation.required - set(given):
        # Lists are given whole to clients that leave out the period (docs/errata.toml).
        if not operation.paged:
            reading.faults.append(f"query {name}: missing")


def _read_body(operation: Operation, sent: SentRequest, reading: Reading) -> None:
    if operation.body is None or (not sent.body and not operation.body_required):
        return
    declared = sent.headers.get("content-type", "").partition(";")[0].strip().lower()
    if declared != _JSON:
        reading.doubts.append("the body is not declared as JSON")
    raw = sent.body or b""
    try:
        reading.body = json.loads(raw.decode("utf-8"), parse_constant=_refused)
    except (ValueError, RecursionError):
        reading.faults.append(NO_JSON)
        return
    if reading.body is None and not operation.body_required:
        reading.doubts.append("null in place of a body that may be left out")
    reading.faults += [f"body {why}" for why in operation.body.faults(reading.body)]
    if len(raw) > _LARGEST_BODY:
        reading.doubts.append("a very large body")
    reading.doubts += doubts_of(reading.body)
    if not reading.faults and _TOO_DEEP not in reading.doubts:
        reading.doubts += _long_coordinates(reading.body)


def _refused(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def doubts_of(value: Any) -> list[str]:
    """Return why nothing can be said about whether a JSON value should be refused."""
    return list(_doubts(value, 0))


def _doubts(value: Any, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        yield _TOO_DEEP
    elif isinstance(value, dict):
        if value.get("twentyfourseven") is False and value.get("regular_hours") in (None, []):
            yield "opening hours without any hour, which the specification excludes in words"
        for one in value.values():
            yield from _doubts(one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            yield from _doubts(one, depth + 1)
    elif isinstance(value, str):
        yield from _text_doubts(value)
    elif isinstance(value, int | float) and abs(value) > _LARGEST_INTEGER:
        yield "a number that not every JSON reader keeps"


def _long_coordinates(value: Any) -> Iterator[str]:
    """Look for coordinates that the bundle admits, and peers that count lengths may not."""
    if isinstance(value, list):
        for one in value:
            yield from _long_coordinates(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, str) and len(one) == _LENGTHS.get(name):
                yield f"{name} with a length that only its regular expression admits"
            yield from _long_coordinates(one)


def _text_doubts(text: str) -> list[str]:
    if text == NOT_AVAILABLE:
        return ["#NA instead of a value"]
    if text.startswith("0000-"):
        return ["the year 0, which no calendar library has"]
    if not text:
        return ["an empty text, which many take for none"]
    if not text.isascii() and _HALF.search(text):
        return ["half of a surrogate pair"]
    return []


def bodies_differ(operation: Operation, reading: Reading) -> Mapping[str, tuple[str, str]]:
    """Return what is one thing in the URL and another in the body, compared without case.

    A parameter that says in the query what the body says too is taken as different where it is
    left out: then it has a default, which documents do not tell.
    """
    if not isinstance(reading.body, dict):
        return {}
    both = set(operation.params) & operation.properties - set(operation.path_params)
    places = [(name, reading.path, prop) for name, prop in operation.identity.items()]
    places += [(name, reading.query, name) for name in both]
    pairs = {
        name: (given.get(name, ""), reading.body[prop])
        for name, given, prop in places
        if isinstance(reading.body.get(prop), str)
    }
    return {name: pair for name, pair in pairs.items() if pair[0].lower() != pair[1].lower()}
