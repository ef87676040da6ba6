"""Rules about what a client writes: objects, CDRs, commands and their results."""

from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

_TRANSPORT = "transport_and_format.asciidoc#transport_and_format_"
_PATCH = f"{_TRANSPORT}patch"
_PUSH = f"{_TRANSPORT}client_owned_object_push"
_CDRS = "mod_cdrs.asciidoc#mod_cdrs_post_method"
_COMMANDS = "mod_commands.asciidoc#mod_commands_flow"
_WITH_CHANGES = frozenset({"2.1.1", "2.2", "2.2.1", "2.3.0"})

BODY_VALID = Rule(
    "client.body-valid",
    "Bodies are valid objects of their class",
    Severity.ERROR,
    Clause("", Strength.MUST, "A body is an object of the class of its operation."),
    "Correct the fields that are named, and validate before sending: ocpi validate.",
)
PATH_VALID = Rule(
    "client.path-valid",
    "Ids in URLs are valid",
    Severity.ERROR,
    Clause(
        "",
        Strength.MUST,
        "The parameters of a path have the types and lengths of the specification.",
    ),
    "Encode ids, and keep to their lengths.",
)
CONTENT_TYPE = Rule(
    "client.content-type",
    "Bodies are declared as application/json",
    Severity.ERROR,
    Clause(
        f"{_TRANSPORT}json_http_implementation_guide",
        Strength.MUST,
        "Requests with a body have the type JSON.",
    ),
    "Send Content-Type: application/json.",
)
IDS_AGREE = Rule(
    "client.ids-agree",
    "Ids in the body are those of the URL",
    Severity.ERROR,
    Clause(_PUSH, Strength.MUST, "The URL names the object that is in the body."),
    "Build the URL from the object that is sent.",
)
OWN_OBJECTS = Rule(
    "client.own-objects",
    "A client pushes objects of its own parties alone",
    Severity.ERROR,
    Clause(_PUSH, Strength.MUST, "Country code and party id in the URL are those of the client."),
    "Use the party that is registered in the credentials.",
)
PATCH_LAST_UPDATED = Rule(
    "client.patch-last-updated",
    "A PATCH has last_updated",
    Severity.ERROR,
    Clause(_PATCH, Strength.MUST, "A PATCH has to have the field last_updated."),
    "Send the new last_updated with every PATCH.",
    versions=_WITH_CHANGES,
)
PUT_FIRST = Rule(
    "client.put-first",
    "An object is PUT before it is patched",
    Severity.ERROR,
    Clause(_PUSH, Strength.SHOULD, "PATCH changes an object that the receiver has."),
    "PUT the whole object first, and again when a PATCH is answered with unknown object.",
)
CHANGES_FORWARD = Rule(
    "client.changes-forward",
    "last_updated does not go back from one push to the next",
    Severity.ERROR,
    Clause(_PUSH, Strength.SHOULD, "last_updated is the time of the last change."),
    "Send changes in their order, and set last_updated with each.",
)
CDR_ONCE = Rule(
    "client.cdr-once",
    "A CDR is posted once",
    Severity.ERROR,
    Clause(_CDRS, Strength.MUST, "A CDR does not change once it was sent."),
    "Remember which CDRs were answered with success; send a credit CDR to take one back.",
)
RESPONSE_URL = Rule(
    "client.response-url",
    "response_url is an absolute URL, another one for each command",
    Severity.ERROR,
    Clause(
        _COMMANDS, Strength.MUST, "The result is sent to response_url, which leads to one command."
    ),
    "Make a URL of the own commands endpoint with a new id at its end.",
)
COMMAND_ONCE = Rule(
    "client.command-once",
    "A command is not sent again before its time has passed",
    Severity.WARNING,
    Clause(
        _COMMANDS,
        Strength.SHOULD,
        "The result of a command comes within the timeout of its answer.",
    ),
    "Wait for the result until the timeout.",
)
RESULT_TAKEN = Rule(
    "client.result-taken",
    "Results of commands are answered with success",
    Severity.ERROR,
    Clause(_COMMANDS, Strength.MUST, "The sender of a command serves response_url."),
    "Serve response_url, and answer with 1000 in an envelope.",
)
REPEATED_RESULT_TAKEN = Rule(
    "client.repeated-result-taken",
    "A result that comes twice, or late, does no harm",
    Severity.ERROR,
    Clause(_COMMANDS, Strength.SHOULD, "A result may come again where its answer was lost."),
    "Answer it as the first one, or with a 2xxx status; not with HTTP 5xx.",
)
FORGED_RESULT_REFUSED = Rule(
    "client.forged-result-refused",
    "A result with a wrong token is refused with 401",
    Severity.ERROR,
    Clause(_COMMANDS, Strength.MUST, "response_url demands the token as every endpoint does."),
    "Check the token at response_url too.",
)
COMMAND_ANSWERED = Rule(
    "client.command-answered",
    "A command is answered with a CommandResponse",
    Severity.ERROR,
    Clause(
        _COMMANDS,
        Strength.MUST,
        "The answer states if the command is accepted, and how long to wait.",
    ),
    "Answer at once with result and timeout; send the result later.",
)
RESULT_SENT = Rule(
    "client.result-sent",
    "An accepted command has its result, in time",
    Severity.ERROR,
    Clause(
        _COMMANDS,
        Strength.MUST,
        "After ACCEPTED a result is sent to response_url within the timeout.",
    ),
    "Send the result; TIMEOUT where the charge point is silent.",
)
RESULT_SENT_ONCE = Rule(
    "client.result-sent-once",
    "A command has one result",
    Severity.ERROR,
    Clause(_COMMANDS, Strength.MUST, "One result follows."),
    "Send the result once; again only where it was not answered.",
)
