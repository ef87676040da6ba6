"""What handlers return, checked against the bundle of their operation before it leaves."""

import logging
import re
from collections.abc import Sequence
from typing import Any, Final, get_args, get_origin
from urllib.parse import urlsplit

from ocpi_runtime import codec
from ocpi_runtime._codec.decode import errors_of_text
from ocpi_runtime.errors import GenericServerError, OcpiError, Violation
from ocpi_runtime.operations import Operation
from ocpi_runtime.server._answers._share import Share
from ocpi_runtime.server._answers.results import CheckAnswers, Created, Outcome, Page, PageQuery
from ocpi_runtime.server._stub import Stub
from ocpi_runtime.types import Raw

__all__ = ["AnswerCheck", "AnswerChecks"]

log = logging.getLogger("ocpi_runtime.server")

_DATA: Final = "/data"
_MOST_LOGGED: Final = 5
_MOST: Final = 100
_PLACE = re.compile(r"\$(?P<path>[^:]*): (?P<text>.*)", re.DOTALL)
_URL = re.compile(r"[!-~]+\Z")


class AnswerChecks:
    """The checks of one application.

    Args:
        mode: ``off``, ``log`` or ``fail``.

    Raises:
        ValueError: The mode is none of these.
    """

    def __init__(self, mode: CheckAnswers) -> None:
        if mode not in get_args(CheckAnswers):
            raise ValueError(f"check_answers must be 'off', 'log' or 'fail', not {mode!r}")
        self._mode: CheckAnswers = mode
        self._share = Share() if mode == "log" else None

    def of(self, handler: Stub, operation: Operation) -> "AnswerCheck":
        """Prepare the check of one operation."""
        return AnswerCheck(handler, operation, self._mode, self._share)


class AnswerCheck:
    """The check of what one method of a handler returns.

    Types, counts and locations are looked at in every answer. In the mode ``log`` the content is
    validated as far as the share of the application allows, in the mode ``fail`` always.

    Args:
        handler: Whose method it is.
        operation: The generated record of the operation.
        mode: What happens to a wrong answer.
        share: How much is validated; None for everything.
    """

    def __init__(
        self, handler: Stub, operation: Operation, mode: CheckAnswers, share: Share | None
    ) -> None:
        interface = handler.INTERFACE
        self._name = f"{type(handler).__qualname__}.{operation.id}"
        self._where = f"OCPI {interface.version}, {interface.module} {interface.name}"
        self._mode, self._share = mode, share
        self._kind, self._creates = operation.result, operation.creates
        self._many = get_origin(operation.result) is list
        self._one: type = get_args(operation.result)[0] if self._many else operation.result
        self._right = frozenset({self._one, Raw})
        self._first = 0

    def __call__(self, result: Any, query: PageQuery | None, editions: Sequence[str] = ()) -> None:
        """Check a result; write what is wrong to the log.

        Args:
            result: What the handler returned.
            query: What was asked for, where a page is expected.
            editions: The earlier editions that the partner is on; an object of one is right too.

        Raises:
            GenericServerError: It is wrong and the mode is ``fail``, or it cannot be written.
        """
        share = self._share
        if self._mode == "off" or (
            share is not None and not share.is_open() and self._is_right(result, query)
        ):
            return
        if query is None:
            faults = self._of_result(result, editions)
        elif isinstance(result, Page):
            faults = self._of_page(result, query, editions)
        else:
            raise self._refused([self._wrong_type("", result, "a Page")])
        if faults:
            self._report(faults)

    def _share_is_used_up(self) -> bool:
        return self._share is not None and not self._share.is_open()

    def _is_right(self, result: Any, query: PageQuery | None) -> bool:
        """Return quickly whether the kind of a result, and the length of a page, are right."""
        if query is None:
            return not self._many and type(result) in self._right and self._kind is not None
        return (
            type(result) is Page
            and len(result.items) <= query.limit
            and type(result.total) is int
            and result.total >= 0
            and self._are_right(result.items)
        )

    def _are_right(self, items: Any) -> bool:
        """Return whether all items are of the class that is expected, or all are Raw."""
        kinds = set(map(type, items))
        return len(kinds) < 2 and kinds <= self._right  # noqa: PLR2004 - all of one kind

    def unwritable(self, error: Exception) -> GenericServerError:
        """Log that a result cannot be written as an answer; return what to raise."""
        return self._refused([_unwritable("", error)])

    def _of_result(self, result: Any, editions: Sequence[str]) -> list[Violation]:
        if result is None or isinstance(result, Outcome | Created):
            return self._of_no_data(result)
        if self._kind is None:
            text = f"is {_named(result)}; this operation answers without data, return None"
            return [Violation(_DATA, "type", text)]
        if isinstance(result, Raw) or not self._many:
            wrong = self._wrong_types([result], many=False)
            return wrong or self._content([result], editions, many=False)
        if not isinstance(result, list):
            return [self._wrong_type("", result, f"a list of {self._one.__name__}")]
        return self._wrong_types(result, many=True) or self._content(result, editions, many=True)

    def _of_no_data(self, result: Outcome | Created | None) -> list[Violation]:
        if self._kind is not None:
            return [self._wrong_type("", result, self._due())]
        if isinstance(result, Created) and not _is_url(result.location):
            text = f"is not an absolute http or https URL in ASCII: {result.location!r}"
            return [Violation("header:Location", "format", text)]
        if not self._creates and (result is Outcome.CREATED or isinstance(result, Created)):
            return [self._wrong_type("", result, "None or Outcome.UPDATED")]
        return []

    def _of_page(
        self, page: Page[Any], query: PageQuery, editions: Sequence[str]
    ) -> list[Violation]:
        faults = []
        if len(page.items) > query.limit:
            text = f"has {len(page.items)} items, X-Limit is {query.limit}"
            faults.append(Violation(_DATA, "limit", text))
        if type(page.total) is not int or page.total < 0:
            text = f"must be the number of all objects that match, not {page.total!r}"
            faults.append(Violation("header:X-Total-Count", "type", text))
        wrong = self._wrong_types(page.items, many=True)
        return faults + (wrong or self._content(page.items, editions, many=True))

    def _wrong_types(self, items: Any, *, many: bool) -> list[Violation]:
        """Find items that are neither of the expected class nor Raw, and Raw among models."""
        if self._are_right(items):
            return []
        kinds = set(map(type, items))
        raw = Raw in kinds and not (many and len(kinds) > 1)
        wrong = {
            each for each in kinds if not (issubclass(each, self._one) or (raw and each is Raw))
        }
        if not wrong:
            return []
        due = (
            self._due()
            if raw or Raw not in kinds
            else f"{self._one.__name__} as its neighbours are"
        )
        places = ((f"/{index}" if many else "", item) for index, item in enumerate(items))
        found = [
            self._wrong_type(place, item, due) for place, item in places if type(item) in wrong
        ]
        return found[:_MOST]

    def _content(self, items: Any, editions: Sequence[str], *, many: bool) -> list[Violation]:
        """Validate items, each time from another one on where the share ends before they do."""
        faults: list[Violation] = []
        count, first = len(items), self._first
        for step in range(count):
            if self._share_is_used_up() or len(faults) >= _MOST:
                break
            index = (first + step) % count
            faults += self._of_item(f"/{index}" if many else "", items[index], editions)
            self._first = index + 1
        return faults

    def _of_item(self, place: str, item: Any, editions: Sequence[str]) -> list[Violation]:
        kind = self._kind if self._many and isinstance(item, Raw) and not place else self._one
        try:
            text = codec.encode(item)
            if self._share is not None and not self._share.take(len(text)):
                return []
            found = errors_of_text(text, kind)
            if found and any(_is_valid_in(edition, text, kind) for edition in editions):
                return []
        except (TypeError, ValueError, OcpiError) as error:
            raise self._refused([_unwritable(place, error)]) from error
        return [
            Violation(f"{_DATA}{place}{each.pointer}", each.code, each.message) for each in found
        ]

    def _due(self) -> str:
        name = self._one.__name__
        return f"a list of {name} or Raw" if self._many else f"{name} or Raw"

    def _wrong_type(self, place: str, value: Any, due: str) -> Violation:
        return Violation(_DATA + place, "type", f"is {_named(value)}; return {due}")

    def _report(self, faults: list[Violation]) -> None:
        if self._mode == "fail":
            raise self._refused(faults)
        self._log(faults)

    def _refused(self, faults: list[Violation]) -> GenericServerError:
        self._log(faults)
        text = "The answer does not conform to OCPI and was not sent."
        return GenericServerError(text, http_status=500)

    def _log(self, faults: list[Violation]) -> None:
        lines = [f"{each.pointer} {each.message}" for each in faults[:_MOST_LOGGED]]
        if len(faults) > _MOST_LOGGED:
            lines.append(f"and {len(faults) - _MOST_LOGGED} more")
        text = "%s (%s) returned what OCPI does not allow: %s"
        log.warning(text, self._name, self._where, "; ".join(lines))


def _named(value: Any) -> str:
    if value is None:
        return "None"
    kind = type(value)
    name = (
        kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    )
    return f"of the type {name}"


def _is_url(text: Any) -> bool:
    if not isinstance(text, str) or not _URL.match(text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _unwritable(place: str, error: Exception) -> Violation:
    """Describe why a value cannot be written, at the place that the codec names, if it does."""
    match = _PLACE.match(str(error))
    if match is None:
        return Violation(_DATA + place, "json", f"cannot be written as JSON: {error}")
    steps = re.sub(r"\.|\[", "/", match["path"]).replace("]", "")
    return Violation(f"{_DATA}{place}{steps}", "json", f"cannot be written: {match['text']}")


def _is_valid_in(edition: str, text: bytes, kind: Any) -> bool:
    """Return whether an object is one of an earlier edition."""
    try:
        return not codec.violations(text, codec.in_edition(kind, edition))
    except (AttributeError, ValueError):  # the edition has no such class
        return False
