"""The step, and what many classes have in common: their date, and times of day."""

import re
from typing import Any, Final

from ocpi_bridge._passage import Passage
from ocpi_bridge._present import present
from ocpi_bridge._step import Step
from ocpi_bridge._text import NOT_AVAILABLE

__all__ = ["STEP", "date_of_context", "hold_to_clock"]

STEP: Final = Step("2.0", "2.1.1")

_TIME_OF_DAY: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z")
_END_OF_DAY: Final = "23:59"


def date_of_context(passage: Passage[Any]) -> None:
    """Say when the object last changed."""
    context = passage.context
    moment = passage.given(context.last_updated, "last_updated", "last_updated")
    passage.put("last_updated", moment)


def hold_to_clock(passage: Passage[Any], *names: str) -> None:
    """Hold times to the clock: the pattern of 2.0 goes up to 29:59."""
    for name in names:
        text = present(getattr(passage.source, name))
        if text is not None and text != NOT_AVAILABLE and not _TIME_OF_DAY.match(text):
            passage.put(name, _END_OF_DAY, of=name)
            reason = f"is no time of day in OCPI 2.1.1; {_END_OF_DAY} stands in for it"
            passage.lose(name, reason)
