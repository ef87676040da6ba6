"""Which rules have to do with which interface, and why others were not asked."""

from collections.abc import Iterator
from typing import Final

from ocpi_conformance.bundles.documents import bundle_of
from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._options import Options
from ocpi_conformance.check._party import CheckedParty
from ocpi_conformance.check.checks import CHECKS, FIRST, LAST
from ocpi_conformance.exchanges.target import Target
from ocpi_conformance.rules import Needs, Rule
from ocpi_conformance.rules.catalogue import EXCHANGE_RULES, RULES
from ocpi_conformance.rules.messages import envelope
from ocpi_conformance.verdicts.results import section_url
from ocpi_runtime.parties import CPO, EMSP, offered_by

__all__ = [
    "concerns",
    "enter_rules",
    "enter_unasked",
    "implied_roles",
    "is_asked",
    "why_not_allowed",
]

_REASONS: Final = {
    Needs.WRITE: "Write mode is off: it takes objects that are made or changed (--write).",
    Needs.REGISTER: "It takes a registration, which the check makes with --register.",
}
_ELSEWHERE: Final = "ocpi fuzz asks it, with objects that it makes and changes."
_NOT_HERE: Final = "It has to do with no interface of this version and role."
_OF_CLIENTS: Final = "It is about clients, which ocpi mock judges."
_LEFT_OUT: Final = "It is left out with --rule or --skip-rule."
_NAMES: Final = {CPO: "cpo", EMSP: "emsp"}


_ALL: Final = (*FIRST, *CHECKS, *LAST)
_ASKED: Final = frozenset(one.rule.id for one in EXCHANGE_RULES) | frozenset(
    rule.id for one in _ALL for rule in one.rules
)
"""The ids of all rules that a check asks, at some interface."""


def why_not_allowed(needs: Needs, options: Options) -> str:
    """Return why the run may not do what a check needs; nothing where it may."""
    may = {Needs.READ: True, Needs.WRITE: options.write, Needs.REGISTER: options.register}
    if may[needs]:
        return ""
    return _REASONS[needs]


def is_asked(rule: Rule, place: CheckedInterface, options: Options) -> bool:
    """Return whether the run is about a rule that concerns an interface."""
    return place.session.selection.wants(rule) and concerns(rule, place, options)


def concerns(rule: Rule, place: CheckedInterface, options: Options) -> bool:
    """Return whether a rule has to do with the version, module and role of an interface."""
    if rule.versions and place.version not in rule.versions:
        return False
    if rule.modules and place.module not in rule.modules:
        return False
    return not rule.roles or not options.role or options.role in rule.roles


def enter_rules(place: CheckedInterface, options: Options) -> None:
    """Enter the rules that have to do with an interface: until they are asked, they are not."""
    for rule in _rules(place):
        if is_asked(rule, place, options):
            _enter(rule, place)
            reason = why_not_allowed(rule.needs, options)
            if reason:
                place.session.results.skipped(rule, place.name, reason)


def _enter(rule: Rule, place: CheckedInterface) -> None:
    why = section_url(rule, place.description.specification, place.description.section)
    place.session.results.expect(rule, place.name, why)


def _rules(place: CheckedInterface) -> Iterator[Rule]:
    yield envelope.ANSWERED
    operations = place.operations.values()
    for one in EXCHANGE_RULES:
        if any(map(one.about, operations)):
            yield one.rule
    for each in _ALL:
        if each.about(place):
            yield from each.rules


def enter_unasked(party: CheckedParty, options: Options) -> None:
    """Enter rules about modules that the party does not offer, and those about nothing here."""
    versions = sorted({place.version for place in party.interfaces.values()}, reverse=True)
    for version in versions:
        for place in _missing(party, version, options):
            for rule in _rules(place):
                if place.module in rule.modules and is_asked(rule, place, options):
                    _enter(rule, place)
                    _skip(rule, place, party, options)
    entered = party.session.results.entered()
    for rule in RULES.values():
        if rule.id not in entered:
            _enter_elsewhere(rule, next(iter(party.interfaces.values())))


def _enter_elsewhere(rule: Rule, first: CheckedInterface) -> None:
    """Enter a rule that no interface here has to do with, or that others ask."""
    _enter(rule, first)
    reason, applicable = (_NOT_HERE, False) if rule.id in _ASKED else (_ELSEWHERE, True)
    if rule.group == "client":
        reason, applicable = _OF_CLIENTS, False
    elif not first.session.selection.wants(rule):
        reason, applicable = _LEFT_OUT, True
    first.session.results.skipped(rule, first.name, reason, applicable=applicable)


def _missing(party: CheckedParty, version: str, options: Options) -> Iterator[CheckedInterface]:
    """Make interfaces of the interfaces that the party does not offer."""
    binding = next(one for one in options.bindings if one.version == version)
    for module, name in binding.interfaces:
        if (version, module, name) in party.interfaces:
            continue
        try:
            bundle = bundle_of(binding, module, name, options.edition)
        except KeyError:
            continue
        yield CheckedInterface(party, Target(bundle, "", ""))


def _skip(rule: Rule, place: CheckedInterface, party: CheckedParty, options: Options) -> None:
    offers = offered_by(place.module, place.interface)
    roles = {options.role} if options.role else implied_roles(party)
    other = offers is not None and _NAMES[offers] not in roles
    asked_for = not options.modules or place.module in options.modules
    reason = f"The party does not offer {place.name}."
    if other:
        reason = f"{place.name} is not offered in the role {', '.join(sorted(roles))}."
    elif not asked_for:
        reason = f"{place.module} is left out with --module."
    party.session.results.skipped(rule, place.name, reason, applicable=not other)


def implied_roles(party: CheckedParty) -> set[str]:
    """Return the roles that the interfaces of a party imply."""
    found = {offered_by(one.module, one.interface) for one in party.interfaces.values()}
    return {_NAMES[one] for one in found if one is not None}
