"""Fields in another spelling, or by the name that another version has for them."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from ocpi_runtime.dialect._rule import Rule

__all__ = ["RULES", "renamed"]

RULES: Final = (
    Rule(
        "field-spelling",
        "standard",
        "Case and underscores of a field name are those of the specification: maxVoltage "
        "is max_voltage.",
        "transport: JSON",
    ),
    Rule(
        "field-version",
        "standard",
        "A field by its name of another version, such as voltage, gets the name of this one.",
        "locations: Connector",
    ),
)

_SAME_FIELDS: Final = (
    ("voltage", "max_voltage"),
    ("amperage", "max_amperage"),
    ("tariff_id", "tariff_ids"),
    ("start_datetime", "start_date_time"),
    ("end_datetime", "end_date_time", "stop_date_time", "stop_datetime"),
    ("auth_id", "contract_id"),
    ("connector_standard", "standard"),
    ("evse_uid", "uid"),
    ("parking_restriction", "parking_restrictions"),
    ("sub_operator", "suboperator"),
    ("lat", "latitude"),
    ("lng", "lon", "long", "longitude"),
)
_OTHER_THAN_WORDS: Final = re.compile(r"[^a-z0-9]+")


def renamed(names: Iterable[str], known: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """Find the fields of an object that are known by another name.

    Args:
        names: The names of the fields that it has.
        known: The names that its class has.

    Yields:
        The name that was sent, the one of the class, and the rule; only where the object has no
        field of that name.
    """
    taken = set(names)
    for name in [each for each in taken if each not in known]:
        target = _by_words(known).get(_words(name))
        rule = "field-spelling"
        if target is None:
            target, rule = _by_other_version(name, known), "field-version"
        if target is not None and target not in taken:
            taken.add(target)
            yield name, target, rule


def _by_other_version(name: str, known: frozenset[str]) -> str | None:
    words = _words(name)
    for group in _SAME_FIELDS:
        if words in map(_words, group):
            return next((each for each in group if each in known), None)
    return None


@cache
def _by_words(known: frozenset[str]) -> dict[str, str]:
    return {_words(name): name for name in known}


def _words(name: str) -> str:
    return _OTHER_THAN_WORDS.sub("", name.lower())
