"""Rules about charging profiles."""

from ocpi_conformance.rules._rule import Clause, Needs, Rule, Severity, Strength

_MODULES = frozenset({"chargingprofiles"})
_CHAPTER = "mod_charging_profiles.asciidoc#mod_charging_profiles_"

TIMEOUT = Rule(
    "profiles.timeout",
    "The timeout in a response is positive",
    Severity.ERROR,
    Clause(
        f"{_CHAPTER}chargingprofileresponse_object",
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
        f"{_CHAPTER}chargingprofileresponsetype_enum",
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
        f"{_CHAPTER}activechargingprofileresult_object",
        Strength.MUST,
        "An ActiveChargingProfileResult that is ACCEPTED has the profile.",
    ),
    "Send the profile with the result, or another result.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
