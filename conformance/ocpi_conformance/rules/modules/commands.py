"""Rules about requests whose result comes later: commands and charging profiles."""

from ocpi_conformance.rules._rule import Clause, Needs, Rule, Severity, Strength

_FLOW = "mod_commands.asciidoc#mod_commands_flow"
_RESULT = "mod_commands.asciidoc#mod_commands_msp_post_method"
_MODULES = frozenset({"commands", "chargingprofiles"})

ONE_RESULT = Rule(
    "commands.one-result",
    "One result comes to a request that was accepted",
    Severity.ERROR,
    Clause(_FLOW, Strength.MUST, "The result is sent once."),
    "Send the result once; send it again only where it was not answered.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
NO_RESULT_IF_REFUSED = Rule(
    "commands.no-result-if-refused",
    "No result comes to a request that was not accepted",
    Severity.WARNING,
    Clause(_FLOW, Strength.SHOULD, "A result follows a request that was accepted."),
    "Send no result after another answer than ACCEPTED.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
RESULT_ARRIVES = Rule(
    "commands.result-arrives",
    "The result of an accepted request comes in time",
    Severity.ERROR,
    Clause(_FLOW, Strength.MUST, "The result is posted to response_url within the timeout."),
    "Post the result to response_url as it was sent, at the latest when the timeout is over.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
RESULT_HEADERS = Rule(
    "commands.result-headers",
    "A result has the headers of a request",
    Severity.ERROR,
    Clause(_RESULT, Strength.MUST, "A result is a request like others."),
    "Send Authorization, Content-Type, the ids and the routing headers with results.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
RESULT_VALID = Rule(
    "commands.result-valid",
    "A result is a POST of the class of results",
    Severity.ERROR,
    Clause(_RESULT, Strength.MUST, "The body is the result as an object of its class."),
    "Post a JSON object with a result of the enumeration.",
    modules=_MODULES,
    needs=Needs.WRITE,
)
