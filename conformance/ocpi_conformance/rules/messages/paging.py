"""Rules about lists that come in pages."""

from ocpi_conformance.exchanges.checked import CheckedExchange, Outcome
from ocpi_conformance.rules._fault import ExchangeRule, Fault
from ocpi_conformance.rules._rule import Clause, Rule, Severity, Strength
from ocpi_runtime.paging import parse_link

_TRANSPORT = "transport_and_format.asciidoc#transport_and_format_"
_WITH_DATES = frozenset({"2.1.1", "2.2", "2.2.1", "2.3.0"})
_PAGES = f"{_TRANSPORT}paginated_response"
_REQUEST = f"{_TRANSPORT}paginated_request"
_ABSOLUTE = ("http://", "https://")

LINK_ABSOLUTE = Rule(
    "paging.link-absolute",
    "Link leads to the next page by an absolute URL",
    Severity.ERROR,
    Clause(_PAGES, Strength.MUST, 'Link has the URL of the next page, with rel="next".'),
    'Send Link: <https://example.com/ocpi/...>; rel="next".',
)
LINK_SAME_HOST = Rule(
    "paging.link-same-host",
    "Link leads to the host of the list",
    Severity.ERROR,
    Clause(_PAGES, Strength.MUST, "The next page belongs to the list that was asked for."),
    "Build Link from the endpoint URL that version details publish, also behind a proxy.",
)
LINK_ANSWERS = Rule(
    "paging.link-answers",
    "The page that Link leads to can be read",
    Severity.ERROR,
    Clause(_PAGES, Strength.MUST, "Link has the URL of the next page."),
    "Build Link from the endpoint URL and the parameters as clients send them, and call it once.",
)
SIZE = Rule(
    "paging.size",
    "A page has no more objects than X-Limit",
    Severity.ERROR,
    Clause(_PAGES, Strength.MUST, "X-Limit is the most objects that a page can have."),
    "Cut pages at the limit that you send.",
)
NO_LOOP = Rule(
    "paging.no-loop",
    "Link never leads to a page that was read before",
    Severity.ERROR,
    Clause(_PAGES, Strength.MUST, "The last page has no Link, and each Link leads on."),
    "Raise the offset in Link by the number of objects on the page; leave it out at the end.",
)
NO_DUPLICATES = Rule(
    "paging.no-duplicates",
    "No object comes twice in a list",
    Severity.ERROR,
    Clause(_PAGES, Strength.MUST, "The order of objects does not change while pages are read."),
    "Sort by the time of creation, and then by id.",
)
TOTAL_CONSTANT = Rule(
    "paging.total-constant",
    "X-Total-Count is the same on all pages of a list that does not change",
    Severity.ERROR,
    Clause(_PAGES, Strength.MUST, "X-Total-Count counts the objects that match the query."),
    "Count all objects that match the filters, without limit and offset.",
)
TOTAL_READ = Rule(
    "paging.total-read",
    "As many objects can be read as X-Total-Count says",
    Severity.ERROR,
    Clause(_PAGES, Strength.MUST, "X-Total-Count counts the objects that match the query."),
    "Count all objects that match the filters, without limit and offset, and list all of them.",
)
DATE_FILTERS = Rule(
    "paging.date-filters",
    "date_from and date_to choose objects by last_updated, from included and to excluded",
    Severity.ERROR,
    Clause(_REQUEST, Strength.MUST, "date_from is inclusive, date_to is exclusive."),
    "Compare last_updated >= date_from and last_updated < date_to.",
    versions=_WITH_DATES,
)
LIMIT = Rule(
    "paging.limit",
    "A page has no more objects than limit asks for",
    Severity.ERROR,
    Clause(_REQUEST, Strength.MUST, "limit is the most objects that the client wants."),
    "Cut pages at the smaller of limit and your own bound.",
)
LINK_KEEPS_FILTERS = Rule(
    "paging.link-keeps-filters",
    "Link keeps the filters of the first request",
    Severity.ERROR,
    Clause(_PAGES, Strength.SHOULD, "Link has the filters of the request."),
    "Copy date_from and date_to into Link.",
    versions=_WITH_DATES,
)
OFFSET = Rule(
    "paging.offset",
    "offset leaves out the first objects",
    Severity.ERROR,
    Clause(_REQUEST, Strength.MUST, "offset is the number of the first object, from 0."),
    "Skip as many objects as offset says; return an empty list behind the last one.",
)
ODD_NUMBERS = Rule(
    "paging.odd-numbers",
    "A limit or offset that is odd is answered below HTTP 500",
    Severity.ERROR,
    Clause(_REQUEST, Strength.MUST, "limit and offset are whole numbers."),
    "Refuse what is no number from 0 on with OCPI 2001; bound what is too large.",
)
ORDER_STABLE = Rule(
    "paging.order-stable",
    "The same request returns the same page",
    Severity.ERROR,
    Clause(_PAGES, Strength.MUST, "Calls to the same URL return the same objects."),
    "Sort by the time of creation, and then by id.",
)
TOTAL_FILTERED = Rule(
    "paging.total-filtered",
    "X-Total-Count counts what the filters leave",
    Severity.ERROR,
    Clause(_PAGES, Strength.MUST, "X-Total-Count counts the objects that match the query."),
    "Count with the same filters as the list is made with.",
    versions=_WITH_DATES,
)


def _link_absolute(checked: CheckedExchange) -> list[Fault] | None:
    link = checked.exchange.answer.headers.get("link")
    if not link or not link.strip() or not _is_page(checked):
        return None  # an empty header names no page, as one that is missing
    next_page = parse_link(link)
    if (next_page or "").startswith(_ABSOLUTE):
        return []
    reason = "its URL is not absolute" if next_page else "no next page can be read from it"
    wanted = 'Link: <absolute URL>; rel="next"'
    return [Fault(LINK_ABSOLUTE, wanted, f"Link: {link} ({reason})", reason)]


def _size(checked: CheckedExchange) -> list[Fault] | None:
    data = (checked.envelope or {}).get("data")
    limit = checked.exchange.answer.headers.get("x-limit", "")
    if not _is_page(checked) or not isinstance(data, list) or not limit.isdecimal():
        return None
    if len(data) <= int(limit):
        return []
    return [Fault(SIZE, f"at most X-Limit: {limit} objects", f"{len(data)} objects")]


def _is_page(checked: CheckedExchange) -> bool:
    return checked.operation.paged and checked.outcome is Outcome.ACCEPTED


EXCHANGE_RULES = (
    ExchangeRule(LINK_ABSOLUTE, _link_absolute, lambda one: one.paged),
    ExchangeRule(SIZE, _size, lambda one: one.paged),
)
