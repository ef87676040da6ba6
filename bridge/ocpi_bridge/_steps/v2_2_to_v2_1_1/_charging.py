"""What sessions and CDRs have in common: contract, cost, and the location in the context."""

from typing import Any, Final

from msgspec.structs import replace

import ocpi_bindings.v2_1_1.models as new
import ocpi_bindings.v2_2.models as old
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.text import NOT_AVAILABLE, same_id
from ocpi_bridge._steps.shared.context_objects import checked_same, in_context
from ocpi_bridge._steps.shared.optional import items, present
from ocpi_runtime.types import same_ci

__all__ = ["CONNECTOR", "EVSE", "carry_cost", "known_location", "name_contract", "narrowed"]

EVSE: Final = ("location", "evses", 0)
CONNECTOR: Final = (*EVSE, "connectors", 0)


def name_contract(conversion: ObjectConversion[Any]) -> None:
    """Keep the contract. Which token of it that was is lost, unless the context has the token."""
    token, context = conversion.source.cdr_token, conversion.context
    conversion.mark_used("cdr_token")
    conversion.set_from("auth_id", token.contract_id, ("cdr_token", "contract_id"))
    known = in_context(context.token, old.Token, context)
    if known is None or not same_id(known.contract_id, token.contract_id):
        conversion.leave(token, ("cdr_token",), "contract_id")
        return
    for name in ("uid", "type"):
        if not same_ci(getattr(token, name), getattr(known, name)):
            conversion.lose_below(
                ("cdr_token", name),
                "a token beside its contract cannot be represented in OCPI 2.1.1",
            )


def carry_cost(conversion: ObjectConversion[Any]) -> None:
    """Keep the cost without VAT, which is what all costs are before 2.2."""
    cost = present(conversion.source.total_cost)
    conversion.mark_used("total_cost")
    if cost is not None:
        conversion.put("total_cost", cost.excl_vat)
        conversion.move(("total_cost",), ("total_cost", "excl_vat"))
        conversion.leave(cost, ("total_cost",), "excl_vat")


def known_location(conversion: ObjectConversion[Any], location_id: str) -> new.Location | None:
    """Return the location of the context, if it is the one that is asked for."""
    known = in_context(conversion.context.location, new.Location, conversion.context)
    if known is not None:
        checked_same("the location", location_id, known.id)
    return known


def narrowed(location: new.Location, evse_uid: str, connector_id: str) -> list[new.EVSE]:
    """Leave one EVSE and one connector of a location: those of a session.

    All connectors stay where it is not known yet which one it is, as in reservations.
    """
    for evse in items(location.evses):
        if same_id(evse.uid, evse_uid):
            if connector_id == NOT_AVAILABLE:
                return [evse]
            found = [each for each in evse.connectors if same_id(each.id, connector_id)]
            return [replace(evse, connectors=found[:1])] if found else []
    return []
