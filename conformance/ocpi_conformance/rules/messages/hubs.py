"""Rules about hubs: receivers that they do not reach, and the list of those that they do."""

from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

_FROM_2_2 = frozenset({"2.2", "2.2.1", "2.3.0"})
_HUB = frozenset({"hub"})
_STATUS = "status_codes.asciidoc#status_codes_4xxx_hub_errors"

UNKNOWN_RECEIVER = Rule(
    "hub.unknown-receiver",
    "A message to a party that the hub does not know is answered with 4001",
    Severity.ERROR,
    Clause(_STATUS, Strength.MUST, "4001 is the status of an unknown receiver."),
    "Answer a message whose OCPI-to-* headers name an unknown party with status_code 4001.",
    versions=_FROM_2_2,
    roles=_HUB,
)
NOT_CONNECTED = Rule(
    "hub.not-connected",
    "A message to a party that is not connected is answered with 4003",
    Severity.ERROR,
    Clause(_STATUS, Strength.MUST, "4003 is the status of a receiver that is not connected."),
    "Answer a message to a party whose ClientInfo is not CONNECTED with status_code 4003.",
    versions=_FROM_2_2,
    roles=_HUB,
)
CLIENT_INFOS = Rule(
    "hub.client-infos",
    "A hub lists the parties that are connected to it",
    Severity.ERROR,
    Clause(
        "mod_hub_client_info.asciidoc#mod_hub_client_info_hub_get",
        Strength.MUST,
        "The list has all ClientInfo objects of the hub.",
    ),
    "Serve the list of ClientInfo at the endpoint of hubclientinfo (SENDER).",
    versions=_FROM_2_2,
    roles=_HUB,
    modules=frozenset({"hubclientinfo"}),
)
