"""A whole check: discovery, then the checks of each interface, then the report."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ocpi_conformance.check._discovery import discover, find_peers
from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._options import CallbackAddress, Options
from ocpi_conformance.check._own_platform import OwnPlatform, opposite_roles
from ocpi_conformance.check._party import CheckedParty
from ocpi_conformance.check._questions import (
    concerns,
    enter_rules,
    enter_unasked,
    implied_roles,
    why_not_allowed,
)
from ocpi_conformance.check._registration import CheckRegistration
from ocpi_conformance.check._registry import (
    Check,
    NotApplicable,
    NotAsked,
    Outcome,
    Seen,
    Stopped,
)
from ocpi_conformance.check._session import CheckSession
from ocpi_conformance.check.checks import CHECKS, FIRST, LAST
from ocpi_conformance.check.writing.writes import PlannedObject, Writes
from ocpi_conformance.exchanges.listener import listening
from ocpi_conformance.exchanges.sending import Sender
from ocpi_conformance.exchanges.target import Target
from ocpi_conformance.reports import Report
from ocpi_conformance.rules import Needs, Rule
from ocpi_conformance.rules.selection import Selection
from ocpi_conformance.verdicts.dialects import KnownDialect
from ocpi_runtime.codec import format_timestamp
from ocpi_runtime.types import PartyId

__all__ = ["Progress", "check_party"]

_OWN: Final = PartyId("NL", "CHK")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check is.

    Attributes:
        target: The interface in progress.
        done: How many steps are done: reading, writing and registering at each interface.
        total: How many there are.
        requests: How many requests were sent.
    """

    target: str
    done: int
    total: int
    requests: int


def check_party(
    versions_url: str,
    token: str,
    options: Options,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
    planned: Callable[[Sequence[PlannedObject]], None] = lambda _: None,
    left: Callable[[str], None] = lambda _: None,
    announce: Callable[[str], None] = lambda _: None,
) -> Report:
    """Check a party by the rules of the catalogue.

    What is made is removed at the end, however the check ends.

    Args:
        versions_url: Where the party lists its versions.
        token: The credentials token that it issued to us.
        options: What to do.
        progress: Called with each interface that begins.
        planned: Called with the objects that will be made, before any is sent.
        left: Called with what could not be removed, and why.
        announce: Called with what the run will make, before it makes it, and with what it leaves.

    Raises:
        NotChecked: The party cannot be reached, or no version is in common.
        UnknownRule: ``options`` name a rule that the catalogue does not have.
    """
    began, start = format_timestamp(datetime.now(UTC)), time.monotonic()
    with _session(versions_url, token, options) as session, ExitStack() as stack:
        party = CheckedParty(session, options.role)
        versions = discover(party, versions_url, token, options)
        for place in party.interfaces.values():
            enter_rules(place, options)
        party.result_seconds = options.result_timeout
        at = options.callback or (CallbackAddress() if options.register else None)
        if at is not None:
            listens = listening(at.host, at.port, public_url=at.public_url)
            party.listener = stack.enter_context(listens)
        if options.register:
            party.registration = _registration(party, token, options)
            announce(party.registration.plan(versions_url))
            _registered(party, options)
        find_peers(party)
        for text in _announced(party, options):
            announce(text)
        with _writing(party, options, versions, planned, left) as writes:
            _checked(party, options, progress)
        _ended(party, options)
        if party.registration is not None:
            announce(party.registration.outcome())
    return Report(
        tool="check",
        party=versions_url,
        versions=tuple(versions),
        role=options.role,
        began=began,
        seconds=time.monotonic() - start,
        seed=options.seed,
        requests=session.requests,
        rules=session.results.results(),
        findings=session.collector.findings(),
        problems=() if writes is None else tuple(writes.left),
        created=() if writes is None else tuple(writes.done),
    )


@contextmanager
def _session(url: str, token: str, options: Options) -> Iterator[CheckSession]:
    with ExitStack() as stack:
        senders = {
            coded: stack.enter_context(
                Sender(
                    Target({}, url, token, coded, options.transport),
                    seed=options.seed,
                    timeout=options.timeout,
                )
            )
            for coded in (True, False)
        }
        interval = 1 / options.rate if options.rate else 0.0
        selection = Selection(options.rules, options.skip_rules)
        dialect = KnownDialect(options.dialect, options.bindings)
        yield CheckSession(
            senders, options.own, interval=interval, selection=selection, dialect=dialect
        )


def _announced(party: CheckedParty, options: Options) -> Iterator[str]:
    """Return what is done beside objects, for people."""
    if not options.write or party.listener is None:
        return
    for place in party.interfaces.values():
        if (place.module, place.interface) == ("commands", "receiver"):
            yield (
                f"{place.name}: sends commands about the first available EVSE in the list of "
                "locations, and stops or cancels what they begin."
            )


@contextmanager
def _writing(
    party: CheckedParty,
    options: Options,
    versions: Sequence[str],
    planned: Callable[[Sequence[PlannedObject]], None],
    left: Callable[[str], None],
) -> Iterator[Writes | None]:
    """Plan what is made, where that is allowed, and remove it in the end."""
    if not options.write or options.own is None:
        yield None
        return
    bindings = {one.version: one for one in options.bindings}
    writes = party.writes = Writes(options.own, bindings, versions, options.seed)
    planned(writes.plan(party))
    try:
        yield writes
    finally:
        writes.remove()
        for one in (*writes.left, *writes.kept):
            left(one)


def _registration(party: CheckedParty, token: str, options: Options) -> CheckRegistration:
    """Make ready to register: serve what the party reads of us."""
    assert party.listener is not None  # noqa: S101 - opened for it
    version = next(iter(party.interfaces.values())).version
    binding = next(one for one in options.bindings if one.version == version)
    roles = opposite_roles(options.role, implied_roles(party))
    own = OwnPlatform(party.listener, binding, roles, party.session.own or _OWN)
    kept = options.keep_registration
    return CheckRegistration(party, own, version, token, token, kept=kept)


def _registered(party: CheckedParty, options: Options) -> None:
    """Register, renew, and go on with the token that came of it."""
    for place in party.interfaces.values():
        for one in FIRST:
            if one.about(place):
                _run(one, place, options)


def _checked(party: CheckedParty, options: Options, progress: Callable[[Progress], None]) -> None:
    """Run all checks: first those that read, then those that change something."""
    interfaces = list(party.interfaces.values())
    opened = party.registration is None or party.registration.registered
    passes = _ordered(party.session.selection) if opened else []
    work = [(part, needs, place) for part in passes for needs in Needs for place in interfaces]
    for number, (part, needs, place) in enumerate(work):
        progress(Progress(place.name, number, len(work), party.session.requests))
        for one in part:
            if one.needs is needs and one.about(place):
                _run(one, place, options)
            if options.stop_at_first and len(party.session.collector):
                party.session.results.end("The run ended at its first finding.")
                return


def _ordered(selection: Selection) -> list[list[Check]]:
    """Return the checks that are for the rules of the run, and then those that send as well."""
    first = [one for one in CHECKS if any(map(selection.wants, one.rules))]
    others = [one for one in CHECKS if one not in first]
    return [first, others] if others and selection.every_message else [first]


def _ended(party: CheckedParty, options: Options) -> None:
    """End the registration, and note what was not asked."""
    for place in party.interfaces.values():
        for one in (*LAST, *(() if party.registration else FIRST)):
            if one.about(place):
                _run(one, place, options)
    enter_unasked(party, options)


def _run(one: Check, place: CheckedInterface, options: Options) -> None:
    """Run a check if the run is about it, and note what becomes of its rules."""
    concerned = [rule for rule in one.rules if concerns(rule, place, options)]
    selection = place.session.selection
    rules = [rule for rule in concerned if selection.wants(rule)]
    # A registration is whole, whatever it is that is asked about it.
    if not (rules or (concerned and (selection.every_message or one in (*FIRST, *LAST)))):
        return
    reason = why_not_allowed(one.needs, options) or _other_version(one, place)
    if reason:
        for rule in rules:
            place.session.results.skipped(rule, place.name, reason)
        return
    place.session.begin()
    silent = {rule.id: rule for rule in rules}
    asked = set(silent)
    try:
        for outcome in one.run(place):
            if _rule_of(outcome).id in asked:
                silent.pop(_note(outcome, place), None)
    except Stopped as stop:
        for rule in silent.values():
            place.session.results.skipped(rule, place.name, stop.reason)
        silent = {}
    for rule in silent.values():
        place.session.results.asked(rule, place.name)


def _other_version(one: Check, place: CheckedInterface) -> str:
    """Return why a check of a registration is none of another version."""
    registration = place.party.registration
    if one.needs is not Needs.REGISTER or registration is None:
        return ""
    version = registration.version
    return "" if version == place.version else f"The registration is made with {version}."


def _rule_of(outcome: Outcome) -> Rule:
    return (outcome.fault if isinstance(outcome, Seen) else outcome).rule


def _note(outcome: Outcome, place: CheckedInterface) -> str:
    """Keep what a check yields; return the id of the rule that it is about."""
    session = place.session
    if isinstance(outcome, NotAsked | NotApplicable):
        applicable = isinstance(outcome, NotAsked)
        rule, reason = outcome.rule, outcome.reason
        session.results.skipped(rule, place.name, reason, applicable=applicable)
        return rule.id
    fault = outcome.fault if isinstance(outcome, Seen) else outcome
    steps = outcome.steps if isinstance(outcome, Seen) else tuple(session.steps[-1:])
    session.results.asked(fault.rule, place.name)
    place.keep(fault, steps)
    return fault.rule.id
