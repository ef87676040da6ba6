"""Rules about every request of a client: discovery, tokens, ids, routing headers."""

from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

_TRANSPORT = "transport_and_format.asciidoc#transport_and_format_"
_IDS = f"{_TRANSPORT}unique_messageg_ids"
_ROUTING = f"{_TRANSPORT}message_routing"
_TOKEN = f"{_TRANSPORT}authorization_header"
_VERSIONS = (
    "version_information_endpoint.asciidoc#version_information_endpoint_version_details_endpoint"
)
_CREDENTIALS = "credentials.asciidoc#credentials_registration"
_WITH_IDS = frozenset({"2.2", "2.2.1", "2.3.0"})

DISCOVERY_FIRST = Rule(
    "client.discovery-first",
    "A client reads versions and version details before it calls an endpoint",
    Severity.ERROR,
    Clause(_VERSIONS, Strength.MUST, "Endpoints are found through versions and version details."),
    "Read the versions URL, then the details of the version, and keep the endpoints of both.",
)
PUBLISHED_ENDPOINTS = Rule(
    "client.published-endpoints",
    "A client calls the endpoints that version details list, and no others",
    Severity.ERROR,
    Clause(
        _VERSIONS,
        Strength.MUST,
        "The URL of an endpoint is the one in version details; paths are free.",
    ),
    "Take the url of the endpoint, and append ids to it; build no URL out of names of modules.",
)
KNOWN_METHOD = Rule(
    "client.known-method",
    "A client uses the methods that an endpoint has",
    Severity.ERROR,
    Clause(_VERSIONS, Strength.MUST, "Each interface has its methods."),
    "See the methods of the operation in its section.",
)
TOKEN_SENT = Rule(
    "client.token-sent",
    "Every request has a token in the scheme Token",
    Severity.ERROR,
    Clause(
        _TOKEN,
        Strength.MUST,
        "The header is: Authorization: Token, a blank, the credentials token.",
    ),
    "Send Authorization: Token ... with every request, versions too; Bearer and Basic are wrong.",
)
TOKEN_KNOWN = Rule(
    "client.token-known",
    "A client sends a token that it was given",
    Severity.ERROR,
    Clause(_TOKEN, Strength.MUST, "The token is the one that the other party gave out."),
    "Send the token of the credentials as it is; encode it once.",
)
TOKEN_BASE64 = Rule(
    "client.token-base64",
    "The token is Base64-encoded once from 2.2 on, and plain before",
    Severity.ERROR,
    Clause(_TOKEN, Strength.MUST, "From 2.2 on the token is Base64-encoded in the header."),
    "Encode the token as the version that is spoken demands.",
)
TOKEN_A_ENDS = Rule(
    "client.token-a-ends",
    "Token A is not used any more after the registration",
    Severity.ERROR,
    Clause(_CREDENTIALS, Strength.MUST, "The token of the answer replaces token A."),
    "Store the token of the answer to POST credentials, and drop token A.",
)
OLD_TOKEN_ENDS = Rule(
    "client.old-token-ends",
    "A token is not used any more after it was renewed",
    Severity.ERROR,
    Clause(_CREDENTIALS, Strength.MUST, "The token of the answer replaces the one before."),
    "Store the token of the answer to PUT credentials at once, for all workers and caches.",
)
TOKEN_STAYS = Rule(
    "client.token-stays",
    "The token is sent to no other host than that of the party",
    Severity.ERROR,
    Clause(_TOKEN, Strength.SHOULD, "A token is known to the two parties alone."),
    "Follow redirects and Links to another host without the token, or not at all.",
)
ENDS_AFTER_401 = Rule(
    "client.ends-after-401",
    "A client does not repeat a request that was answered with 401",
    Severity.ERROR,
    Clause(
        _TOKEN,
        Strength.SHOULD,
        "401 states that the token is not valid; sending it again changes nothing.",
    ),
    "Stop, and have somebody look at the registration; try another coding at most once.",
)
REQUEST_ID = Rule(
    "client.request-id",
    "Every request has an X-Request-ID of its own",
    Severity.ERROR,
    Clause(_IDS, Strength.MUST, "X-Request-ID is unique for each request, repeated ones too."),
    "Make a new UUID for each request that is sent.",
    versions=_WITH_IDS,
)
CORRELATION_ID = Rule(
    "client.correlation-id",
    "Every request has an X-Correlation-ID",
    Severity.ERROR,
    Clause(_IDS, Strength.MUST, "X-Correlation-ID is there in every message."),
    "Make a UUID for each exchange, and pass on the one that came with a forwarded message.",
    versions=_WITH_IDS,
)
ROUTING_FROM = Rule(
    "client.routing-from",
    "Requests to functional modules name the party that sends them",
    Severity.ERROR,
    Clause(
        _ROUTING,
        Strength.MUST,
        "OCPI-from-country-code and OCPI-from-party-id are in every request.",
    ),
    "Send both headers with a party of the own credentials.",
    versions=_WITH_IDS,
)
ROUTING_TO = Rule(
    "client.routing-to",
    "Requests name a party of the platform that is called, if they name one",
    Severity.ERROR,
    Clause(
        _ROUTING,
        Strength.MUST,
        "OCPI-to-country-code and OCPI-to-party-id name a party of the receiver.",
    ),
    "Take the party from the roles in the credentials of the partner; headers come in pairs.",
    versions=_WITH_IDS,
)
NO_ROUTING = Rule(
    "client.no-routing",
    "Configuration modules are called without routing headers",
    Severity.WARNING,
    Clause(_ROUTING, Strength.SHOULD, "versions and credentials are not routed."),
    "Leave the headers out of requests to versions and credentials.",
    versions=_WITH_IDS,
)
CREDENTIALS_URL = Rule(
    "client.credentials-url",
    "The versions URL in a client's credentials can be read with its token",
    Severity.ERROR,
    Clause(
        _CREDENTIALS,
        Strength.MUST,
        "The receiver reads the versions of the sender with the token in its credentials.",
    ),
    "Serve versions for the new token before the credentials are sent.",
)
REGISTERS_ONCE = Rule(
    "client.registers-once",
    "A registered client renews with PUT, and does not POST credentials again",
    Severity.ERROR,
    Clause(_CREDENTIALS, Strength.MUST, "POST is for the first exchange, PUT for later ones."),
    "PUT new credentials, or DELETE the registration before.",
)
