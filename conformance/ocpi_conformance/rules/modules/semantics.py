"""Rules about what objects mean: values that obey the schema and still cannot be right."""

from collections.abc import Mapping
from typing import Final

from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

IDS_UNIQUE = Rule(
    "semantics.ids-unique",
    "No two objects of a list have the same id",
    Severity.ERROR,
    Clause(
        "types.asciidoc#types_cistring_type",
        Strength.MUST,
        "Ids identify an object, compared without case.",
    ),
    "Give each object an id of its own.",
    modules=frozenset({"locations", "tariffs", "sessions", "cdrs", "tokens", "hubclientinfo"}),
)
LAST_UPDATED_PAST = Rule(
    "semantics.last-updated-past",
    "last_updated is not in the future",
    Severity.WARNING,
    Clause(
        "types.asciidoc#types_datetime_type",
        Strength.MUST,
        "last_updated is the moment of the last change.",
    ),
    "Write last_updated in UTC, from a clock that is right.",
    modules=frozenset({"locations", "tariffs", "sessions", "cdrs", "tokens"}),
)
COUNTRY = Rule(
    "semantics.country",
    "Countries of places exist",
    Severity.ERROR,
    Clause(
        "mod_locations.asciidoc#mod_locations_location_object",
        Strength.MUST,
        "country is a code of ISO 3166-1 alpha-3.",
    ),
    "Write codes of three letters such as NLD.",
    modules=frozenset({"locations", "cdrs"}),
)
COUNTRY_CODE = Rule(
    "semantics.country-code",
    "Countries of parties exist",
    Severity.ERROR,
    Clause(
        "types.asciidoc#types_cistring_type",
        Strength.MUST,
        "country_code is a code of ISO 3166-1 alpha-2.",
    ),
    "Write codes of two letters such as NL.",
    modules=frozenset({"locations", "tariffs", "sessions", "cdrs", "tokens", "credentials"}),
)
COORDINATES = Rule(
    "semantics.coordinates",
    "Coordinates lie in the country",
    Severity.WARNING,
    Clause(
        "mod_locations.asciidoc#mod_locations_geolocation_class",
        Strength.MUST,
        "Coordinates are those of the place.",
    ),
    "Exchange latitude and longitude where they are swapped, and leave out no digits.",
    modules=frozenset({"locations", "cdrs"}),
)
PERIOD_DATES = Rule(
    "semantics.period-dates",
    "Nothing ends before it begins",
    Severity.ERROR,
    Clause(
        "types.asciidoc#types_datetime_type",
        Strength.MUST,
        "The end is not before the begin.",
    ),
    "Exchange begin and end, and write both in UTC.",
    modules=frozenset({"locations", "tariffs", "sessions", "cdrs"}),
)
SESSION_END = Rule(
    "semantics.session-end",
    "A completed session has an end",
    Severity.ERROR,
    Clause(
        "mod_sessions.asciidoc#mod_sessions_session_object",
        Strength.MUST,
        "end is the moment at which the session was completed.",
    ),
    "Send the end with the status COMPLETED.",
    modules=frozenset({"sessions"}),
)
PERIODS_IN_ORDER = Rule(
    "semantics.periods-in-order",
    "Charging periods follow each other within the session",
    Severity.ERROR,
    Clause(
        "mod_cdrs.asciidoc#mod_cdrs_chargingperiod_class",
        Strength.MUST,
        "A period ends where the next one begins.",
    ),
    "Sort charging periods by their begin.",
    modules=frozenset({"sessions", "cdrs"}),
)
DIMENSIONS = Rule(
    "semantics.dimensions",
    "Volumes without direction are not negative",
    Severity.ERROR,
    Clause(
        "mod_cdrs.asciidoc#mod_cdrs_cdrdimension_class",
        Strength.MUST,
        "A volume is what was consumed in the period.",
    ),
    "Send volumes of the period, not differences of meters that were reset.",
    modules=frozenset({"sessions", "cdrs"}),
)
TOTALS = Rule(
    "semantics.totals",
    "Totals are those of the periods and of the whole session",
    Severity.WARNING,
    Clause(
        "mod_cdrs.asciidoc#mod_cdrs_cdr_object",
        Strength.MUST,
        "Totals are sums over the charging session.",
    ),
    "Compute totals from the periods: kWh, and hours from start to end.",
    modules=frozenset({"sessions", "cdrs"}),
)
TOTAL_COST = Rule(
    "semantics.total-cost",
    "total_cost is not less than the sum of its parts",
    Severity.WARNING,
    Clause(
        "mod_cdrs.asciidoc#mod_cdrs_cdr_object",
        Strength.MUST,
        "total_cost is the sum of all costs.",
    ),
    "Add all parts up.",
    modules=frozenset({"cdrs"}),
)
COST_BY_TARIFF = Rule(
    "semantics.cost-by-tariff",
    "The cost of a CDR fits the tariff in it",
    Severity.WARNING,
    Clause(
        "mod_cdrs.asciidoc#mod_cdrs_cdr_object",
        Strength.MUST,
        "The tariffs in a CDR are those that it was priced by.",
    ),
    "Price by the tariff that the CDR names, in its currency and within its limits.",
    modules=frozenset({"cdrs"}),
)
PRICE = Rule(
    "semantics.price",
    "A price with VAT is not lower than without",
    Severity.ERROR,
    Clause(
        "types.asciidoc#types_price_class",
        Strength.MUST,
        "incl_vat is the price with VAT.",
    ),
    "Exchange the two where they are swapped.",
    modules=frozenset({"tariffs", "sessions", "cdrs"}),
)
CDR_TOKEN = Rule(
    "semantics.cdr-token",
    "The token in a session or CDR is complete",
    Severity.ERROR,
    Clause(
        "mod_cdrs.asciidoc#mod_cdrs_cdr_token_object",
        Strength.MUST,
        "All fields of the token are needed to bill the driver.",
    ),
    "Send the token as the eMSP has it.",
    modules=frozenset({"sessions", "cdrs"}),
)
CREDIT_CDR = Rule(
    "semantics.credit-cdr",
    "A credit CDR names another CDR and costs nothing",
    Severity.ERROR,
    Clause(
        "mod_cdrs.asciidoc#mod_cdrs_credit_cdrs",
        Strength.MUST,
        "credit and credit_reference_id go together; amounts are negative.",
    ),
    "Name the CDR that is credited, and negate its amounts.",
    modules=frozenset({"cdrs"}),
)
CURRENCY = Rule(
    "semantics.currency",
    "Currencies exist",
    Severity.ERROR,
    Clause(
        "mod_tariffs.asciidoc#mod_tariffs_tariff_object",
        Strength.MUST,
        "currency is a code of ISO 4217.",
    ),
    "Write codes such as EUR.",
    modules=frozenset({"tariffs", "sessions", "cdrs", "payments"}),
)
RESTRICTIONS = Rule(
    "semantics.restrictions",
    "Limits, steps and taxes of a tariff are possible",
    Severity.WARNING,
    Clause(
        "mod_tariffs.asciidoc#mod_tariffs_tariffrestrictions_class",
        Strength.MUST,
        "The least value is below the highest; VAT is a percentage.",
    ),
    "Exchange the limits; write 21 for 21 percent.",
    modules=frozenset({"tariffs"}),
)
TARIFF_REACHABLE = Rule(
    "semantics.tariff-reachable",
    "Every element of a tariff can apply",
    Severity.WARNING,
    Clause(
        "mod_tariffs.asciidoc#mod_tariffs_tariffelement_class",
        Strength.SHOULD,
        "The first element that fits applies.",
    ),
    "Put elements without restrictions last.",
    modules=frozenset({"tariffs"}),
)

OF_WARNING: Final[Mapping[str, Rule]] = {
    "id-twice": IDS_UNIQUE,
    "last-updated-future": LAST_UPDATED_PAST,
    "country": COUNTRY,
    "country-code": COUNTRY_CODE,
    "coordinates-zero": COORDINATES,
    "coordinates-swapped": COORDINATES,
    "coordinates-country": COORDINATES,
    "period": PERIOD_DATES,
    "session-end": SESSION_END,
    "period-order": PERIODS_IN_ORDER,
    "period-outside": PERIODS_IN_ORDER,
    "volume-negative": DIMENSIONS,
    "energy-sum": TOTALS,
    "time-sum": TOTALS,
    "total-negative": TOTALS,
    "cost-sum": TOTAL_COST,
    "cost-tariff": COST_BY_TARIFF,
    "price-vat": PRICE,
    "cdr-token": CDR_TOKEN,
    "credit": CREDIT_CDR,
    "currency": CURRENCY,
    "range": RESTRICTIONS,
    "vat": RESTRICTIONS,
    "element-unreachable": TARIFF_REACHABLE,
}
"""The rule of each warning of the validation."""
