"""From 2.2.1 to 2.2.

Tokens of sessions and CDRs name no owner; it is lost unless the context says the same. Addresses
are shorter, signed data is, and there are fewer kinds of connectors.
"""

from typing import Any, Final

import ocpi_bindings.v2_2.models as new
import ocpi_bindings.v2_2_1.models as old
from ocpi_bridge._connectors import NEAREST
from ocpi_bridge._owners import emsp_of, leave_owner
from ocpi_bridge._passage import Passage
from ocpi_bridge._present import present
from ocpi_bridge._shapes import shape
from ocpi_bridge._step import Step

__all__ = ["STEP"]

STEP: Final = Step("2.2.1", "2.2")
STEP.stand_ins[new.ConnectorType] = NEAREST
STEP.stand_ins[new.PowerType] = {"AC_2_PHASE": "AC_1_PHASE", "AC_2_PHASE_SPLIT": "AC_1_PHASE"}


@STEP.rule(old.CdrToken, new.CdrToken)
def _cdr_token(passage: Passage[old.CdrToken]) -> None:
    leave_owner(passage, emsp_of(passage.context))


@STEP.rule(old.CdrLocation, new.CdrLocation)
def _cdr_location(passage: Passage[old.CdrLocation]) -> None:
    if present(passage.source.postal_code) is None:
        passage.assume("postal_code", "", "the location has no postal code")


@STEP.rule(old.SignedData, new.SignedData)
def _signed_data(passage: Passage[old.SignedData]) -> None:
    """What is signed cannot be cut: nobody could check the rest."""
    _whole(passage, "public_key", "url")


@STEP.rule(old.SignedValue, new.SignedValue)
def _signed_value(passage: Passage[old.SignedValue]) -> None:
    _whole(passage, "plain_data", "signed_data")


def _whole(passage: Passage[Any], *names: str) -> None:
    """Leave the object out where a text of it would have to be changed."""
    for name in names:
        text = present(getattr(passage.source, name))
        limit = shape(passage.target)[name].limits.max_length
        if text is not None and limit is not None and (len(text) > limit or not text.isascii()):
            reason = f"has a {name} that does not fit into OCPI 2.2 and cannot be cut"
            raise passage.inexpressible(reason, name)
