"""Checks of payment terminals in the name of a CPO: activated, changed, assigned, deactivated."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, Stopped, check
from ocpi_conformance.check.writing.kinds import STAMP
from ocpi_conformance.check.writing.pushed import with_steps
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.exchanges.checked import Outcome as Answered
from ocpi_conformance.rules import Fault, Rule
from ocpi_conformance.rules.modules import payments
from ocpi_conformance.verdicts.comparison import Comparison
from ocpi_runtime.codec import format_timestamp, parse_timestamp

Data = dict[str, Any]
_RULES: Final = (payments.ACTIVATED, payments.PUT, payments.PATCH, payments.DEACTIVATED)
_ASSIGNED: Final = {"location_ids": ["CHK-LOC"], "evse_uids": ["CHK-EVSE"]}


def _activates(place: CheckedInterface) -> bool:
    return "post_activate_terminal" in place.operations


@check(*_RULES, about=_activates)
def terminals(place: CheckedInterface) -> Iterator[Outcome]:
    """Activate a terminal, change it, assign it to a location, and deactivate it."""
    yield from with_steps(place, _Terminal(place).judged())


class _Terminal:
    def __init__(self, place: CheckedInterface) -> None:
        self._place = place
        self._name = place.writes.name(place.version)
        self._path = {"terminal_id": self._name}
        self._value = {**place.writes.sample(place, "Terminal"), "terminal_id": self._name}
        self._value |= dict(zip(("country_code", "party_id"), place.own, strict=True))
        self._moment = datetime.now(UTC).replace(microsecond=0)

    def judged(self) -> Iterator[Outcome]:
        """Go through all steps."""
        url = self._place.url(self._place.operations["post_activate_terminal"])
        made = self._place.writes.note_posted(self._place, "Terminal", self._name, url)
        self._place.require(self._call("post_activate_terminal", self._dated()))
        yield from self._changed(payments.ACTIVATED, {})
        body = self._dated(city="Checked")
        self._place.require(self._call("put_terminal", body, path=self._path))
        self._value = body
        yield from self._changed(payments.PUT, {"city": "Checked"})
        news = {"terminal_id": self._name, STAMP: self._later(), **_ASSIGNED}
        self._place.require(self._call("patch_terminal", news, path=self._path))
        self._value |= news
        yield from self._changed(payments.PATCH, _ASSIGNED)
        self._place.require(self._call("post_deactivate_terminal", None, path=self._path))
        read = self._call("get_terminal", None, path=self._path, reachable=False)
        if read.outcome is Answered.ACCEPTED:
            wanted = "HTTP 404 for a terminal that was deactivated"
            yield Fault(payments.DEACTIVATED, wanted, read.summary())
        else:
            made.end = "is deactivated"

    def _dated(self, **changes: Any) -> Data:
        return {**self._value, **changes, STAMP: self._later()}

    def _later(self) -> str:
        """Return a moment after all before, those of the party too."""
        self._moment += timedelta(seconds=1)
        return format_timestamp(self._moment)

    def _call(self, name: str, body: Data | None, **parts: Any) -> CheckedExchange:
        return self._place.call(self._place.operations[name], body=body, **parts)

    def _changed(self, rule: Rule, changes: Data) -> Iterator[Outcome]:
        """Require that the terminal has what was sent."""
        read = self._call("get_terminal", None, path=self._path)
        if read.outcome is not Answered.ACCEPTED or not isinstance(read.object, dict):
            yield Fault(rule, "the terminal, after a request about it succeeded", read.summary())
            raise Stopped("The terminal cannot be read.")
        with suppress(ValueError):
            self._moment = max(self._moment, parse_timestamp(str(read.object.get(STAMP))))
        compare = Comparison(self._place.target.bundle)
        wanted = {"terminal_id": self._name, **changes}
        got = {name: read.object.get(name) for name in wanted}
        faults = compare.differences(read.operation.gives, wanted, got)
        if faults:
            yield Fault(rule, "the terminal as it was sent", "; ".join(faults), "not as sent")
