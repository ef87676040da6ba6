"""Link headers as they come (RFC 8288)."""

import re
from collections.abc import Iterator

__all__ = ["links_of"]

_TARGET = re.compile(r"[\s,]*<([^<>]*)>")
_PARAMETER = re.compile(
    r"\s*;\s*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;,\"]*)))?)?"
)
_LONGEST_LINKS = 16 * 1024


def links_of(header: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the target and the relations of each link."""
    position = 0
    header = header[:_LONGEST_LINKS]
    while match := _TARGET.match(header, position):
        parameters, position = _parameters(header, match.end())
        yield match[1].strip(), parameters.get("rel", "").lower().split()
        position = _next_comma(header, position)


def _parameters(header: str, position: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    while match := _PARAMETER.match(header, position):
        if match[1]:
            quoted = match[2]
            value = match[3] or "" if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            found.setdefault(match[1].lower(), value)
        position = match.end()
    return found, position


def _next_comma(header: str, position: int) -> int:
    comma = header.find(",", position)
    return len(header) if comma < 0 else comma
