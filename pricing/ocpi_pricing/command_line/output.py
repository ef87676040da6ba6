"""What ``ocpi price`` prints."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from ocpi_pricing._explain import Choice
from ocpi_pricing.command_line.pricing import Priced
from ocpi_pricing.cost import Amount, Cost, Item
from ocpi_pricing.rules import RULES
from ocpi_runtime.codec import format_timestamp

__all__ = ["as_json", "lines", "plain_value"]


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
            {
                "id": tariff.id,
                "limit": cost.limit,
                "items": [asdict(item) for item in cost.items],
                "choices": [_choice(one) for one in choices],
            }
            for tariff, cost, choices in zip(
                priced.tariffs, priced.costs, priced.choices, strict=True
            )
        ],
        "warnings": [asdict(one) for one in priced.warnings],
        "rules": [asdict(rule) for rule in RULES],
    }
    return dict(plain_value(result))


def _choice(choice: Choice) -> dict[str, Any]:
    others = [{"element": element, "reason": reason} for element, reason in choice.others]
    return {**asdict(choice), "others": others}


def lines(priced: Priced) -> Iterator[str]:
    """Yield the text for people."""
    for tariff, cost, choices in zip(priced.tariffs, priced.costs, priced.choices, strict=True):
        yield f"Tariff {tariff.id} ({tariff.currency})"
        yield from _bill(cost, choices)
    yield ""
    yield "Totals"
    for name, total in priced.totals.items():
        yield f"  {name:<24}{_amount(total)}"
    yield from _comparisons(priced)
    yield ""
    yield "Rules (chapter, section: reading)"
    for rule in RULES:
        yield f"  {rule.id:<13} {rule.section}: {rule.reading}"


def _bill(cost: Cost, choices: tuple[Choice, ...]) -> Iterator[str]:
    for item in cost.items:
        yield _item(item)
    for choice in choices:
        applied = "nothing is charged [free]" if choice.element is None else f"{choice.element}"
        where = f"  period {choice.period}, {choice.dimension} {choice.quantity}"
        yield (
            f"{where}: element {applied} [element]"
            if choice.element is not None
            else (f"{where}: {applied}")
        )
        for element, reason in choice.others:
            yield f"    not element {element}: {reason} [restrictions]"
    if cost.limit is not None:
        yield f"  the total is that of {cost.limit} [limits]"


def _item(item: Item) -> str:
    kind = f"{item.dimension} of a reservation" if item.reservation else item.dimension
    stepped = "" if item.billed == item.quantity else f", billed {item.billed} [step-size]"
    return (
        f"  period {item.period}, element {item.element}, {kind}: {item.quantity}{stepped} "
        f"x {item.price} = {_amount(item.cost)}"
    )


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
