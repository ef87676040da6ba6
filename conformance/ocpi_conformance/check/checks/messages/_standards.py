"""Checks of names of versions, the coding of the token, and dates without zone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from ocpi_conformance.check._crawl import crawl
from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, Stopped, check
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.messages import standards

_NUMBER: Final = re.compile(r"\d+\.\d+(\.\d+)?(-\d+)?\Z")
_UNAUTHORIZED: Final = 401
_NOT_FOUND: Final = 404
_LONG_AGO: Final = "2000-01-01T00:00:00"


def _is_list(place: CheckedInterface) -> bool:
    return (place.module, place.interface) == ("versions", "list")


@check(standards.VERSION_NAMES, about=_is_list)
def names_of_versions(place: CheckedInterface) -> Iterator[Outcome]:
    """Read the list of versions."""
    checked = place.require(place.call(place.operations["get_versions"]))
    data: Any = (checked.envelope or {}).get("data")
    for at, one in enumerate(data if isinstance(data, list) else ()):
        name = one.get("version") if isinstance(one, dict) else None
        if isinstance(name, str) and not _NUMBER.match(name):
            pointer, cause = f"/data/{at}/version", "no number of a version"
            yield Fault(standards.VERSION_NAMES, "a number such as 2.2.1", name, cause, pointer)


@check(standards.BASE64_ACCEPTED, about=_is_list)
def base64_token(place: CheckedInterface) -> Iterator[Outcome]:
    """Send the token Base64-encoded, even where the party reads it plain."""
    sent = place.request(place.operations["get_versions"])
    exchange = place.session.probe(replace(place.target, token_base64=True), sent)
    if exchange.answer.status == _UNAUTHORIZED:
        wanted = "an answer to the token in Base64"
        yield Fault(standards.BASE64_ACCEPTED, wanted, f"HTTP {_UNAUTHORIZED}")


@check(standards.ENDPOINTS_ANSWER, about=lambda place: place.listing is not None)
def listed_endpoint(place: CheckedInterface) -> Iterator[Outcome]:
    """Call the endpoint URL of a list."""
    listing = place.get_list()
    checked = place.send(listing, place.request(listing))
    if checked.http == _NOT_FOUND:
        yield Fault(standards.ENDPOINTS_ANSWER, "a list", checked.summary())


def _has_periods(place: CheckedInterface) -> bool:
    return place.listing is not None and "date_from" in place.listing.params


@check(standards.DATE_WITHOUT_ZONE, about=_has_periods)
def dates_without_zone(place: CheckedInterface) -> Iterator[Outcome]:
    """List what changed since long ago, with a zone and without."""
    listing = place.get_list()
    # A list that cannot be read even so is found elsewhere.
    zoned = crawl(place, {"date_from": f"{_LONG_AGO}Z"}, most=1).items
    checked = place.call(listing, query={"date_from": _LONG_AGO})
    if checked.outcome is not Answered.ACCEPTED:
        wanted = f"a page for date_from={_LONG_AGO}"
        yield Fault(standards.DATE_WITHOUT_ZONE, wanted, checked.summary())
        return
    found = (checked.envelope or {}).get("data")
    if not isinstance(found, list):
        raise Stopped("The page is not a list.")
    if len(found) != len(zoned):
        wanted, got = f"{len(zoned)} objects, as with Z", f"{len(found)} objects"
        yield Fault(standards.DATE_WITHOUT_ZONE, wanted, got, "another page than with Z")
