"""Rules about the life of a registration: POST, PUT and DELETE of credentials, and their tokens."""

from ocpi_conformance.rules._rule import Clause, Needs, Rule, Severity, Strength

_MODULES = frozenset({"credentials"})
_FROM_2_2 = frozenset({"2.2", "2.2.1", "2.3.0"})
_FROM_2_1_1 = _FROM_2_2 | {"2.1.1"}
_CHAPTER = "credentials.asciidoc#credentials_"


def _rule(
    name: str,
    title: str,
    clause: tuple[str, Strength, str],
    fix: str,
    *,
    severity: Severity = Severity.ERROR,
    versions: frozenset[str] = frozenset(),
    needs: Needs = Needs.REGISTER,
) -> Rule:
    section, strength, text = clause
    return Rule(
        f"credentials.{name}",
        title,
        severity,
        Clause(f"{_CHAPTER}{section}", strength, text),
        fix,
        versions=versions,
        modules=_MODULES,
        needs=needs,
    )


POST_REGISTERS = _rule(
    "post",
    "POST registers and returns credentials",
    ("post_method", Strength.MUST, "POST registers a client and returns credentials for it."),
    "Read the client's versions, store its credentials, and return new ones.",
)
POST_NEW_TOKEN = _rule(
    "post-new-token",
    "POST returns a token that was not used before",
    ("post_method", Strength.MUST, "The answer has the token that the client uses from now on."),
    "Make a random token for every registration; return neither token A nor the client's own.",
)
POST_FETCHES = _rule(
    "post-fetches",
    "The client's versions and details are read during POST",
    ("post_method", Strength.MUST, "The server reads versions and endpoints of the client."),
    "Call the versions URL in the credentials and the details of the version before you answer.",
    versions=_FROM_2_1_1,
)
TOKEN_B_USED = _rule(
    "token-b-used",
    "Requests to the client carry the token of its credentials",
    ("registration", Strength.MUST, "The server uses token B for its requests to the client."),
    "Send the token of the newest credentials of the client, Base64-encoded from 2.2 on.",
    versions=_FROM_2_2,
)
TOKEN_A_DEAD = _rule(
    "token-a-dead",
    "Token A is not accepted after the registration",
    ("registration", Strength.MUST, "Token A is for one registration."),
    "Drop token A when you answer POST; answer requests with it with HTTP 401.",
    versions=_FROM_2_2,
)
TOKEN_A_LIMITED = _rule(
    "token-a-limited",
    "Token A opens versions and credentials only",
    ("registration", Strength.MUST, "Before the registration other endpoints are HTTP 401."),
    "Answer requests with token A at other endpoints with HTTP 401.",
    versions=_FROM_2_2,
)
TOKEN_C_WORKS = _rule(
    "token-c-works",
    "The token that POST or PUT returned opens every module",
    ("registration", Strength.MUST, "The client uses token C for all requests."),
    "Accept the new token from the moment of your answer, at every endpoint.",
    versions=_FROM_2_2,
)
POST_REGISTERED = _rule(
    "post-registered",
    "POST of a registered client is answered with HTTP 405",
    ("post_method", Strength.MUST, "A client that is registered updates with PUT."),
    "Answer with HTTP 405 where the client is registered.",
    versions=_FROM_2_1_1,
)
PUT_UNREGISTERED = _rule(
    "put-unregistered",
    "PUT of an unregistered client is answered with HTTP 405",
    ("put_method", Strength.MUST, "A client that is not registered begins with POST."),
    "Answer with HTTP 405 to a token that only opens the registration.",
    versions=_FROM_2_1_1,
)
DELETE_UNREGISTERED = _rule(
    "delete-unregistered",
    "DELETE of an unregistered client is answered with HTTP 405",
    ("delete_method", Strength.MUST, "What does not exist cannot be ended."),
    "Answer with HTTP 405 to a token that only opens the registration.",
    versions=_FROM_2_1_1,
)
UNREACHABLE_CLIENT = _rule(
    "unreachable-client",
    "A client whose versions cannot be read is refused with status code 3001",
    ("errors_during_registration", Strength.SHOULD, "A client that cannot be called gets 3001."),
    "Read the versions of the client first; where that fails, answer with OCPI 3001.",
    severity=Severity.WARNING,
)
NO_COMMON_VERSION = _rule(
    "no-common-version",
    "A client without a version in common is refused with status code 3002",
    ("errors_during_registration", Strength.SHOULD, "Without a common version the code is 3002."),
    "Compare the versions of the client with your own; answer with OCPI 3002 without a common one.",
    severity=Severity.WARNING,
)
PUT_UPDATES = _rule(
    "put",
    "PUT of a registered client returns credentials",
    ("put_method", Strength.MUST, "PUT replaces the credentials of both sides."),
    "Store the new credentials of the client and return new ones.",
)
PUT_NEW_TOKEN = _rule(
    "put-new-token",
    "PUT returns a new token",
    ("put_method", Strength.MUST, "Credentials in the answer have a new token."),
    "Make another token with every PUT.",
)
PUT_OLD_TOKEN_DEAD = _rule(
    "put-old-token-dead",
    "The old token is not accepted after PUT",
    (
        "updating_the_credentials_and_resetting_the_token",
        Strength.MUST,
        "PUT makes the token invalid that was valid before.",
    ),
    "Drop the old token when the new one is stored; answer requests with it with HTTP 401.",
    versions=_FROM_2_2,
)
PUT_FETCHES = _rule(
    "put-fetches",
    "The client's versions and details are read again during PUT",
    ("put_method", Strength.MUST, "The server reads the endpoints of the client again."),
    "Call the versions URL in the credentials and the details again with every PUT.",
    versions=_FROM_2_1_1,
)
PUT_FAILURE = _rule(
    "put-failure",
    "A PUT that fails leaves the token valid",
    (
        "errors_during_registration",
        Strength.MUST,
        "After a failed update the credentials of before hold.",
    ),
    "Replace tokens only after everything else has succeeded.",
    versions=_FROM_2_2,
)
DELETE_ENDS = _rule(
    "delete",
    "DELETE ends the registration",
    ("delete_method", Strength.MUST, "After DELETE the credentials hold no more."),
    "Drop the token when you answer DELETE; answer requests with it with HTTP 401.",
)
GET = _rule(
    "get",
    "GET returns the credentials of the server",
    ("get_method", Strength.MUST, "GET returns the credentials by which the server is reached."),
    "Answer GET of a registered client with the credentials that you gave it.",
    needs=Needs.READ,
)
GET_OWN_TOKEN = _rule(
    "get-own-token",
    "The token in the answer to GET is the one that the client uses",
    ("get_method", Strength.MUST, "The credentials are those with which the client calls."),
    "Return the credentials that the client got at its last POST or PUT.",
    needs=Needs.READ,
)
URL = _rule(
    "url",
    "url of the credentials is the versions URL",
    ("credentials_object", Strength.MUST, "url leads to the list of versions."),
    "Return the URL of the list of versions, not that of details or of the platform.",
    needs=Needs.READ,
)
ROLES_UNIQUE = _rule(
    "roles-unique",
    "Role, country_code and party_id are listed together once",
    ("credentials_object", Strength.MUST, "Each role of each party is listed once."),
    "Leave out roles that are listed already.",
    versions=_FROM_2_2,
    needs=Needs.READ,
)
MISSING_ENDPOINTS = _rule(
    "missing-endpoints",
    "A client is refused with status code 3003 where endpoints are missing",
    (
        "post_method",
        Strength.MUST,
        "3003: endpoints that the server expects are missing at the client.",
    ),
    "Answer with OCPI 3003 where the client lists no endpoint that you need.",
    versions=_FROM_2_2,
)
