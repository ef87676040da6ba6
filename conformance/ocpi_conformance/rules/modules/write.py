"""Rules about objects that are pushed: PUT, GET, PATCH and DELETE of a receiver."""

from ocpi_conformance.bundles.reading import bodies_differ
from ocpi_conformance.exchanges.checked import CheckedExchange, Intent, Outcome
from ocpi_conformance.rules._fault import ExchangeRule, Fault
from ocpi_conformance.rules._rule import Clause, Needs, Rule, Severity, Strength

_TRANSPORT = "transport_and_format.asciidoc#transport_and_format_"
_ERRORS = f"{_TRANSPORT}errors"
_PUSH = f"{_TRANSPORT}client_owned_object_push"

IDS_MATCH_URL = Rule(
    "write.ids-match-url",
    "An object whose ids differ from its URL is refused",
    Severity.WARNING,
    Clause(_ERRORS, Strength.SHOULD, "Another id in the URL than in the object is 2001."),
    "Compare country_code, party_id and id of the object with the URL, without case.",
    needs=Needs.WRITE,
)
OWNER_ONLY = Rule(
    "write.owner-only",
    "Objects of parties that do not belong to the client cannot be reached",
    Severity.WARNING,
    Clause(_ERRORS, Strength.MAY, "A URL of another party may be answered with HTTP 404."),
    "Compare the party in the URL with the roles of the client's credentials.",
    needs=Needs.WRITE,
)
STORED = Rule(
    "write.stored",
    "An object that was accepted can be read",
    Severity.ERROR,
    Clause(_PUSH, Strength.MUST, "PUT stores an object, GET at the same URL returns it."),
    "Store the object before you answer, and serve GET from the same store.",
    needs=Needs.WRITE,
)
READ_BACK = Rule(
    "write.read-back",
    "GET returns what PUT sent",
    Severity.ERROR,
    Clause(f"{_TRANSPORT}put", Strength.MUST, "PUT replaces the object as a whole."),
    "Keep all fields with their values, and drop those that the last PUT left out.",
    needs=Needs.WRITE,
)
PATCH_MERGES = Rule(
    "write.patch-merges",
    "PATCH changes the fields that it names and no others",
    Severity.ERROR,
    Clause(f"{_TRANSPORT}patch", Strength.MUST, "Fields that a PATCH leaves out stay."),
    "Merge the PATCH into the object; replace lists, clear what is null.",
    needs=Needs.WRITE,
)
OLDER_IGNORED = Rule(
    "write.older-ignored",
    "An older state does not replace a newer one",
    Severity.WARNING,
    Clause(_PUSH, Strength.SHOULD, "last_updated is the moment of the last change."),
    "Compare last_updated with that of the stored object, and keep the newer one.",
    needs=Needs.WRITE,
)
DELETED_GONE = Rule(
    "write.deleted-gone",
    "An object that was deleted cannot be read",
    Severity.ERROR,
    Clause("", Strength.MUST, "DELETE removes the object."),
    "Answer GET with HTTP 404 after DELETE.",
    needs=Needs.WRITE,
)


def _ids_match_url(checked: CheckedExchange) -> list[Fault] | None:
    different = _different(checked)
    if not _is_right(checked) or not set(different) & set(checked.operation.identity):
        return None
    if checked.outcome is not Outcome.ACCEPTED:
        return []
    listed = ", ".join(f"{name} {a!r} but {b!r}" for name, (a, b) in different.items())
    wanted = f"OCPI 2001 for an object whose ids differ from the URL: {listed}"
    cause = "accepted with other ids"
    return [Fault(IDS_MATCH_URL, wanted, checked.summary(), cause)]


def _owner_only(checked: CheckedExchange) -> list[Fault] | None:
    if not _is_right(checked) or not checked.foreign or not checked.operation.owned:
        return None
    refused = checked.outcome is not Outcome.ACCEPTED
    if refused or set(_different(checked)) & set(checked.operation.identity):
        return []
    # A party may have reasons to take it: the other one may be of the same company.
    wanted = f"HTTP 404 for an object of a party other than {checked.own}"
    return [Fault(OWNER_ONLY, wanted, checked.summary())]


def _is_right(checked: CheckedExchange) -> bool:
    """Return whether a request is wrong, if at all, in what it is about."""
    if checked.intent is not Intent.CALL or checked.outcome is Outcome.FAILED:
        return False
    return checked.reading.valid


def _different(checked: CheckedExchange) -> dict[str, tuple[str, str]]:
    return dict(bodies_differ(checked.operation, checked.reading))


EXCHANGE_RULES = (
    ExchangeRule(IDS_MATCH_URL, _ids_match_url, lambda one: bool(one.identity)),
    ExchangeRule(OWNER_ONLY, _owner_only, lambda one: one.owned),
)
