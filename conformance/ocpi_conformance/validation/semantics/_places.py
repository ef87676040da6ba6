"""Checks of what is about a location: hours, energy, publication, texts and links."""

import re
from typing import Any, Final

from ocpi_conformance.validation.semantics._common import check_order
from ocpi_conformance.validation.semantics._context import Context, Json, items
from ocpi_conformance.validation.semantics._numbers import number

__all__ = ["check_details", "check_evse_id", "check_links"]

_MARKUP: Final = re.compile(r"</?[a-zA-Z][^<>]*>|&[a-z]+;")
_EVSE_ID: Final = re.compile(r"(?i)[a-z]{2}\*?[a-z0-9]{3}\*?e[a-z0-9*]{1,40}|\+[0-9*]+")
_WHOLE: Final = 100
_SLACK: Final = 1
_LAST_DAY: Final = 7
_LINES: Final = ("\n", "\r")
_TEXTS: Final = ("name", "address", "city")


def check_details(value: Json, at: str, context: Context) -> None:
    """Check what a location tells about itself."""
    _check_publication(value, at, context)
    hours = value.get("opening_times")
    if isinstance(hours, dict):
        _check_hours(hours, f"{at}/opening_times", context)
    mix = value.get("energy_mix")
    if isinstance(mix, dict):
        _check_mix(mix, f"{at}/energy_mix", context)
    for index, text in items(value, "directions"):
        _check_text(text, f"{at}/directions/{index}", context)
    for name in _TEXTS:
        line = value.get(name)
        if isinstance(line, str) and any(end in line for end in _LINES):
            context.warn("text", f"{at}/{name}", f"{line!r} has a line break", line)
    check_links(value, at, context)


def _check_publication(value: Json, at: str, context: Context) -> None:
    chosen = items(value, "publish_allowed_to")
    if chosen and value.get("publish") is True:
        text = "is there, but publish is true: all users may see the location"
        context.warn("publish-tokens", f"{at}/publish_allowed_to", text)
    for index, one in chosen:
        place = f"{at}/publish_allowed_to/{index}"
        if not any(one.get(name) for name in ("uid", "visual_number", "group_id")):
            text = "names no token: uid, visual_number and group_id are missing"
            context.warn("publish-tokens", place, text)
        for name, other in (("uid", "type"), ("visual_number", "issuer")):
            if one.get(name) and not one.get(other):
                context.warn("publish-tokens", place, f"has {name} without {other}")


def _check_hours(value: Json, at: str, context: Context) -> None:
    always, regular = value.get("twentyfourseven"), items(value, "regular_hours")
    if always is True and regular:
        text = "is there, but twentyfourseven is true"
        context.warn("opening-hours", f"{at}/regular_hours", text)
    if always is False and not regular and not items(value, "exceptional_openings"):
        context.warn("opening-hours", at, "is never open: there are no regular_hours")
    for index, one in regular:
        day = number(one.get("weekday"))
        if day is not None and not 1 <= day <= _LAST_DAY:
            pointer = f"{at}/regular_hours/{index}/weekday"
            context.warn("opening-hours", pointer, f"is {day:g}; Monday is 1, Sunday 7", day)
    for name in ("exceptional_openings", "exceptional_closings"):
        for index, one in items(value, name):
            check_order(one, f"{at}/{name}/{index}", context, "period_begin", "period_end")


def _check_mix(value: Json, at: str, context: Context) -> None:
    shares = [number(one.get("percentage")) or 0 for _, one in items(value, "energy_sources")]
    total = sum(shares)
    if shares and abs(total - _WHOLE) > _SLACK:
        text = f"add up to {total:g} percent"
        context.warn("energy-mix", f"{at}/energy_sources", text, total)


def _check_text(value: Json, at: str, context: Context) -> None:
    text: Any = value.get("text")
    if isinstance(text, str) and _MARKUP.search(text):
        context.warn("text", f"{at}/text", f"{text!r} has markup, and is to be plain text", text)


def check_evse_id(value: Json, at: str, context: Context) -> None:
    """Warn where an evse_id has another form than that of eMI3."""
    found = value.get("evse_id")
    if isinstance(found, str) and found and not _EVSE_ID.fullmatch(found):
        text = f"{found!r} has not the form of an EVSE ID, such as NL*ABC*E1234"
        context.warn("evse-id", f"{at}/evse_id", text, found)
    for index, one in items(value, "status_schedule"):
        check_order(one, f"{at}/status_schedule/{index}", context, "period_begin", "period_end")
    check_links(value, at, context)


def check_links(value: Json, at: str, context: Context) -> None:
    """Warn of URLs that are not absolute."""
    places = [(f"{at}/images/{index}/url", one.get("url")) for index, one in items(value, "images")]
    places.append((f"{at}/terms_and_conditions", value.get("terms_and_conditions")))
    for pointer, url in places:
        if isinstance(url, str) and url and not url.lower().startswith(("http://", "https://")):
            context.warn("url", pointer, f"{url!r} is not an absolute URL", url)
