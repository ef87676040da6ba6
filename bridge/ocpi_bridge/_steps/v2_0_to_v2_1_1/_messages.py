"""Tokens and credentials."""

from typing import Final

import ocpi_bindings.v2_0.models as old
import ocpi_bindings.v2_1_1.models as new
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._steps.shared.optional import present
from ocpi_bridge._steps.v2_0_to_v2_1_1._common import STEP, date_of_context

_TOKEN_LENGTH: Final = 64


@STEP.rule(old.Token, new.Token)
def _token(conversion: ObjectConversion[old.Token]) -> None:
    """Nobody can be asked about a token in 2.0: what is on the whitelist is there always."""
    date_of_context(conversion)
    allowed = present(conversion.source.allow_whitelist)
    conversion.mark_used("allow_whitelist")
    if allowed is None:
        reason = "no token of OCPI 2.0 can be asked about, so that all are on the whitelist"
        conversion.assume("whitelist", new.WhitelistType.ALWAYS, reason)
    else:
        value = new.WhitelistType.ALWAYS if allowed else new.WhitelistType.NEVER
        conversion.put("whitelist", value, of="allow_whitelist")


@STEP.rule(old.Credentials, new.Credentials)
def _credentials(conversion: ObjectConversion[old.Credentials]) -> None:
    """A token cannot be cut: nobody would be recognized by the rest."""
    if len(conversion.source.token) > _TOKEN_LENGTH:
        reason = f"more than {_TOKEN_LENGTH} characters cannot be represented in OCPI 2.1.1"
        raise conversion.not_representable(reason, "token")
