"""From 2.0 to 2.1.1.

Decimals turn from texts into numbers, and objects say when they last changed: that comes from the
context. Connectors lose a status of their own, CDRs get totals.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import ocpi_bindings.v2_0.models as old
import ocpi_bindings.v2_1_1.models as new
from ocpi_bridge._exactly import NoNumber, exact, total
from ocpi_bridge._passage import Passage
from ocpi_bridge._present import items, present
from ocpi_bridge._step import Step
from ocpi_bridge._text import NOT_AVAILABLE

__all__ = ["STEP"]

STEP: Final = Step("2.0", "2.1.1")

_DECIMALS: Final = 6
_TIME_OF_DAY: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z")
_END_OF_DAY: Final = "23:59"
_TOKEN_LENGTH: Final = 64
_TOTALS: Final = ("ENERGY", "TIME", "PARKING_TIME")


def _last_updated(passage: Passage[Any]) -> None:
    context = passage.context
    moment = passage.given(context.last_updated, "last_updated", "last_updated")
    passage.put("last_updated", moment)


STEP.rule(old.Location, new.Location)(_last_updated)
STEP.rule(old.EVSE, new.EVSE)(_last_updated)
STEP.rule(old.Tariff, new.Tariff)(_last_updated)
STEP.rule(old.Session, new.Session)(_last_updated)


@STEP.rule(old.Connector, new.Connector)
def _connector(passage: Passage[old.Connector]) -> None:
    """Leave the status to the EVSE; it is lost only where it says something else."""
    _last_updated(passage)
    parent = passage.parent
    above = parent.source.status if parent else passage.context.evse_status
    if above == passage.source.status:
        passage.say_above("status")
    else:
        passage.lose("status", "OCPI 2.1.1 has one status for the whole EVSE")


def _coordinates(passage: Passage[Any]) -> None:
    """Fill coordinates up to six decimals."""
    for name in ("latitude", "longitude"):
        text = getattr(passage.source, name)
        passage.put(name, _six_decimals(text), of=name)


STEP.rule(old.GeoLocation, new.GeoLocation)(_coordinates)
STEP.rule(old.AdditionalGeoLocation, new.AdditionalGeoLocation)(_coordinates)


def _six_decimals(text: str) -> str:
    decimals = text.partition(".")[2]
    return text if text == NOT_AVAILABLE else text + "0" * (_DECIMALS - len(decimals))


@STEP.rule(old.RegularHours, new.RegularHours)
def _regular_hours(passage: Passage[old.RegularHours]) -> None:
    _times_of_day(passage, "period_begin", "period_end")


@STEP.rule(old.TariffRestrictions, new.TariffRestrictions)
def _restrictions(passage: Passage[old.TariffRestrictions]) -> None:
    """Widen no restriction by leaving a limit out that is no number in JSON."""
    _times_of_day(passage, "start_time", "end_time")
    for name in ("min_kwh", "max_kwh", "min_power", "max_power"):
        passage.carry(name, strict=True)


@STEP.rule(old.TariffElement, new.TariffElement)
def _element(passage: Passage[old.TariffElement]) -> None:
    """Without its restrictions an element would apply where it must not."""
    passage.carry("restrictions", strict=True)


def _times_of_day(passage: Passage[Any], *names: str) -> None:
    """Hold times to the clock: the pattern of 2.0 goes up to 29:59."""
    for name in names:
        text = present(getattr(passage.source, name))
        if text is not None and text != NOT_AVAILABLE and not _TIME_OF_DAY.match(text):
            passage.put(name, _END_OF_DAY, of=name)
            reason = f"is no time of day in OCPI 2.1.1; {_END_OF_DAY} stands in for it"
            passage.lose(name, reason)


@STEP.rule(old.Token, new.Token)
def _token(passage: Passage[old.Token]) -> None:
    """Nobody can be asked about a token in 2.0: what is on the whitelist is there always."""
    _last_updated(passage)
    allowed = present(passage.source.allow_whitelist)
    passage.spend("allow_whitelist")
    if allowed is None:
        reason = "no token of OCPI 2.0 can be asked about, so that all are on the whitelist"
        passage.assume("whitelist", new.WhitelistType.ALWAYS, reason)
    else:
        value = new.WhitelistType.ALWAYS if allowed else new.WhitelistType.NEVER
        passage.put("whitelist", value, of="allow_whitelist")


@STEP.rule(old.Credentials, new.Credentials)
def _credentials(passage: Passage[old.Credentials]) -> None:
    """A token cannot be cut: nobody would be recognized by the rest."""
    if len(passage.source.token) > _TOKEN_LENGTH:
        reason = f"OCPI 2.1.1 has tokens of at most {_TOKEN_LENGTH} characters"
        raise passage.inexpressible(reason, "token")


@STEP.rule(old.CDR, new.CDR)
def _cdr(passage: Passage[old.CDR]) -> None:
    _last_updated(passage)
    usage = _usage(passage)
    _total_energy(passage, usage)
    _total_time(passage, usage)
    if present(passage.source.stop_date_time) is None:
        _stop_date_time(passage, usage)


def _usage(passage: Passage[old.CDR]) -> dict[str, Decimal]:
    """Sum up total_usage by dimension, and report what does not come back from that."""
    dimensions = items(passage.source.total_usage)
    passage.spend("total_usage")
    kinds = [each.type for each in dimensions]
    for index, kind in enumerate(kinds):
        fault = _fault(dimensions[index])
        if fault:
            passage.lose_below(("total_usage", index), fault)
        elif kind not in _TOTALS:
            passage.lose_below(("total_usage", index), f"OCPI 2.1.1 has no total of {kind}")
        elif kinds.count(kind) > 1:
            reason = f"OCPI 2.1.1 has one total of {kind}; they are added up"
            passage.lose_below(("total_usage", index), reason)
    return _sums(dimensions)


def _fault(dimension: old.CdrDimension) -> str:
    """Tell why a volume is no number; nothing if it is one."""
    try:
        exact(dimension.volume)
    except NoNumber as error:
        return str(error)
    return ""


def _sums(dimensions: Sequence[old.CdrDimension]) -> dict[str, Decimal]:
    volumes: dict[str, list[Decimal]] = {}
    for each in dimensions:
        if each.type in _TOTALS and not _fault(each):
            volumes.setdefault(each.type, []).append(exact(each.volume))
    return {kind: total(found) for kind, found in volumes.items()}


def _measured(passage: Passage[old.CDR]) -> dict[str, Decimal]:
    """Sum up what the charging periods say."""
    periods = passage.source.charging_periods
    return _sums([each for period in periods for each in period.dimensions])


def _total_energy(passage: Passage[old.CDR], usage: dict[str, Decimal]) -> None:
    if "ENERGY" in usage:
        passage.put("total_energy", usage["ENERGY"])
        passage.move(("total_energy",), ("total_usage",))
    else:
        energy = _measured(passage).get("ENERGY", Decimal(0))
        passage.assume("total_energy", energy, "the sum of the charging periods")


def _total_time(passage: Passage[old.CDR], usage: dict[str, Decimal]) -> None:
    """Put times together: the total of 2.1.1 is with the time without charging."""
    parking = usage.get("PARKING_TIME")
    if parking is not None:
        passage.put("total_parking_time", parking)
        passage.move(("total_parking_time",), ("total_usage",))
    if "TIME" in usage or parking is not None:
        passage.put("total_time", total(usage.get(k, Decimal(0)) for k in _TOTALS[1:]))
        passage.move(("total_time",), ("total_usage",))
        return
    hours, reason = _hours(passage)
    passage.assume("total_time", hours, reason)


def _hours(passage: Passage[old.CDR]) -> tuple[Decimal, str]:
    end = present(passage.source.stop_date_time)
    if end is None:
        measured = _measured(passage)
        hours = total(measured.get(kind, Decimal(0)) for kind in _TOTALS[1:])
        return hours, "the sum of the charging periods"
    seconds = Decimal((end - passage.source.start_date_time) / timedelta(seconds=1))
    return round(seconds / 3600, 4), "the time between start and end"


def _stop_date_time(passage: Passage[old.CDR], usage: dict[str, Decimal]) -> None:
    source = passage.source
    known = usage if "TIME" in usage or "PARKING_TIME" in usage else _measured(passage)
    hours = total(known.get(kind, Decimal(0)) for kind in _TOTALS[1:])
    latest = max(
        [source.start_date_time, *(each.start_date_time for each in source.charging_periods)]
    )
    end = max(latest, _later(source.start_date_time, hours))
    passage.assume("stop_date_time", end, "the start, and the time that was measured")


def _later(moment: datetime, hours: Decimal) -> datetime:
    try:
        return moment + timedelta(hours=float(hours))
    except OverflowError:
        return moment
