"""What sessions and CDRs have in common: token, cost, and the place they refer to."""

from typing import Any, Final

import ocpi_bindings.v2_1_1.models as old
import ocpi_bindings.v2_2.models as new
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.paths import Path
from ocpi_bridge._conversion.text import NOT_AVAILABLE, shortened
from ocpi_bridge._steps.shared.context_objects import checked_same, in_context
from ocpi_bridge._steps.shared.optional import items, present
from ocpi_runtime.types import same_ci

__all__ = [
    "FIRST_CONNECTOR",
    "FIRST_EVSE",
    "carry_cost",
    "leave_location",
    "name_token",
    "report_choice",
    "used_place",
]

FIRST_EVSE: Final = ("location", "evses", 0)
FIRST_CONNECTOR: Final = (*FIRST_EVSE, "connectors", 0)


def name_token(conversion: ObjectConversion[Any]) -> None:
    """Find the token by its contract, which is all that sessions and CDRs had of it."""
    contract = conversion.source.auth_id
    conversion.mark_used("auth_id")
    known = in_context(conversion.context.token, new.Token, conversion.context)
    if known is not None:
        checked_same("the token of contract", contract, known.contract_id)
        if same_ci(contract, shortened(known.contract_id)):
            contract = known.contract_id
    parts = {"contract_id": (contract, ("auth_id",))}
    uid = known.uid if known else NOT_AVAILABLE
    kind = known.type if known else new.TokenType.OTHER
    built = conversion.build(new.CdrToken, ("cdr_token",), parts, uid=uid, type=kind)
    conversion.put("cdr_token", built)
    if known is None:
        reason = "the token of the contract is not known"
        conversion.note(("cdr_token", "uid"), reason)
        conversion.note(("cdr_token", "type"), reason)


def carry_cost(conversion: ObjectConversion[Any]) -> None:
    """Convert the cost to a price: before 2.2 costs are without VAT."""
    cost = present(conversion.source.total_cost)
    if cost is not None:
        conversion.put("total_cost", new.Price(excl_vat=cost), of="total_cost")
        conversion.move(("total_cost", "excl_vat"), ("total_cost",))
    conversion.mark_used("total_cost")


def used_place(location: old.Location) -> tuple[old.EVSE, old.Connector] | None:
    """Find where a session took place: its location should have one EVSE and one connector."""
    for evse in items(location.evses)[:1]:
        for connector in evse.connectors[:1]:
            return evse, connector
    return None


def report_choice(conversion: ObjectConversion[Any], evse: Path, connector: Path) -> None:
    """Report a loss where a session or CDR has several EVSEs or connectors, against the rule."""
    evses = items(conversion.source.location.evses)
    if len(evses) > 1:
        conversion.note(evse, "the first one of several")
    if len(evses[0].connectors) > 1:
        conversion.note(connector, "the first one of several")


def leave_location(
    conversion: ObjectConversion[Any],
    location: old.Location,
    kept: set[str],
    kept_of_evse: set[str],
    kept_of_connector: set[str],
) -> None:
    """Report what a session or CDR no longer contains of its location."""
    conversion.mark_used("location")
    conversion.leave(location, ("location",), "evses", *kept)
    evses = items(location.evses)
    for index in range(1, len(evses)):
        reason = "more than one EVSE of a session cannot be represented in OCPI 2.2"
        conversion.lose_below(("location", "evses", index), reason)
    for evse in evses[:1]:
        conversion.leave(evse, FIRST_EVSE, "connectors", *kept_of_evse)
        for index, connector in enumerate(evse.connectors):
            if index:
                reason = "more than one connector of a session cannot be represented in OCPI 2.2"
                conversion.lose_below((*FIRST_EVSE, "connectors", index), reason)
            else:
                conversion.leave(connector, FIRST_CONNECTOR, *kept_of_connector)
