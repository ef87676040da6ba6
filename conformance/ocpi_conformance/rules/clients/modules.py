"""Rules about what a client does in single modules."""

from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

_FROM_2_2 = frozenset({"2.2", "2.2.1", "2.3.0"})
_FROM_2_2_1 = frozenset({"2.2.1", "2.3.0"})
_PROFILES = "mod_charging_profiles.asciidoc#mod_charging_profiles_"
_START = "mod_commands.asciidoc#mod_commands_startsession_object"


def _rule(
    name: str,
    title: str,
    clause: tuple[str, str],
    fix: str,
    versions: frozenset[str] = frozenset(),
) -> Rule:
    section, text = clause
    return Rule(
        f"client.{name}",
        title,
        Severity.ERROR,
        Clause(section, Strength.MUST, text),
        fix,
        versions=versions,
    )


EVSE_REMOVED = _rule(
    "evse-removed",
    "An EVSE that is taken away stays in its location, with the status REMOVED",
    (
        "mod_locations.asciidoc#mod_locations_flow_and_lifecycle",
        "An EVSE is taken out of use by the status REMOVED.",
    ),
    "Leave the EVSE in the location, and set its status to REMOVED.",
)
SESSIONS_DATE_FROM = _rule(
    "sessions-date-from",
    "The list of sessions is asked for with date_from",
    (
        "mod_sessions.asciidoc#mod_sessions_cpo_get_method",
        "date_from is required.",
    ),
    "Send date_from with every request for sessions; the time of the last one will do.",
    _FROM_2_2,
)
TOKEN_OWN = _rule(
    "token-own",
    "A command has a token of the client's own parties",
    (_START, "The token of a command is one of the eMSP that sends it."),
    "Put the token of your own driver into the command, with your country code and party id.",
    _FROM_2_2,
)
CONNECTOR_REQUIRED = _rule(
    "connector-required",
    "START_SESSION names the connector where the EVSE demands that",
    (_START, "connector_id is required with START_SESSION_CONNECTOR_REQUIRED."),
    "Look at the capabilities of the EVSE; send evse_uid and connector_id.",
    _FROM_2_2_1,
)
COMMAND_TOKEN_NOT_ASKED = _rule(
    "command-token-not-asked",
    "No authorization is asked for the token of a command",
    (_START, "The eMSP has authorized the token before it sends the command."),
    "Begin what a command asks for without a request to authorize its token.",
    _FROM_2_2,
)
UPDATE_SUBSCRIBED = _rule(
    "update-subscribed",
    "Active profiles are sent for sessions alone for which a profile was set",
    (
        f"{_PROFILES}msp_put_method",
        "No update is sent for a session whose profile the sender never set.",
    ),
    "Keep with each session whether the sender has set a profile, and send updates for those.",
    _FROM_2_2,
)
RESULT_WITHOUT_DATA = _rule(
    "result-without-data",
    "The answer to a result has no data",
    (f"{_PROFILES}msp_post_method", "The answer is the response format without data."),
    "Leave data out of the answer to a result.",
    _FROM_2_2,
)
ENDS_AFTER_DELETE = _rule(
    "ends-after-delete",
    "A client that has ended its registration calls no more",
    (
        "credentials.asciidoc#credentials_delete_method",
        "After DELETE no party calls the other one.",
    ),
    "Stop all pulls and pushes before you send DELETE, and drop what is queued.",
)
