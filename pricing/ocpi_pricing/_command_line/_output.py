"""What ``ocpi price`` prints."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from ocpi_pricing._command_line._citations import cite, rules_of, sections, used_rules
from ocpi_pricing._command_line._pricing import Priced
from ocpi_pricing._cost import Amount, Cost, Item
from ocpi_pricing._explain import Choice
from ocpi_pricing._rules import RULES
from ocpi_runtime.codec import format_timestamp

__all__ = ["UNITS", "as_json", "bill_as_json", "bill_lines", "lines", "plain_value", "rule_lines"]

UNITS = {
    "ENERGY": (" kWh", " Wh"),
    "TIME": (" h", " seconds"),
    "PARKING_TIME": (" h", " seconds"),
}
"""The units of quantities and of step_size, by dimension."""


def plain_value(value: Any) -> Any:
    """Return a value as JSON has it: decimals as they are, timestamps as text."""
    if isinstance(value, datetime):
        return format_timestamp(value)
    if isinstance(value, dict):
        return {key: plain_value(each) for key, each in value.items()}
    return [plain_value(each) for each in value] if isinstance(value, list | tuple) else value


def as_json(priced: Priced) -> dict[str, Any]:
    """Return a priced session for ``--json``."""
    result = {
        "id": priced.session.id,
        "agrees": priced.agrees,
        "totals": {name: asdict(total) for name, total in priced.totals.items()},
        "comparisons": [asdict(one) for one in priced.comparisons],
        "tariffs": [
            {"id": tariff.id, **bill_as_json(cost, choices)}
            for tariff, cost, choices in zip(
                priced.tariffs, priced.costs, priced.choices, strict=True
            )
        ],
        "warnings": [asdict(one) for one in priced.warnings],
        "rules": [asdict(rule) for rule in RULES],
    }
    return dict(plain_value(result))


def bill_as_json(cost: Cost, choices: tuple[Choice, ...]) -> dict[str, Any]:
    """Return the lines of a bill, each with the rules that applied."""
    return {
        "limit": cost.limit,
        "items": [{**asdict(item), "rules": sections(rules_of(item))} for item in cost.items],
        "choices": [_choice(one) for one in choices],
    }


def _choice(choice: Choice) -> dict[str, Any]:
    others = [{"element": element, "reason": reason} for element, reason in choice.others]
    return {**asdict(choice), "others": others}


def lines(priced: Priced) -> Iterator[str]:
    """Yield the text for people."""
    used: set[str] = set()
    for tariff, cost, choices in zip(priced.tariffs, priced.costs, priced.choices, strict=True):
        yield f"Tariff {tariff.id} ({tariff.currency})"
        yield from bill_lines(cost, choices)
        used |= used_rules(cost, choices)
    yield ""
    yield "Totals"
    for name, total in priced.totals.items():
        yield f"  {name:<24}{_amount(total)}"
    yield from _comparisons(priced)
    yield from rule_lines(used)


def bill_lines(cost: Cost, choices: tuple[Choice, ...]) -> Iterator[str]:
    """Yield the lines of a bill, and how each price was found."""
    for item in cost.items:
        yield from _item(item)
    for choice in choices:
        where = f"  period {choice.period}, {choice.dimension} {choice.quantity}"
        if choice.element is None:
            yield f"{where}: nothing is charged {cite('free')}"
        else:
            yield f"{where}: element {choice.element} {cite('element')}"
        for element, reason in choice.others:
            yield f"    not element {element}: {reason} {cite('restrictions')}"
    if cost.limit is not None:
        yield f"  the total is that of {cost.limit} {cite('limits')}"


def rule_lines(used: set[str]) -> Iterator[str]:
    """Yield the readings of the rules that applied."""
    yield ""
    yield "Rules that applied"
    for rule in RULES:
        if rule.id in used:
            yield f"  {rule.id} ({rule.section}): {rule.reading}"


def _item(item: Item) -> Iterator[str]:
    kind = f"{item.dimension} of a reservation" if item.reservation else item.dimension
    yield f"  period {item.period}, element {item.element}, {kind}: {_amount(item.cost)}"
    yield f"    {cite(*rules_of(item))}"
    unit, steps = UNITS.get(item.dimension, ("", ""))
    if item.billed != item.quantity:
        billed = f"{item.quantity}{unit} are billed as {item.billed}{unit}"
        yield f"    step_size {item.step_size}{steps}: {billed} {cite('step-size')}"
    exactly = (item.billed * item.price).normalize()
    product = f"{item.billed}{unit} x {item.price} = {exactly:f}"
    yield f"    {product}, rounded to four decimals {cite('numbers')}"


def _amount(amount: Amount) -> str:
    return f"{_number(amount.excl_vat)} excl. VAT, {_number(amount.incl_vat)} incl. VAT"


def _number(value: Decimal | None) -> str:
    return "not known" if value is None else f"{value}"


def _comparisons(priced: Priced) -> Iterator[str]:
    yield ""
    yield "Compared with what is stated"
    for one in priced.comparisons:
        verdict = "agrees" if one.agrees else "DIFFERS"
        yield f"  {one.field:<32}{one.stated} stated, {_number(one.computed)} computed: {verdict}"
