"""Rules about requests beyond all bounds."""

from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

_STATUS = "status_codes.asciidoc#status_codes_status_codes"
_TEXT = "What a server cannot take it refuses; HTTP 5xx says that it failed itself."

BIG_BODY = Rule(
    "limits.big-body",
    "A body of megabytes is refused without HTTP 5xx",
    Severity.ERROR,
    Clause(_STATUS, Strength.SHOULD, _TEXT),
    "Limit the size of bodies, and answer with HTTP 413 and an envelope.",
)
DEEP_JSON = Rule(
    "limits.deep-json",
    "Deeply nested JSON is refused without HTTP 5xx",
    Severity.ERROR,
    Clause(_STATUS, Strength.SHOULD, _TEXT),
    "Limit the depth of JSON, and answer with HTTP 400.",
)
LONG_HEADER = Rule(
    "limits.long-header",
    "A long header is refused or ignored without HTTP 5xx",
    Severity.ERROR,
    Clause(_STATUS, Strength.SHOULD, _TEXT),
    "Answer with HTTP 431, or ignore headers that are not known.",
)
