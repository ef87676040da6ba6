"""Rules about charging profiles."""

from ocpi_conformance.rules._rule import Clause, Needs, Rule, Severity, Strength

_MODULES = frozenset({"chargingprofiles"})
_CHAPTER = "mod_charging_profiles.asciidoc#mod_charging_profiles_"

TIMEOUT = Rule(
    "profiles.timeout",
    "The timeout in a response is positive",
    Severity.ERROR,
    Clause(
        f"{_CHAPTER}response_object",
        Strength.MUST,
        "timeout is the time within which a result comes.",
    ),
    "Send the seconds within which a result comes, such as 30.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
UNKNOWN_SESSION = Rule(
    "profiles.unknown-session",
    "A request about an unknown session is UNKNOWN_SESSION",
    Severity.ERROR,
    Clause(
        f"{_CHAPTER}responsetype_enum",
        Strength.MUST,
        "UNKNOWN_SESSION: the session is not known.",
    ),
    "Look up the session before you accept; answer UNKNOWN_SESSION.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
ACTIVE_RESULT = Rule(
    "profiles.active-result",
    "The result of an accepted request for the active profile has the profile",
    Severity.ERROR,
    Clause(
        f"{_CHAPTER}active_charging_profiles_result_object",
        Strength.MUST,
        "An ActiveChargingProfileResult that is ACCEPTED has the profile.",
    ),
    "Send the profile with the result, or another result.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
PERIOD_ORDER = Rule(
    "profiles.period-order",
    "Periods of a profile begin one after the other",
    Severity.ERROR,
    Clause(
        f"{_CHAPTER}charging_profile_period_class",
        Strength.MUST,
        "start_period is later than that of the period before.",
    ),
    "Sort the periods by start_period.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
LIMIT_DIGITS = Rule(
    "profiles.limit-digits",
    "Limits of a profile have at most one digit behind the point",
    Severity.ERROR,
    Clause(
        f"{_CHAPTER}charging_profile_period_class",
        Strength.MUST,
        "limit has at most one digit of a fraction.",
    ),
    "Round limits to one digit behind the point.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
UPDATE_ANSWER = Rule(
    "profiles.update-answer",
    "The answer to an update of the active profile has no data",
    Severity.ERROR,
    Clause(
        f"{_CHAPTER}msp_put_method",
        Strength.MUST,
        "The answer is the response format without data.",
    ),
    "Leave data out of the answer.",
    roles=frozenset({"emsp"}),
    modules=_MODULES,
    needs=Needs.WRITE,
)
PREFERENCES_SESSION = Rule(
    "profiles.preferences-unknown-session",
    "Preferences for an unknown session are not accepted",
    Severity.ERROR,
    Clause(
        "mod_sessions.asciidoc#mod_sessions_set_charging_preferences",
        Strength.MUST,
        "Preferences are those of a session.",
    ),
    "Look up the session before you accept; answer with HTTP 404 or NOT_POSSIBLE.",
    modules=frozenset({"sessions"}),
    needs=Needs.WRITE,
)
