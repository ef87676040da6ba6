"""Checks of how drivers were authorized, of the periods in which they paid, and of invoices."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from ocpi_conformance.check._interface import CheckedInterface
from ocpi_conformance.check._registry import Outcome, Stopped, check
from ocpi_conformance.check.checks.modules._details import Data, Found, items, judged, lists
from ocpi_conformance.exchanges.checked import envelope_of
from ocpi_conformance.rules import Fault
from ocpi_conformance.rules.modules import details as rules
from ocpi_conformance.rules.modules import semantics
from ocpi_conformance.validation.semantics import Context, checks_of

_TOKEN: Final = ("country_code", "party_id", "uid", "type")
_MOST_TOKENS: Final = 20
_CLOSE: Final = 0.001
_ASKED_FOR: Final = {"NEVER": "WHITELIST", "ALWAYS": "AUTH_REQUEST"}
"""By whitelist, the way of authorization that it rules out."""


@check(rules.WHITELIST, about=lists("sessions"))
def whitelists(place: CheckedInterface) -> Iterator[Outcome]:
    """Compare how drivers of sessions were authorized with the whitelist of their tokens."""
    stored = place.sibling("tokens", "receiver")
    if stored is None:
        raise Stopped("The party takes no tokens.")
    known: dict[tuple[str, ...], str] = {}
    for one in place.objects():
        token = one.get("cdr_token")
        names = tuple(str(token.get(name)) for name in _TOKEN) if isinstance(token, dict) else ()
        if names and names not in known and len(known) < _MOST_TOKENS:
            known[names] = _whitelist(stored, names)
    if not any(known.values()):
        raise Stopped("No token of a session can be read at the party.")
    yield from judged(place, rules.WHITELIST, lambda one: _authorized(one, known))


def _whitelist(stored: CheckedInterface, names: tuple[str, ...]) -> str:
    """Return the whitelist of a token that the party has of us; empty where it has none."""
    operation = stored.operations["get_stored_token"]
    path = dict(zip(operation.path_params, names[:-1], strict=True))
    sent = stored.request(operation, path=path, query={"type": names[-1]})
    found = (envelope_of(stored.session.probe(stored.target, sent).answer.body) or {}).get("data")
    return str(found.get("whitelist", "")) if isinstance(found, dict) else ""


def _authorized(session: Data, known: dict[tuple[str, ...], str]) -> Found:
    token = session.get("cdr_token")
    names = tuple(str(token.get(name)) for name in _TOKEN) if isinstance(token, dict) else ()
    whitelist = known.get(names, "")
    if whitelist in _ASKED_FOR and session.get("auth_method") == _ASKED_FOR[whitelist]:
        wanted = f"another auth_method for a token with {whitelist}"
        yield "/auth_method", wanted, str(session["auth_method"])


@check(rules.PERIOD_FOR_CHANGE, about=lists("cdrs"))
def periods(place: CheckedInterface) -> Iterator[Outcome]:
    """Check that no price changes within a charging period of a CDR, by the energy so far."""
    yield from judged(place, rules.PERIOD_FOR_CHANGE, _periods)


def _periods(cdr: Data) -> Found:
    tariffs = [one for _, one in items(cdr.get("tariffs"))]
    limits = sorted(_limits(tariffs[0])) if len(tariffs) == 1 else []
    before = 0.0
    for at, period in items(cdr.get("charging_periods")) if limits else ():
        after = before + sum(_energy(period))
        inside = [one for one in limits if before + _CLOSE < one < after - _CLOSE]
        if inside:
            wanted = f"a period that ends at {inside[0]:g} kWh, where another price applies"
            yield f"/charging_periods/{at}", wanted, f"one from {before:g} to {after:g} kWh"
        before = after


def _limits(tariff: Data) -> Iterator[float]:
    """Yield after how many kWh another price applies."""
    for _, element in items(tariff.get("elements")):
        kinds = {one.get("type") for _, one in items(element.get("price_components"))}
        restrictions = element.get("restrictions")
        for name in ("min_kwh", "max_kwh"):
            limit = restrictions.get(name) if isinstance(restrictions, dict) else None
            if "ENERGY" in kinds and isinstance(limit, int | float) and limit > 0:
                yield float(limit)


def _energy(period: Data) -> Iterator[float]:
    for _, one in items(period.get("dimensions")):
        volume: Any = one.get("volume")
        if one.get("type") == "ENERGY" and isinstance(volume, int | float):
            yield float(volume)


@check(rules.INVOICED_CDRS, about=lists("invoicereconciliation"))
def records(place: CheckedInterface) -> Iterator[Outcome]:
    """Check that the CDRs of records can be read."""
    listing = place.sibling("cdrs", "sender")
    if listing is None:
        raise Stopped("The party offers no list of CDRs.")
    known = {str(one.get("id")).lower() for one in listing.objects()}
    yield from judged(place, rules.INVOICED_CDRS, lambda one: _invoiced(one, known))


def _invoiced(record: Data, known: set[str]) -> Found:
    cdrs = record.get("cdrs")
    for at, name in enumerate(cdrs if isinstance(cdrs, list) else ()):
        if str(name).lower() not in known:
            yield f"/cdrs/{at}", "the id of a CDR that can be read", str(name)


@check(rules.SESSION_ENERGY, about=lists("sessions"))
def energies(place: CheckedInterface) -> Iterator[Outcome]:
    """Compare the energy of sessions with that of their charging periods."""
    yield from judged(place, rules.SESSION_ENERGY, _energies)


def _energies(session: Data) -> Found:
    found = [volume for _, one in items(session.get("charging_periods")) for volume in _energy(one)]
    kwh, total = session.get("kwh"), sum(found)
    if found and isinstance(kwh, int | float) and abs(kwh - total) > max(_CLOSE, total / 100):
        yield "/kwh", f"{total:g} kWh, as in the charging periods", f"{kwh:g} kWh"


@check(rules.APP_WHITELIST, about=lists("tokens"))
def app_tokens(place: CheckedInterface) -> Iterator[Outcome]:
    """Check the whitelists of tokens that are used by commands alone."""
    yield from judged(place, rules.APP_WHITELIST, _app_token)


def _app_token(token: Data) -> Found:
    if token.get("type") in {"APP_USER", "AD_HOC_USER"} and token.get("whitelist") != "NEVER":
        yield "/whitelist", "NEVER", str(token.get("whitelist"))


@check(semantics.IDS_UNIQUE, about=lists("hubclientinfo"))
def client_infos(place: CheckedInterface) -> Iterator[Outcome]:
    """Check that no party is listed twice in a role."""
    known: set[tuple[str, ...]] = set()

    def again(one: Data) -> Found:
        names = tuple(str(one.get(name)).upper() for name in ("country_code", "party_id", "role"))
        if names in known:
            yield "/party_id", "each party once in a role", f"{' '.join(names)} again"
        known.add(names)

    yield from judged(place, semantics.IDS_UNIQUE, again)


@check(semantics.CURRENCY, about=lambda place: "get_terminals" in place.operations)
def confirmations(place: CheckedInterface) -> Iterator[Outcome]:
    """Check the currencies of confirmations."""
    operation = place.operations["get_financial_advice_confirmations"]
    data = (place.require(place.call(operation)).envelope or {}).get("data")
    if not data:
        raise Stopped("The list has no object.")
    context = Context(datetime.now(UTC))
    for at, one in items(data):
        for applied in checks_of("FinancialAdviceConfirmation"):
            applied(one, f"/data/{at}", context)
    for warning in context.take_warnings():
        got, cause = f"currency {warning.message}", "currency of a confirmation"
        yield Fault(semantics.CURRENCY, "a code of ISO 4217", got, cause, warning.pointer)
