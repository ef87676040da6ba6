"""Rules about how a client reads lists, and what it does about errors."""

from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength

_TRANSPORT = "transport_and_format.asciidoc#transport_and_format_"
_PAGING = f"{_TRANSPORT}pagination"
_STATUS = "status_codes.asciidoc#status_codes_status_codes"

LINK_VERBATIM = Rule(
    "client.link-verbatim",
    "The next page is fetched by the URL of the Link, unchanged",
    Severity.ERROR,
    Clause(_PAGING, Strength.MUST, "The Link header has the URL of the next page."),
    "Call the URL of the Link as it is, with all of its parameters.",
)
PAGES_COMPLETE = Rule(
    "client.pages-complete",
    "A list that was begun is read up to its last page",
    Severity.WARNING,
    Clause(_PAGING, Strength.SHOULD, "A list ends with the page that has no Link."),
    "Go on until a page has no Link; report what cannot be read, and read on.",
)
NO_LOOP = Rule(
    "client.no-loop",
    "A client leaves a loop of pages",
    Severity.ERROR,
    Clause(
        _PAGING,
        Strength.SHOULD,
        "A Link that leads back is a fault of the server; a client ends it.",
    ),
    "Remember the URLs of a crawl, and stop where one comes again.",
)
PAGE_QUERY = Rule(
    "client.page-query",
    "Parameters of lists are valid",
    Severity.ERROR,
    Clause(_PAGING, Strength.MUST, "limit and offset are whole numbers, dates are DateTimes."),
    "Send limit above 0, offset from 0 on, and dates such as 2026-01-31T10:00:00Z.",
)
RETRY_AFTER = Rule(
    "client.retry-after",
    "A client waits as long as Retry-After demands",
    Severity.ERROR,
    Clause(_STATUS, Strength.SHOULD, "429 and 503 may name the seconds to wait."),
    "Read Retry-After, and send the request again after that time.",
)
NO_RETRY_STORM = Rule(
    "client.no-retry-storm",
    "A client does not repeat a failed request more than a few times",
    Severity.ERROR,
    Clause(_STATUS, Strength.SHOULD, "A server that fails is not helped by more requests."),
    "Repeat at most some times, each time later than before.",
)
NO_WRITE_TWICE = Rule(
    "client.no-write-twice",
    "A POST is not repeated blindly",
    Severity.ERROR,
    Clause(_STATUS, Strength.SHOULD, "A POST that got no answer may have been carried out."),
    "Repeat GET, PUT and DELETE alone; look whether a POST had its effect.",
)
GOES_ON = Rule(
    "client.goes-on",
    "A client goes on after an answer that was wrong",
    Severity.WARNING,
    Clause(_STATUS, Strength.SHOULD, "One wrong answer does not end the work with a party."),
    "Report the answer, and send the next request as planned.",
)
BOUNDED_BODY = Rule(
    "client.bounded-body",
    "A client ends answers that grow without bound",
    Severity.ERROR,
    Clause(_STATUS, Strength.SHOULD, "A client takes only so much of an answer."),
    "Set a limit to the size of an answer, and close the connection beyond it.",
)
BOUNDED_TIME = Rule(
    "client.bounded-time",
    "A client ends requests that are not answered",
    Severity.ERROR,
    Clause(_STATUS, Strength.SHOULD, "A client waits only so long for an answer."),
    "Set a time limit for silence and one for the whole exchange.",
)
WAITS = Rule(
    "client.waits",
    "A client waits some seconds for an answer",
    Severity.WARNING,
    Clause(_STATUS, Strength.SHOULD, "An answer may take a moment."),
    "Wait at least some seconds before the request is ended.",
)
REDIRECT_BOUNDED = Rule(
    "client.redirect-bounded",
    "A client follows a few redirects and no loop of them",
    Severity.ERROR,
    Clause(
        _STATUS, Strength.SHOULD, "A loop of redirects is a fault of the server; a client ends it."
    ),
    "Follow at most some redirects of one request.",
)
