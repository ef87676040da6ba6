"""URL structures, taken apart: the path below the endpoint, and what may follow it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ocpi_conformance.audit.profiles import Dialect

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
        module: The module whose chapter it stands in.
        dialect: Says what structures begin with.
    """
    start, query = _split(template)
    match = dialect.base.match(start)
    below = None if match is None else _below(match.groupdict().get("name"), module, dialect)
    rest = start if match is None else start[match.end() :]
    if match is None or below is None or (rest and not rest.startswith(("/", "["))):
        return [Pattern(start, query)]
    whole, *parts = rest.split("[")
    found = [whole]
    for part in parts:
        found.append(found[-1] + part.rstrip("]"))
    return [Pattern("/" + (below + each).strip("/"), query) for each in found]


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


def _below(name: str | None, module: str, dialect: Dialect) -> str | None:
    """Find the path below the endpoint of the module that a base stands for.

    Returns:
        None if the base is that of another module.
    """
    if name is None:
        return ""
    if name in dialect.bases:
        return dialect.bases[name]
    return "" if _alike(name) == _alike(module) else None


def _alike(name: str) -> str:
    """Pass over underscores and the s of a plural: structures spell endpoints either way."""
    return name.replace("_", "").removesuffix("s")
