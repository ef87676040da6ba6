"""Rules about real-time authorization: whether a token may charge."""

from ocpi_conformance.rules._rule import Clause, Needs, Rule, Severity, Strength

_MODULES = frozenset({"tokens"})
_FROM_2_2 = frozenset({"2.2", "2.2.1", "2.3.0"})
_METHOD = "mod_tokens.asciidoc#mod_tokens_post_method"
_INFO = "mod_tokens.asciidoc#mod_tokens_authorizationinfo_object"


def _rule(
    name: str,
    title: str,
    clause: tuple[str, str],
    fix: str,
    *,
    versions: frozenset[str] = frozenset(),
) -> Rule:
    section, text = clause
    return Rule(
        f"tokens.{name}",
        title,
        Severity.ERROR,
        Clause(section, Strength.MUST, text),
        fix,
        versions=versions,
        modules=_MODULES,
        needs=Needs.WRITE,
    )


UNKNOWN_TOKEN = _rule(
    "unknown-token",
    "An unknown token is answered with HTTP 404 and status code 2004, without data",
    (_METHOD, "A token that the eMSP does not know is HTTP 404 and 2004."),
    "Answer with HTTP 404 and OCPI 2004, and leave data out.",
    versions=_FROM_2_2,
)
TYPE = _rule(
    "authorize-type",
    "A token is found by its uid and its type",
    (_METHOD, "type tells tokens of the same uid apart."),
    "Look a token up by uid and type; RFID where type is left out.",
)
OWN_TOKEN = _rule(
    "authorize",
    "The answer has the token that was asked about",
    (_INFO, "token is the complete token for which the authorization was asked."),
    "Return the token as it is in your list.",
    versions=_FROM_2_2,
)
INVALID_TOKEN = _rule(
    "invalid-token",
    "A token that is not valid is not ALLOWED",
    (_INFO, "A token whose valid is false may not charge."),
    "Answer BLOCKED, EXPIRED or NO_CREDIT for a token that is not valid.",
)
LOCATION_ANSWER = _rule(
    "location-answer",
    "The location is in the answer where charging is allowed there",
    (_INFO, "location repeats the location of the request where charging is allowed."),
    "Return the LocationReferences of the request, with the EVSEs that are allowed.",
)
LOCATION_REFUSED = _rule(
    "location-refused",
    "No location is in the answer where charging is not allowed",
    (_INFO, "location is there only where charging is allowed."),
    "Leave location out where allowed is another value than ALLOWED.",
)
TOO_LITTLE = _rule(
    "too-little",
    "A known token is refused without a location with status code 2002 alone",
    (_METHOD, "A request with too little information is 2002."),
    "Answer with OCPI 2002 where LocationReferences are needed; else decide without them.",
    versions=_FROM_2_2,
)
STORED_TYPE = _rule(
    "stored-type",
    "Tokens of the same uid are told apart by their type",
    (
        "mod_tokens.asciidoc#mod_tokens_cpo_get_method",
        "type tells tokens of the same uid apart; without it RFID is meant.",
    ),
    "Keep tokens by uid and type; read type from the URL, and take RFID where it is left out.",
    versions=_FROM_2_2,
)
NO_AVAILABILITY = _rule(
    "no-availability",
    "Opening hours and the status of an EVSE play no part in an authorization",
    (
        "mod_tokens.asciidoc#mod_tokens_flow_and_lifecycle",
        "The eMSP does not decide by opening hours or the status of an EVSE.",
    ),
    "Decide by the token and the contract; the CPO knows whether charging is possible.",
    versions=_FROM_2_2,
)
