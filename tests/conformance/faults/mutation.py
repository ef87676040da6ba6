"""Mutations of the rules themselves: verdicts that are dropped or turned round, one at a time.

A verdict is one rule that one function judges. Where it is dropped, the function never finds a
breach of the rule: a fault of the rule must then be missed. Where it is turned round, the function
finds a breach wherever there is none: a correct platform must then have a finding, so it is enough
that the function judges the rule somewhere there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from ocpi_conformance.check import _run
from ocpi_conformance.check._registry import Check, NotApplicable, NotAsked, Seen
from ocpi_conformance.coverage import FaultDescription, load_faults
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.rules import ExchangeRule, catalogue
from tests.conformance.faults.checked_platforms import CheckedPlatforms
from tests.conformance.fuzz.relay import InjectedFault
from tests.support.fuzz_plans import SUBJECTS

__all__ = ["mutate"]

_FIRST = "2.2.1"
_RULES = "EXCHANGE_RULES"
_PHASES = ("FIRST", "CHECKS", "LAST")


@dataclass(frozen=True, order=True)
class Verdict:
    """One rule that one function judges.

    Attributes:
        rule: The id of the rule.
        function: The function; ``exchanges`` where every exchange is judged.
    """

    rule: str
    function: str

    def __str__(self) -> str:
        return f"{self.rule} in {self.function}"


_EXCHANGES = "exchanges"


def verdicts() -> list[Verdict]:
    """Return all verdicts of ocpi check."""
    found = [Verdict(one.rule.id, _EXCHANGES) for one in catalogue.EXCHANGE_RULES]
    for one in _checks():
        found += [Verdict(rule.id, one.name) for rule in one.rules]
    return sorted(found)


def _checks() -> Iterator[Check]:
    for phase in _PHASES:
        yield from getattr(_run, phase)


def noticed(stages: CheckedPlatforms, verdict: Verdict, faults: Iterable[FaultDescription]) -> bool:
    """Drop a verdict; return whether a fault of the rule is missed then."""
    with _dropped(verdict):
        return any(verdict.rule not in stages.found(one, _version(one)) for one in faults)


def _version(fault: FaultDescription) -> str:
    return _FIRST if _FIRST in fault.versions else fault.versions[-1]


@contextmanager
def _dropped(verdict: Verdict) -> Iterator[None]:
    of_exchanges = {one.rule.id for one in catalogue.EXCHANGE_RULES}

    def changed(one: Check) -> Check:
        if one.name != verdict.function or verdict.rule not in {rule.id for rule in one.rules}:
            return one
        # What exchanges are judged by, a function only brings about.
        whole = verdict.rule in of_exchanges
        return replace(one, run=_nothing if whole else _without(one.run, verdict.rule))

    def judging(one: ExchangeRule) -> ExchangeRule:
        if verdict.function != _EXCHANGES or one.rule.id != verdict.rule:
            return one
        return replace(one, judge=lambda checked: None if one.judge(checked) is None else [])

    with _patched(changed, judging):
        yield


@contextmanager
def _patched(
    changed: Callable[[Check], Check], judging: Callable[[ExchangeRule], ExchangeRule]
) -> Iterator[None]:
    before = {phase: getattr(_run, phase) for phase in _PHASES}
    rules = catalogue.EXCHANGE_RULES
    try:
        for phase, checks in before.items():
            setattr(_run, phase, tuple(map(changed, checks)))
        setattr(catalogue, _RULES, tuple(map(judging, rules)))
        yield
    finally:
        for phase, checks in before.items():
            setattr(_run, phase, checks)
        setattr(catalogue, _RULES, rules)


def _nothing(_place: Any) -> Iterator[Any]:
    return iter(())


def _without(run: Callable[[Any], Iterable[Any]], rule: str) -> Callable[[Any], Iterator[Any]]:
    def filtered(place: Any) -> Iterator[Any]:
        for outcome in run(place):
            if isinstance(outcome, NotAsked | NotApplicable) or _rule_of(outcome) != rule:
                yield outcome

    return filtered


def _rule_of(outcome: Any) -> str:
    return str((outcome.fault if isinstance(outcome, Seen) else outcome).rule.id)


def judged(stages: CheckedPlatforms) -> set[Verdict]:
    """Return the verdicts that are given on correct platforms, all of them good."""
    found: set[Verdict] = set()

    def changed(one: Check) -> Check:
        return replace(one, run=_recorded(one, found))

    def judging(one: ExchangeRule) -> ExchangeRule:
        def apply(checked: CheckedExchange) -> Any:
            faults = one.judge(checked)
            if faults is not None:
                found.add(Verdict(one.rule.id, _EXCHANGES))
            return faults

        return replace(one, judge=apply)

    with _patched(changed, judging):
        for plan in SUBJECTS:
            for register in (False, True):
                stages.of(plan).check(InjectedFault(), write=not register, register=register)
    return found


def _recorded(one: Check, found: set[Verdict]) -> Callable[[Any], Iterator[Any]]:
    def recorded(place: Any) -> Iterator[Any]:
        silent = {rule.id for rule in one.rules}
        for outcome in one.run(place):
            silent.discard(_rule_of(outcome))
            yield outcome
        found.update(Verdict(rule, one.name) for rule in silent)

    return recorded


def faults_by_rule() -> dict[str, list[FaultDescription]]:
    """Return the faults that ocpi check finds, by rule."""
    found: dict[str, list[FaultDescription]] = {}
    for one in load_faults():
        if one.found_by == "check":
            found.setdefault(one.rule, []).append(one)
    return found


def mutate(stages: CheckedPlatforms, names: Sequence[str], report: Callable[[str], None]) -> int:
    """Mutate all verdicts, or those of some rules; return how many mutations nothing notices."""
    wanted = [one for one in verdicts() if not names or one.rule in names]
    faults, given = faults_by_rule(), judged(stages)
    dropped = [one for one in wanted if not _noticed(stages, one, faults, report)]
    turned = [one for one in wanted if one not in given]
    for one in turned:
        report(f"turned round: {one}: no correct platform is judged by it")
    report(
        f"{len(wanted)} verdicts; dropped: {len(wanted) - len(dropped)} noticed, "
        f"{len(dropped)} not; turned round: {len(wanted) - len(turned)} noticed, "
        f"{len(turned)} not"
    )
    return len(dropped) + len(turned)


def _noticed(
    stages: CheckedPlatforms,
    one: Verdict,
    faults: dict[str, list[FaultDescription]],
    report: Callable[[str], None],
) -> bool:
    known = faults.get(one.rule, [])
    if noticed(stages, one, known):
        return True
    report(f"dropped: {one}: {len(known)} faults of the rule are found without it")
    return False
