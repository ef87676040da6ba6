"""Rules about single fields of objects that no schema states."""

from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

_FROM_2_2 = frozenset({"2.2", "2.2.1", "2.3.0"})


def _rule(
    name: str,
    title: str,
    clause: tuple[str, str],
    fix: str,
    *modules: str,
    severity: Severity = Severity.ERROR,
    strength: Strength = Strength.MUST,
    versions: frozenset[str] = _FROM_2_2,
) -> Rule:
    section, text = clause
    return Rule(
        f"semantics.{name}",
        title,
        severity,
        Clause(section, strength, text),
        fix,
        versions=versions,
        modules=frozenset(modules),
    )


CDR_ID_LENGTH = _rule(
    "cdr-id-length",
    "The id of a CDR that is no credit CDR has at most 36 characters",
    ("mod_cdrs.asciidoc#mod_cdrs_cdr_object", "Longer ids are for credit CDRs."),
    "Keep ids within 36 characters, so that a credit CDR can add to them.",
    "cdrs",
)
CDR_TARIFFS = _rule(
    "cdr-tariffs",
    "Tariffs to which charging periods refer are in the CDR",
    ("mod_cdrs.asciidoc#mod_cdrs_cdr_object", "tariffs has all tariffs that are referred to."),
    "Put every tariff that a charging period names into tariffs of the CDR.",
    "cdrs",
)
CDR_SESSION = _rule(
    "cdr-session",
    "A CDR names its session where the party has the module sessions",
    ("mod_cdrs.asciidoc#mod_cdrs_cdr_object", "session_id is given where sessions are offered."),
    "Set session_id to the id of the session that the CDR is about.",
    "cdrs",
)
SESSION_ONLY_DIMENSION = _rule(
    "session-only-dimension",
    "Dimensions that are for sessions only are in no CDR",
    (
        "mod_cdrs.asciidoc#mod_cdrs_cdrdimensiontype_enum",
        "CURRENT, ENERGY_EXPORT and others are for sessions only.",
    ),
    "Leave the dimensions out that the specification marks as Session Only.",
    "cdrs",
)
SIGNED_DATA = _rule(
    "signed-data",
    "Signed values are Base64",
    ("mod_cdrs.asciidoc#mod_cdrs_signed_value_class", "signed_data is encoded in Base64."),
    "Encode signed_data of every signed value in Base64.",
    "cdrs",
)
RESERVATION_ELEMENT = _rule(
    "reservation-element",
    "An element for reservations has prices by FLAT and TIME only",
    (
        "mod_tariffs.asciidoc#mod_tariffs_reservation_restriction_type",
        "A reservation is priced by FLAT and TIME.",
    ),
    "Leave other dimensions out of elements with the restriction reservation.",
    "tariffs",
)
SESSION_COST = _rule(
    "session-cost",
    "The cost of a session is not negative",
    ("mod_sessions.asciidoc#mod_sessions_session_object", "total_cost is what is to be paid."),
    "Send an amount of zero or more, or no total_cost.",
    "sessions",
)
LOCATION_REFERENCE = _rule(
    "location-reference",
    "Sessions are at locations, EVSEs and connectors that can be read",
    ("mod_sessions.asciidoc#mod_sessions_session_object", "location_id is that of a location."),
    "Publish the location of every session, or correct its ids.",
    "sessions",
    severity=Severity.WARNING,
)
LANGUAGE = _rule(
    "language",
    "Languages are codes of ISO 639-1",
    ("types.asciidoc#types_displaytext_class", "language is a code of two letters."),
    "Write codes such as en, in lower case.",
    "locations",
    "tokens",
)
PARKING = _rule(
    "parking",
    "Parking places have ids of their own, and EVSEs name those of their location",
    ("mod_locations.asciidoc#mod_locations_parking_object", "id is unique in the location."),
    "Number the parking places of a location, and name them in parking of its EVSEs.",
    "locations",
    versions=frozenset({"2.3.0"}),
)
INVOICED_CDRS = _rule(
    "invoiced-cdrs",
    "The CDRs of a record of an invoice are those of the party",
    (
        "mod_invoice_reconciliation.asciidoc#mod_invoice_reconciliation_record_object",
        "cdrs has the ids of CDRs that were sent.",
    ),
    "Send the CDRs of an invoice before its record, and name them by their ids.",
    "invoicereconciliation",
    versions=frozenset({"2.3.0"}),
)
WHITELIST = _rule(
    "whitelist",
    "Tokens are asked for, or not, as their whitelist demands",
    (
        "mod_tokens.asciidoc#mod_tokens_whitelisttype_enum",
        "NEVER: the eMSP is asked at every use. ALWAYS: it is never asked.",
    ),
    "Ask the eMSP where whitelist is NEVER; let tokens with ALWAYS charge without that.",
    "sessions",
)
PERIOD_FOR_CHANGE = _rule(
    "period-for-change",
    "A new charging period begins where another price applies",
    ("mod_cdrs.asciidoc#mod_cdrs_charging_period", "A period has one price for all of it."),
    "Begin a charging period where a restriction of the tariff, such as max_kwh, is reached.",
    "cdrs",
)
APP_WHITELIST = _rule(
    "app-token-whitelist",
    "Tokens of apps and of single sessions have the whitelist NEVER",
    (
        "mod_tokens.asciidoc#mod_tokens_tokentype_enum",
        "Tokens of type APP_USER and AD_HOC_USER have the whitelist NEVER.",
    ),
    "Set whitelist to NEVER: such tokens are used by commands, and never at a charge point.",
    "tokens",
    severity=Severity.ADVICE,
    strength=Strength.SHOULD,
)
SESSION_ENERGY = _rule(
    "session-energy",
    "The energy of a session is that of its charging periods",
    ("mod_sessions.asciidoc#mod_sessions_session_object", "kwh is the energy of the session."),
    "Count kwh up with every charging period, or send all periods.",
    "sessions",
    severity=Severity.WARNING,
)
VEHICLE_MEASURES = _rule(
    "vehicle-measures",
    "Places for larger vehicles have their measures",
    (
        "mod_locations.asciidoc#mod_locations_parking_object",
        "Weight, height, length and width are given where not only cars and motorcycles fit.",
    ),
    "Send the greatest weight, height, length and width of vehicles.",
    "locations",
    "bookings",
    severity=Severity.ADVICE,
    strength=Strength.SHOULD,
    versions=frozenset({"2.3.0"}),
)
