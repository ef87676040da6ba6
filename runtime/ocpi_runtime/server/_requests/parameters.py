"""Text of paths and queries made into the typed arguments of handlers, or into violations."""

import re
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from ocpi_runtime._codec.timestamps import parse_timestamp
from ocpi_runtime.errors import InvalidParameters, Violation
from ocpi_runtime.operations import Operation, Parameter
from ocpi_runtime.server._answers.results import PageQuery
from ocpi_runtime.server._limits import Limits

__all__ = ["SLASH", "Arguments", "page_query"]

SLASH = "\udc2f"
"""Stands for an encoded slash inside an id while paths are matched.

It is half of a surrogate pair, which decoding never yields, so that no other id turns into it.
"""

_INTEGER = re.compile(r"-?[0-9]+\Z")
_INT64_MAX = 2**63 - 1
_INT64_DIGITS = 19
_MOST_FIELDS = 100
_PLAIN_QUERY = re.compile(r"\w++=[\w.:~-]*+(?:&\w++=[\w.:~-]*+)*+\Z", re.ASCII).match
"""Matches a query without anything encoded: it is taken apart in a fifth of the time."""
_PAGING = ("date_from", "date_to", "offset", "limit")

Convert = Callable[[str], Any]


def _string(parameter: Parameter) -> Convert:
    longest = parameter.max_length
    ascii_only = parameter.kind == "ci-string"

    def convert(text: str) -> str:
        if longest is not None and len(text) > longest:
            raise ValueError(f"has {len(text)} characters, at most {longest} are allowed")
        if not text.isprintable() or (ascii_only and not text.isascii()):
            kind = "printable ASCII" if ascii_only else "printable"
            raise ValueError(f"may contain {kind} characters only")
        return text

    return convert


def _integer(parameter: Parameter) -> Convert:
    least = parameter.minimum

    def convert(text: str) -> int:
        if not _INTEGER.match(text):
            raise ValueError("is not an integer")
        # Larger numbers than a database column holds mean the same as the largest.
        value = int(text) if len(text) <= _INT64_DIGITS else _INT64_MAX
        if text.startswith("-") and least is not None and (value < least or value == _INT64_MAX):
            raise ValueError(f"is below {least}")
        if least is not None and value < least:
            raise ValueError(f"is below {least}")
        return min(value, _INT64_MAX)

    return convert


def _datetime(parameter: Parameter) -> Convert:
    zoned = parameter.kind == "zoned-datetime"

    def convert(text: str) -> datetime:
        return parse_timestamp(text, zoned=zoned)

    return convert


def _enum(parameter: Parameter) -> Convert:
    kind = parameter.enum
    if kind is None:
        raise TypeError(f"The parameter {parameter.name} is an enum without its class.")

    def convert(text: str) -> Any:
        try:
            return kind(text)
        except ValueError:
            allowed = ", ".join(str(member.value) for member in kind)
            raise ValueError(f"is not an allowed value; use one of {allowed}") from None

    return convert


_CONVERTERS: dict[str, Callable[[Parameter], Convert]] = {
    "string": _string,
    "ci-string": _string,
    "integer": _integer,
    "datetime": _datetime,
    "zoned-datetime": _datetime,
    "enum": _enum,
}


class Arguments:
    """The converters of one operation, prepared at start.

    Args:
        operation: Whose path and query parameters are to be read.
    """

    def __init__(self, operation: Operation) -> None:
        prepared = [(p, _CONVERTERS[p.kind](p)) for p in operation.parameters]
        self._path = [
            (entry[0].name, _longest(entry[0]), entry)
            for entry in prepared
            if entry[0].place == "path"
        ]
        query = [entry for entry in prepared if entry[0].place == "query"]
        # A list without its period means everything: date_from is forgiven even where the
        # specification requires it.
        self._paging = [e for e in query if operation.paged and e[0].name in _PAGING]
        self._query = [e for e in query if e not in self._paging]

    def read(
        self, path: Mapping[str, str], query: bytes
    ) -> tuple[list[Any], dict[str, Any], dict[str, Any]]:
        """Convert what came.

        Returns:
            Path arguments in order, keyword arguments of the query, and paging values.

        Raises:
            InvalidParameters: With one violation for each fault.
        """
        faults: list[Violation] = []
        positional: list[Any] = []
        for name, longest, entry in self._path:
            text = path[name]
            if len(text) <= longest and text.isascii() and text.isprintable():  # as most are
                positional.append(text)
            else:
                positional.append(_from_path(entry, text, faults))
        named: dict[str, Any] = {}
        paging: dict[str, Any] = {}
        if query or self._query:
            given = _fields(query)
            named = {entry[0].name: _one(entry, given, faults) for entry in self._query}
            paging = {entry[0].name: _optional(entry, given, faults) for entry in self._paging}
            paging["cursor"] = given.get("cursor")
        if faults:
            raise InvalidParameters(violations=faults)
        return positional, named, paging


def _fields(query: bytes) -> dict[str, str]:
    """Take a query apart; of a repeated parameter the last one counts.

    Raises:
        InvalidParameters: It has very many parameters.
    """
    text = query.decode("latin-1")
    if _PLAIN_QUERY(text) and text.count("&") < _MOST_FIELDS:
        return dict(pair.split("=", 1) for pair in text.split("&"))
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        text = f"The query has more than {_MOST_FIELDS} parameters."
        raise InvalidParameters(text, violations=[Violation("query:", "items", text)]) from None
    return dict(pairs)


def _longest(parameter: Parameter) -> int:
    """Return up to which length printable ASCII is taken as it is; -1 for other types."""
    if parameter.kind not in {"string", "ci-string"}:
        return -1
    return sys.maxsize if parameter.max_length is None else parameter.max_length


def _from_path(entry: tuple[Parameter, Convert], text: str, faults: list[Violation]) -> Any:
    if SLASH in text:
        text = text.replace(SLASH, "/")
    return _converted(entry, text, faults)


def _one(
    entry: tuple[Parameter, Convert], given: Mapping[str, str], faults: list[Violation]
) -> Any:
    parameter = entry[0]
    if parameter.required and parameter.name not in given:
        pointer = f"{parameter.place}:{parameter.name}"
        faults.append(Violation(pointer, "required", f"{parameter.name} is missing"))
        return None
    return _optional(entry, given, faults)


def _optional(
    entry: tuple[Parameter, Convert], given: Mapping[str, str], faults: list[Violation]
) -> Any:
    text = given.get(entry[0].name)
    return None if text is None else _converted(entry, text, faults)


def _converted(entry: tuple[Parameter, Convert], text: str, faults: list[Violation]) -> Any:
    parameter, convert = entry
    try:
        return convert(text)
    except ValueError as error:
        pointer = f"{parameter.place}:{parameter.name}"
        faults.append(Violation(pointer, parameter.kind, f"{parameter.name} {error}"))
        return None


def page_query(paging: Mapping[str, Any], limits: Limits) -> PageQuery:
    """Make the query of a list from its paging values, within the limits of the server."""
    limit = paging.get("limit")
    return PageQuery(
        date_from=paging.get("date_from"),
        date_to=paging.get("date_to"),
        offset=paging.get("offset") or 0,
        limit=min(limits.page_default if limit is None else limit, limits.page),
        cursor=paging.get("cursor"),
    )
