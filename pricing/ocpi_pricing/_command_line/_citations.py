"""Which rules priced a line of a bill, and where the specification has them."""

from collections.abc import Iterable

from ocpi_pricing._cost import Cost, Item
from ocpi_pricing._explain import Choice
from ocpi_pricing._rules import RULES

__all__ = ["cite", "rules_of", "sections", "used_rules"]

_SECTIONS = {rule.id: rule.section for rule in RULES}


def cite(*names: str) -> str:
    """Return rules with their sections, for the end of a line."""
    return f"[{'; '.join(f'{name}: {_SECTIONS[name]}' for name in names)}]"


def sections(names: Iterable[str]) -> list[dict[str, str]]:
    """Return rules with their sections, for JSON."""
    return [{"id": name, "section": _SECTIONS[name]} for name in names]


def rules_of(item: Item) -> list[str]:
    """Return the rules by which a line of a bill came about."""
    applied = {
        "flat": item.dimension == "FLAT",
        "reservation": item.reservation,
        "step-size": item.billed != item.quantity,
        "taxes": item.cost.excl_vat is None,
        "vat": item.vat is not None or item.cost.incl_vat is None,
    }
    return ["element", *(name for name, holds in applied.items() if holds)]


def used_rules(cost: Cost, choices: Iterable[Choice]) -> set[str]:
    """Return the rules that applied to a bill."""
    used = {"numbers"} | {name for item in cost.items for name in rules_of(item)}
    for choice in choices:
        used |= {"free" if choice.element is None else "element"}
        used |= {"restrictions"} if choice.others else set()
    return used | ({"limits"} if cost.limit is not None else set())
