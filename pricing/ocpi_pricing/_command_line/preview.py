"""``ocpi tariff preview``: what a driver would pay, as text, JSON and a page."""

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ocpi_pricing._command_line._chart import amount_of, chart
from ocpi_pricing._command_line._citations import used_rules
from ocpi_pricing._command_line._documents import NotReadable
from ocpi_pricing._command_line._output import (
    UNITS,
    bill_as_json,
    bill_lines,
    plain_value,
    rule_lines,
)
from ocpi_pricing._command_line.run import NotPriced, print_json, tariffs_in
from ocpi_pricing._cost import Amount, Cost, PricingError
from ocpi_pricing._rules import RULES
from ocpi_pricing.preview import Plan, Preview, preview
from ocpi_runtime.failures import CommandFailed

__all__ = ["Planned", "preview_tariff"]

_TOTALS = ("total_cost", "total_fixed_cost", "total_energy_cost", "total_time_cost",
           "total_parking_cost")  # fmt: skip


class UnknownTimeZone(CommandFailed):
    """No such time zone."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Planned:
    """The options of ``ocpi tariff preview``; a start without a zone is that of the location."""

    file: str
    tariff_id: str | None
    version: str | None
    zone: str
    plan: Plan


def preview_tariff(planned: Planned, *, as_json: bool, html: Path | None) -> None:
    """Print what a planned session costs, and write the page.

    Raises:
        NotReadable: There is no tariff in the file, or more than one of that id.
        NotPriced: It cannot be applied.
        UnknownTimeZone: The time zone is none.
    """
    tariff = _tariff(planned)
    zone = _zone(planned.zone)
    plan = planned.plan
    if plan.start.tzinfo is None:
        plan = replace(plan, start=plan.start.replace(tzinfo=zone))
    try:
        result = preview(tariff, plan, time_zone=zone)
    except PricingError as error:
        raise NotPriced(f"{planned.file}: {error}") from None
    if html is not None:
        html.write_text(_page(tariff, result), encoding="utf-8")
    if as_json:
        print_json(_as_json(tariff, result))
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(tariff, result))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"{name!r} is not a time zone; name one of IANA, such as Europe/Amsterdam"
        raise UnknownTimeZone(message) from None


def _tariff(planned: Planned) -> Any:
    found = list(tariffs_in(planned.file, planned.version))
    ids = ", ".join(one.id for one in found)
    if planned.tariff_id is not None:
        found = [one for one in found if one.id.casefold() == planned.tariff_id.casefold()]
    if len(found) != 1:
        which = "" if planned.tariff_id is None else f" {planned.tariff_id!r}"
        count = f"{len(found)} tariffs{which}" if found else f"no tariff{which}"
        raise NotReadable(f"{planned.file} has {count}. Name one of it with --id: {ids or 'none'}")
    return found[0]


def _as_json(tariff: Any, result: Preview) -> dict[str, Any]:
    cost, choices = result.explanation.cost, result.explanation.choices
    value = {
        "tariff": tariff.id,
        "currency": tariff.currency,
        "plan": {**asdict(result.plan), "energy": result.energy},
        "totals": {name: asdict(getattr(cost, name)) for name in _TOTALS},
        **bill_as_json(cost, choices),
        "points": [asdict(one) for one in result.points],
        "warnings": [asdict(one) for one in cost.warnings],
    }
    return dict(plain_value(value))


def _lines(tariff: Any, result: Preview) -> Iterator[str]:
    cost, choices = result.explanation.cost, result.explanation.choices
    yield f"Tariff {tariff.id} ({tariff.currency}): {_plan(result)}"
    yield f"The driver pays {tariff.currency} {_amount(cost.total_cost)}."
    yield ""
    yield from bill_lines(cost, choices)
    for one in cost.warnings:
        yield f"  {one.pointer}: {one.message} [{one.rule}]"
    yield from rule_lines(used_rules(cost, choices))


def _plan(result: Preview) -> str:
    plan = result.plan
    parking = f", then {plan.parking_hours} h of parking" if plan.parking_hours else ""
    start = f"{plan.start:%Y-%m-%d %H:%M} ({plan.start.tzinfo})"
    energy = f"{result.energy.normalize():f}"
    return f"{plan.hours} h at {plan.kw} kW from {start}, {energy} kWh{parking}"


def _amount(amount: Amount) -> str:
    if amount.incl_vat is None:
        return f"{amount.excl_vat} without taxes, which the tariff does not state"
    without = "without VAT not known" if amount.excl_vat is None else f"{amount.excl_vat} without"
    return f"{amount.incl_vat} with VAT ({without})"


def _taxes(amount: Amount) -> str:
    if amount.incl_vat is None:
        return "Without taxes, which the tariff does not state."
    return f"With VAT; {'not known' if amount.excl_vat is None else amount.excl_vat} without it."


def _page(tariff: Any, result: Preview) -> str:
    import jinja2  # noqa: PLC0415 - only for the page

    cost = result.explanation.cost
    used = used_rules(cost, result.explanation.choices)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("ocpi_pricing._command_line"),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("preview.html").render(
        tariff=tariff.id,
        currency=tariff.currency,
        plan=_plan(result),
        total=amount_of(result.points[-1]),
        taxes=_taxes(cost.total_cost),
        chart=chart(result.points, result.plan.hours),
        items=[_row(cost, place) for place in range(len(cost.items))],
        limit=cost.limit,
        warnings=[one.message for one in cost.warnings],
        rules=[rule for rule in RULES if rule.id in used],
    )


def _row(cost: Cost, place: int) -> dict[str, Any]:
    item = cost.items[place]
    excl, incl = item.cost.excl_vat, item.cost.incl_vat
    unit, _ = UNITS.get(item.dimension, ("", ""))
    return {
        **asdict(item),
        "quantity": f"{item.quantity}{unit}",
        "billed": f"{item.billed}{unit}",
        "excl": "not known" if excl is None else excl,
        "incl": "not known" if incl is None else incl,
    }
