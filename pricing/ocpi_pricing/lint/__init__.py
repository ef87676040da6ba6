"""Find what is wrong in tariffs, or what nobody is likely to have meant.

    findings = lint_tariffs([json.loads(text, parse_float=Decimal)])

Tariffs are JSON, of any version: a finding points at a value as it was sent. Each has a stable
rule, of which ``LINT_RULES`` has the section of the specification. Needs ``ocpi-pricing[cli]``.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from ocpi_pricing.lint._connectors import check_connectors
from ocpi_pricing.lint._coverage import check_coverage
from ocpi_pricing.lint._findings import LINT_RULES, Findings, Json, LintRule, TariffFinding
from ocpi_pricing.lint._limits import Limits, read_limits
from ocpi_pricing.lint._values import check_tariff, moment

__all__ = ["LINT_RULES", "LintRule", "TariffFinding", "lint_tariff", "lint_tariffs"]


def lint_tariff(tariff: Json, *, now: datetime | None = None) -> list[TariffFinding]:
    """Return what is found in one tariff.

    Args:
        tariff: As JSON; numbers are int or Decimal.
        now: Which instant is the present; that of the clock if not given.
    """
    findings, present = Findings(str(tariff.get("id", ""))), now or datetime.now(UTC)
    listed = tariff.get("elements")
    elements = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    whole = {**tariff, "elements": elements}
    check_tariff(whole, present, findings)
    limits = [
        read_limits(one.get("restrictions"), f"/elements/{index}/restrictions", findings)
        for index, one in enumerate(elements)
    ]
    for index, one in enumerate(limits):
        _check_dates(whole, index, one, present.date(), findings)
    check_coverage(elements, limits, findings)
    return findings.found


def _check_dates(tariff: Json, index: int, limits: Limits, today: date, findings: Findings) -> None:
    first, after = limits.dates
    start, end = (moment(tariff.get(name)) for name in ("start_date_time", "end_date_time"))
    restrictions = tariff["elements"][index].get("restrictions")
    if after is not None and start is not None and after <= start.date():
        why = f"the tariff begins at {tariff['start_date_time']}, after these dates"
        name, rule = "end_date", "dates-outside"
    elif first is not None and end is not None and first > end.date():
        why = f"the tariff ends at {tariff['end_date_time']}, before these dates"
        name, rule = "start_date", "dates-outside"
    elif after is not None and after <= today:
        why, name, rule = (
            "these dates are over; the element never applies again",
            "end_date",
            "dates-past",
        )
    else:
        return
    at = f"/elements/{index}/restrictions/{name}"
    findings.add(rule, at, restrictions[name], why)


def lint_tariffs(
    tariffs: Sequence[Json], locations: Sequence[Json] = (), *, now: datetime | None = None
) -> list[TariffFinding]:
    """Return what is found in tariffs, in each and between them.

    Args:
        tariffs: As JSON, of one party or of many.
        locations: As JSON, whose connectors name the tariffs.
        now: Which instant is the present; that of the clock if not given.
    """
    return [
        *(finding for one in tariffs for finding in lint_tariff(one, now=now)),
        *_twice(tariffs),
        *check_connectors(tariffs, locations),
    ]


def _twice(tariffs: Sequence[Json]) -> Iterator[TariffFinding]:
    first: dict[tuple[str, ...], int] = {}
    findings = Findings("")
    for index, one in enumerate(tariffs):
        names = ("country_code", "party_id", "id")
        key = tuple(str(one.get(name, "")).casefold() for name in names)
        if key in first:
            findings.subject = str(one.get("id", ""))
            why = f"tariff {index} of those given has the id of tariff {first[key]}"
            findings.add("id-twice", "/id", one.get("id"), why)
        first.setdefault(key, index)
    yield from findings.found
