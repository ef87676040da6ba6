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
        "A field by its name of another version, such as voltage, or by a usual other name, gets "
        "the name of this one.",
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
    ("connector_standard", "standard", "connector_type", "plug_type", "type"),
    ("type", "parking_type"),
    ("evse_uid", "uid"),
    ("uid", "id"),
    ("coordinates", "geo_location", "geo_coordinates"),
    ("twentyfourseven", "open_24_7", "is_24_7", "is_open_24_7", "always_open", "24_7"),
    ("weekday", "day", "day_of_week"),
    ("period_begin", "begin", "start", "from", "open", "opening_time"),
    ("period_end", "end", "to", "until", "close", "closing_time"),
    ("is_green_energy", "is_green", "green_energy"),
    ("parking_restriction", "parking_restrictions"),
    ("sub_operator", "suboperator"),
    ("excl_vat", "before_taxes", "net", "net_amount"),
    ("incl_vat", "gross", "gross_amount"),
    ("lat", "latitude", "y"),
    ("lng", "lon", "long", "longitude", "x"),
    ("url", "src", "href", "uri"),
    ("language", "lang", "locale"),
    ("text", "value", "content"),
    ("name", "title", "label"),
)
_OTHER_THAN_WORDS: Final = re.compile(r"[^a-z0-9]+")


def renamed(
    names: Iterable[str], known: frozenset[str], class_name: str
) -> Iterator[tuple[str, str, str]]:
    """Find the fields of an object that are known by another name.

    Args:
        names: The names of the fields that it has.
        known: The names that its class has.
        class_name: The name of its class.

    Yields:
        The name that was sent, the one of the class, and the rule; only where the object has no
        field of that name.
    """
    taken = set(names)
    for name in [each for each in taken if each not in known]:
        target = _by_words(known).get(_words(name))
        rule = "field-spelling"
        if target is None:
            target, rule = _by_other_version(name, known, class_name), "field-version"
        if target is not None and target not in taken:
            taken.add(target)
            yield name, target, rule


def _by_other_version(name: str, known: frozenset[str], class_name: str) -> str | None:
    words = _words(name)
    if "id" in known and words == f"{_words(class_name)}id":
        return "id"
    groups = (group for group, spelled in _BY_SPELLING if words in spelled)
    return next((each for group in groups for each in group if each in known), None)


def _words(name: str) -> str:
    return _OTHER_THAN_WORDS.sub("", name.lower())


_BY_SPELLING: Final = tuple((group, frozenset(map(_words, group))) for group in _SAME_FIELDS)


@cache
def _by_words(known: frozenset[str]) -> dict[str, str]:
    return {_words(name): name for name in known}
