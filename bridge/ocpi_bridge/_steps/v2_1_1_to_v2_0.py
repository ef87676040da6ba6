"""From 2.1.1 to 2.0.

Numbers turn into texts, and no object contains when it changed. Identifiers have 15 characters at
most, so that most of them are shortened. There are no commands and no authorizations.
"""

from typing import Final

import ocpi_bindings.v2_0.models as new
import ocpi_bindings.v2_1_1.models as old
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.step import ConversionStep
from ocpi_bridge._steps.shared.optional import present
from ocpi_bridge._steps.shared.periods import measured

__all__ = ["STEP"]

STEP: Final = ConversionStep("2.1.1", "2.0")

_ASKED: Final = (old.WhitelistType.ALLOWED, old.WhitelistType.ALLOWED_OFFLINE)


@STEP.rule(old.Connector, new.Connector)
def _connector(conversion: ObjectConversion[old.Connector]) -> None:
    """Every connector has the status of its EVSE: one of them is used at a time."""
    parent, status = conversion.parent, conversion.context.evse_status
    if parent is not None:
        status = new.Status(parent.source.status)
        conversion.assume("status", status, "the status of the EVSE")
    elif status is not None:
        conversion.put("status", new.Status(status))
    else:
        reason = "a connector alone does not contain the status of its EVSE"
        conversion.assume("status", new.Status.UNKNOWN, reason)


@STEP.rule(old.Token, new.Token)
def _token(conversion: ObjectConversion[old.Token]) -> None:
    """Whether the eMSP would rather be asked is lost: in 2.0 it cannot be."""
    source = conversion.source
    conversion.put("allow_whitelist", source.whitelist != old.WhitelistType.NEVER, of="whitelist")
    if source.whitelist in _ASKED:
        conversion.lose(
            "whitelist", f"{source.whitelist} cannot be represented in OCPI 2.0, only yes and no"
        )
    if present(source.visual_number) is None:
        reason = "the contract, which may be what is printed on a token"
        conversion.assume("visual_number", source.auth_id, reason)


@STEP.rule(old.Session, new.Session)
def _session(conversion: ObjectConversion[old.Session]) -> None:
    if present(conversion.source.total_cost) is None:
        reason = "the cost is not known yet, and OCPI 2.0 requires one"
        conversion.assume("total_cost", "0", reason)


@STEP.rule(old.CDR, new.CDR)
def _cdr(conversion: ObjectConversion[old.CDR]) -> None:
    """Totals become dimensions of the usage."""
    usage = [
        new.CdrDimension(type=new.DimensionType(kind), volume=str(volume))
        for kind, volume in measured(conversion.source).items()
    ]
    conversion.put("total_usage", usage)
    conversion.mark_used("total_energy", "total_time", "total_parking_time")
