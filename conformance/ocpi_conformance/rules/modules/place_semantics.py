"""Rules about what locations mean, beyond the schema."""

from collections.abc import Mapping
from typing import Final

from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

EVSE_UNIQUE = Rule(
    "semantics.evse-unique",
    "No two EVSEs of a CPO have the same uid",
    Severity.ERROR,
    Clause(
        "mod_locations.asciidoc#mod_locations_evse_object",
        Strength.MUST,
        "uid identifies the EVSE within the platform of the CPO.",
    ),
    "Give each EVSE a uid of its own, and keep it.",
    modules=frozenset({"locations"}),
)
CONNECTOR_UNIQUE = Rule(
    "semantics.connector-unique",
    "No two connectors of an EVSE have the same id",
    Severity.ERROR,
    Clause(
        "mod_locations.asciidoc#mod_locations_connector_object",
        Strength.MUST,
        "id identifies the connector within its EVSE.",
    ),
    "Number the connectors of an EVSE.",
    modules=frozenset({"locations"}),
)
PARENT_LAST_UPDATED = Rule(
    "semantics.parent-last-updated",
    "A location is not older than its EVSEs, an EVSE not older than its connectors",
    Severity.ERROR,
    Clause(
        "mod_locations.asciidoc#mod_locations_location_object",
        Strength.MUST,
        "A change of a part changes last_updated of what it is in.",
    ),
    "Set last_updated of EVSE and location whenever a part of them changes.",
    modules=frozenset({"locations"}),
)
TARIFF_REFERENCE = Rule(
    "semantics.tariff-reference",
    "Tariffs that connectors name can be read",
    Severity.WARNING,
    Clause(
        "mod_locations.asciidoc#mod_locations_connector_object",
        Strength.MUST,
        "tariff_ids are ids of tariffs of the CPO.",
    ),
    "Publish all tariffs that connectors name, or leave out their ids.",
    modules=frozenset({"locations"}),
)
PUBLISH_TOKEN = Rule(
    "semantics.publish-token",
    "Tokens that may see a location are named in full, where it is not published",
    Severity.WARNING,
    Clause(
        "mod_locations.asciidoc#mod_locations_publish_token_class",
        Strength.MUST,
        "uid needs type, visual_number needs issuer, and one of them is there.",
    ),
    "Name each token by uid and type, visual_number and issuer, or group_id.",
    modules=frozenset({"locations"}),
)
TIME_ZONE = Rule(
    "semantics.time-zone",
    "Time zones exist",
    Severity.ERROR,
    Clause(
        "mod_locations.asciidoc#mod_locations_location_object",
        Strength.MUST,
        "time_zone is a name of the IANA database.",
    ),
    "Write names such as Europe/Amsterdam.",
    modules=frozenset({"locations"}),
)
ENERGY_MIX = Rule(
    "semantics.energy-mix",
    "Energy sources add up to 100 percent",
    Severity.WARNING,
    Clause(
        "mod_locations.asciidoc#mod_locations_energymix_class",
        Strength.SHOULD,
        "percentage is the share of a source.",
    ),
    "Complete the sources, or leave them out.",
    modules=frozenset({"locations"}),
)
OPENING_TIMES = Rule(
    "semantics.opening-times",
    "Opening times are complete and do not contradict each other",
    Severity.WARNING,
    Clause(
        "mod_locations.asciidoc#mod_locations_hours_class",
        Strength.MUST,
        "regular_hours are there where twentyfourseven is false, and only there.",
    ),
    "Send twentyfourseven true, or false with regular_hours.",
    modules=frozenset({"locations"}),
)
NO_MARKUP = Rule(
    "semantics.no-markup",
    "Texts are plain",
    Severity.WARNING,
    Clause(
        "types.asciidoc#types_displaytext_class",
        Strength.MUST,
        "Texts have no markup, strings no line breaks.",
    ),
    "Remove markup and line breaks.",
    modules=frozenset({"locations"}),
)
EVSE_ID = Rule(
    "semantics.evse-id",
    "An evse_id has the form of eMI3",
    Severity.WARNING,
    Clause(
        "mod_locations.asciidoc#mod_locations_evse_object",
        Strength.MUST,
        "evse_id follows eMI3.",
    ),
    "Write ids such as NL*ABC*E1234, or leave them out.",
    modules=frozenset({"locations"}),
)
MAX_POWER = Rule(
    "semantics.max-power",
    "Voltage, amperage and power of a connector fit together",
    Severity.WARNING,
    Clause(
        "mod_locations.asciidoc#mod_locations_connector_object",
        Strength.MUST,
        "Voltage is line to neutral, power in watts.",
    ),
    "Write volts line to neutral, and watts.",
    modules=frozenset({"locations"}),
)
URL = Rule(
    "semantics.url",
    "URLs are absolute",
    Severity.ERROR,
    Clause(
        "types.asciidoc#types_url_type",
        Strength.MUST,
        "A URL names scheme and host.",
    ),
    "Send URLs that begin with https.",
    modules=frozenset({"locations"}),
)

OF_WARNING: Final[Mapping[str, Rule]] = {
    "evse-uid-twice": EVSE_UNIQUE,
    "connector-id-twice": CONNECTOR_UNIQUE,
    "last-updated-older": PARENT_LAST_UPDATED,
    "publish-tokens": PUBLISH_TOKEN,
    "time-zone": TIME_ZONE,
    "energy-mix": ENERGY_MIX,
    "opening-hours": OPENING_TIMES,
    "text": NO_MARKUP,
    "evse-id": EVSE_ID,
    "connector-power": MAX_POWER,
    "connector-voltage": MAX_POWER,
    "url": URL,
}
"""The rule of each warning of the validation."""
