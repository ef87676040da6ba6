"""Rules about requests whose result comes later: commands and charging profiles."""

from ocpi_conformance.rules._rule import Clause, Needs, Rule, Severity, Strength

_FLOW = "mod_commands.asciidoc#mod_commands_flow"
_RESULT = "mod_commands.asciidoc#mod_commands_msp_post_method"
_MODULES = frozenset({"commands", "chargingprofiles"})
_COMMANDS = frozenset({"commands"})
_FROM_2_2 = frozenset({"2.2", "2.2.1", "2.3.0"})
_CHAPTER = "mod_commands.asciidoc#mod_commands_"

ONE_RESULT = Rule(
    "commands.one-result",
    "One result comes to a request that was accepted",
    Severity.ERROR,
    Clause(_FLOW, Strength.MUST, "The result is sent once."),
    "Send the result once; send it again only where it was not answered.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
NO_RESULT_IF_REFUSED = Rule(
    "commands.no-result-if-refused",
    "No result comes to a request that was not accepted",
    Severity.WARNING,
    Clause(_FLOW, Strength.SHOULD, "A result follows a request that was accepted."),
    "Send no result after another answer than ACCEPTED.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
RESULT_ARRIVES = Rule(
    "commands.result-arrives",
    "The result of an accepted request comes in time",
    Severity.ERROR,
    Clause(_FLOW, Strength.MUST, "The result is posted to response_url within the timeout."),
    "Post the result to response_url as it was sent, at the latest when the timeout is over.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
RESULT_HEADERS = Rule(
    "commands.result-headers",
    "A result has the headers of a request",
    Severity.ERROR,
    Clause(_RESULT, Strength.MUST, "A result is a request like others."),
    "Send Authorization, Content-Type, the ids and the routing headers with results.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
RESULT_VALID = Rule(
    "commands.result-valid",
    "A result is a POST of the class of results",
    Severity.ERROR,
    Clause(_RESULT, Strength.MUST, "The body is the result as an object of its class."),
    "Post a JSON object with a result of the enumeration.",
    modules=_MODULES,
    needs=Needs.WRITE,
)


def _rule(
    name: str,
    title: str,
    clause: tuple[str, Strength, str],
    fix: str,
    *,
    severity: Severity = Severity.ERROR,
    versions: frozenset[str] = frozenset(),
) -> Rule:
    section, strength, text = clause
    return Rule(
        f"commands.{name}",
        title,
        severity,
        Clause(f"{_CHAPTER}{section}", strength, text),
        fix,
        versions=versions,
        modules=_COMMANDS,
        needs=Needs.WRITE,
    )


TIMEOUT = _rule(
    "timeout",
    "The timeout in a response is positive",
    ("commandresponse_object", Strength.MUST, "timeout is the time within which a result comes."),
    "Send the seconds within which a result comes, such as 30.",
    versions=_FROM_2_2,
)
UNKNOWN_LOCATION = _rule(
    "unknown-location",
    "A command for an unknown location or EVSE is refused",
    ("startsession_object", Strength.MUST, "Location and EVSE are those of the receiver."),
    "Look up location and EVSE before you accept; answer REJECTED, or with OCPI 2003.",
)
UNKNOWN_LOCATION_CODE = _rule(
    "unknown-location-code",
    "A command that is refused with an error for its location has status code 2003",
    ("startsession_object", Strength.MUST, "2003 is an unknown location."),
    "Answer with OCPI 2003, or with a response whose result is REJECTED.",
)
CONNECTOR_ALONE = _rule(
    "connector-with-evse",
    "A connector without its EVSE is refused",
    ("startsession_object", Strength.MUST, "connector_id needs evse_uid."),
    "Answer REJECTED, or with OCPI 2001, where connector_id is sent alone.",
    versions=frozenset({"2.2.1", "2.3.0"}),
)
UNKNOWN_SESSION = _rule(
    "unknown-session",
    "STOP_SESSION of an unknown session is UNKNOWN_SESSION",
    ("commandresponsetype_enum", Strength.MUST, "UNKNOWN_SESSION: the session is not known."),
    "Look up the session before you accept; answer UNKNOWN_SESSION.",
)
EXPIRED = _rule(
    "expired",
    "A reservation whose expiry date has passed is refused",
    ("reservenow_object", Strength.MUST, "expiry_date is when the reservation ends."),
    "Compare expiry_date with the current time; answer REJECTED.",
)
UNKNOWN_RESERVATION = _rule(
    "unknown-reservation",
    "CANCEL_RESERVATION of an unknown reservation is no success",
    ("cancelreservation_object", Strength.MUST, "The reservation is one of the sender."),
    "Answer REJECTED, or send the result UNKNOWN_RESERVATION.",
    versions=_FROM_2_2,
)
RESERVATION_REPLACED = _rule(
    "reservation-replaced",
    "RESERVE_NOW with a known id replaces the reservation",
    ("reservenow_object", Strength.MUST, "A known reservation_id changes the reservation."),
    "Replace the reservation of that id; do not refuse it as a second one.",
    severity=Severity.WARNING,
)
TOKEN_NOT_CHECKED = _rule(
    "unknown-token-accepted",
    "A command is not refused because its token is not known",
    ("startsession_object", Strength.MUST, "The receiver takes the token without checking it."),
    "Take the token from the command; it need not have been pushed before.",
    severity=Severity.WARNING,
    versions=_FROM_2_2,
)
TOKEN_OF_OTHERS = _rule(
    "token-of-others",
    "A command with a token of another eMSP is refused",
    ("startsession_object", Strength.MUST, "The token is one of the sender."),
    "Compare country_code and party_id of the token with the sender; answer REJECTED.",
    versions=_FROM_2_2,
)
TOKEN_IN_SESSION = _rule(
    "token-in-session",
    "The session that a command began has its token",
    ("startsession_object", Strength.MUST, "Session and CDR have the token of the command."),
    "Copy the token of the command into the session.",
    versions=_FROM_2_2,
)
NOT_SUPPORTED = _rule(
    "not-supported",
    "A command that is not offered is answered with NOT_SUPPORTED, and with no error",
    ("commandresponsetype_enum", Strength.MUST, "NOT_SUPPORTED: the command is not offered."),
    "Answer every right command with a CommandResponse; NOT_SUPPORTED where you do not offer it.",
    versions=_FROM_2_2,
)
SESSION_START = _rule(
    "session-start",
    "A session that a command began starts when it began",
    ("startsession_object", Strength.MUST, "start_date_time is when the session became active."),
    "Set start_date_time to the moment at which charging was allowed, in UTC.",
    versions=_FROM_2_2,
)
REFERENCE = _rule(
    "reference-in-session",
    "A session that a command began has its authorization_reference",
    ("startsession_object", Strength.MUST, "The reference of the command is in the session."),
    "Copy authorization_reference of the command into the session.",
    versions=_FROM_2_2,
)
REFERENCE_IN_CDR = _rule(
    "reference-in-cdr",
    "The CDR of a session that a command began has the authorization_reference of the command",
    ("startsession_object", Strength.MUST, "The reference of the command is in the CDR."),
    "Copy authorization_reference of the session into its CDR.",
    versions=_FROM_2_2,
)
RESERVATION_SESSION = _rule(
    "reservation-session",
    "A reservation is a session with the status RESERVATION",
    ("reservenow_object", Strength.MUST, "A reservation makes a session."),
    "Publish a session with the status RESERVATION as soon as a reservation is accepted.",
    severity=Severity.WARNING,
    versions=_FROM_2_2,
)
CONCURRENT = _rule(
    "concurrent",
    "Commands at the same time get a result each",
    ("flow", Strength.MUST, "Each command has a result at its own response_url."),
    "Keep response_url with each command, and send a result for each of them.",
)
RESPONSE_URL = _rule(
    "response-url",
    "A response_url that leads to no partner is refused",
    ("flow", Strength.MAY, "response_url is a URL of the sender."),
    "Refuse URLs of private and link-local addresses, and of hosts that are not the partner's.",
    severity=Severity.ADVICE,
)
