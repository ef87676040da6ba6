"""The step, and what many classes have in common: their date, and times of day."""

import re
from typing import Any, Final

from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.step import ConversionStep
from ocpi_bridge._conversion.text import NOT_AVAILABLE
from ocpi_bridge._steps.shared.optional import present

__all__ = ["STEP", "date_of_context", "hold_to_clock"]

STEP: Final = ConversionStep("2.0", "2.1.1")

_TIME_OF_DAY: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z")
_END_OF_DAY: Final = "23:59"


def date_of_context(conversion: ObjectConversion[Any]) -> None:
    """Set when the object last changed."""
    context = conversion.context
    moment = conversion.required(context.last_updated, "last_updated", "last_updated")
    conversion.put("last_updated", moment)


def hold_to_clock(conversion: ObjectConversion[Any], *names: str) -> None:
    """Refuse times after 23:59: the pattern of 2.0 goes up to 29:59."""
    for name in names:
        text = present(getattr(conversion.source, name))
        if text is not None and text != NOT_AVAILABLE and not _TIME_OF_DAY.match(text):
            conversion.put(name, _END_OF_DAY, of=name)
            reason = f"the time of day cannot be represented in OCPI 2.1.1; {_END_OF_DAY} is used"
            conversion.lose(name, reason)
