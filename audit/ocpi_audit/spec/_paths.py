"""URL structures, taken apart: the path below the endpoint, and what may follow it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ocpi_audit._profiles import Dialect

__all__ = ["Pattern", "patterns", "placeholders"]

_NAME: Final = re.compile(r"\{(\w+)\}")
_QUERY: Final = re.compile(r"(\[?)&?\{?(\w+)=(\{?)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One path, with the names in its query.

    Attributes:
        path: Below the endpoint, such as ``/{location_id}``; ``/`` for the endpoint itself. A
            structure that does not begin with its endpoint and a slash stays as it is printed.
        query: Whether each name in the query is required; None where the structure is an example
            and does not say.
    """

    path: str
    query: Mapping[str, bool | None]


def placeholders(path: str) -> list[str]:
    """List the names in braces."""
    return _NAME.findall(path)


def patterns(template: str, module: str, dialect: Dialect) -> list[Pattern]:
    """Take a URL structure apart; parts in brackets make further paths.

    Args:
        template: As it is printed.
        module: The module whose chapter it is in.
        dialect: The prefix of structures.
    """
    start, query = _split(template)
    match = dialect.base.match(start)
    rest = "" if match is None else start[match.end() :]
    own = match is not None and _is_of(match["name"], module)
    if not own or (rest and not rest.startswith(("/", "["))):
        return [Pattern(start, query)]
    whole, *parts = rest.split("[")
    found = [whole]
    for part in parts:
        found.append(found[-1] + part.rstrip("]"))
    return [Pattern("/" + each.strip("/"), query) for each in found]


def _split(template: str) -> tuple[str, dict[str, bool | None]]:
    """Part the path from the query; ``[?a={a}]`` is a query as well."""
    at = template.find("?")
    if at < 0:
        return template, {}
    optional = template[:at].endswith("[")
    query: dict[str, bool | None] = {}
    for bracket, name, brace in _QUERY.findall(template[at + 1 :]):
        query[name] = (not bracket and not optional) if brace else None
    return template[:at].removesuffix("["), query


def _is_of(name: str | None, module: str) -> bool:
    """Return whether a structure begins with the endpoint of a module.

    Structures write it with underscores or without, in the singular or the plural; or they begin
    with the version alone.
    """
    return name is None or _alike(name) == _alike(module)


def _alike(name: str) -> str:
    return name.replace("_", "").removesuffix("s")
