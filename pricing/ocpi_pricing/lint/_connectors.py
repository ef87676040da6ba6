"""The tariffs of connectors: that they exist, and that one of them applies."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from zoneinfo import ZoneInfo

from ocpi_pricing.lint._findings import Findings, Json, TariffFinding
from ocpi_pricing.lint._values import moment

__all__ = ["check_connectors"]

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def check_connectors(tariffs: Sequence[Json], locations: Sequence[Json]) -> Iterator[TariffFinding]:
    """Yield what is found in locations whose connectors name tariffs.

    Args:
        tariffs: As JSON.
        locations: As JSON.
    """
    known: dict[str, list[Json]] = {}
    for one in tariffs:
        known.setdefault(str(one.get("id", "")).casefold(), []).append(one)
    for location in locations:
        findings = Findings(str(location.get("id", "")))
        _check_zone(location, findings)
        for at, connector in _connectors(location):
            _check_connector(at, connector, known, findings)
        yield from findings.found


def _check_zone(location: Json, findings: Findings) -> None:
    zone = location.get("time_zone")
    if not isinstance(zone, str):
        return
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        why = "it is not a time zone of IANA, so times of day cannot be evaluated"
        findings.add("time-zone", "/time_zone", zone, why)


def _connectors(location: Json) -> Iterator[tuple[str, Json]]:
    for place, evse in enumerate(_objects(location, "evses")):
        for index, connector in enumerate(_objects(evse, "connectors")):
            yield f"/evses/{place}/connectors/{index}", connector


def _objects(value: Json, name: str) -> list[Json]:
    found = value.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _check_connector(
    at: str, connector: Json, known: Mapping[str, list[Json]], findings: Findings
) -> None:
    several = connector.get("tariff_ids")
    named = [("tariff_ids", one) for one in several] if isinstance(several, list) else []
    if isinstance(connector.get("tariff_id"), str):
        named.append(("tariff_id", connector["tariff_id"]))
    valid: list[Json] = []
    for place, (name, uid) in enumerate(named):
        pointer = f"{at}/{name}" if name == "tariff_id" else f"{at}/{name}/{place}"
        found = known.get(str(uid).casefold(), [])
        valid += [one for one in found if not any(one is other for other in valid)]
        if not found:
            findings.add("tariff-unknown", pointer, uid, f"no tariff {uid} was given")
    _check_at_once(at, valid, findings)


def _check_at_once(at: str, tariffs: list[Json], findings: Findings) -> None:
    for one, other in combinations(tariffs, 2):
        if _types(one) & _types(other) and _overlap(one, other):
            ids = [one.get("id"), other.get("id")]
            kind = one.get("type") or other.get("type") or "no type"
            why = f"{ids[0]} and {ids[1]} ({kind}) are valid at the same time for one session"
            findings.add("tariffs-at-once", f"{at}/tariff_ids", ids, why)


def _types(tariff: Json) -> frozenset[str]:
    """Return for which sessions a tariff is; one without a type is for all of them."""
    every = ("AD_HOC_PAYMENT", "PROFILE_CHEAP", "PROFILE_FAST", "PROFILE_GREEN", "REGULAR")
    kind = tariff.get("type")
    return frozenset({kind} if isinstance(kind, str) else every)


def _overlap(one: Json, other: Json) -> bool:
    spans = [
        (moment(each.get("start_date_time")) or _FIRST, moment(each.get("end_date_time")) or _LAST)
        for each in (one, other)
    ]
    return max(first for first, _ in spans) < min(last for _, last in spans)
