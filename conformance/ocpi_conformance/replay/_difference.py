"""Where two answers to the same request differ."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ocpi_conformance.exchanges.wire import Answer
from ocpi_runtime.codec import parse_timestamp

__all__ = ["AnswerDifference", "differences"]

_MOST: Final = 20
_INDEX: Final = re.compile(r"/\d+(?=/|$)")
_SHOWN: Final = 200
_ALWAYS: Final = ("/timestamp", "/status_message")
_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class AnswerDifference:
    """One thing that differs.

    Attributes:
        pointer: Where in the body; empty for the HTTP status and for bodies that are not JSON.
        before: What the recorded answer has.
        after: What the new one has.
    """

    pointer: str
    before: str
    after: str

    @property
    def shape(self) -> str:
        """What is the same for all items of a list."""
        where = _INDEX.sub("/*", self.pointer)
        return f"{where} differs" if where else f"{self.before} became {self.after}"


def differences(
    before: Answer, after: Answer, *, origins: tuple[str, str], ignore: Sequence[str] = ()
) -> list[AnswerDifference]:
    """Compare the answers of two parties to one request.

    URLs of one party count as the same below the other. Timestamps of the envelope, messages and
    the order of fields do not count, nor how a number or an instant is written.

    Args:
        before: The recorded answer.
        after: The new one.
        origins: The endpoint URLs of both parties.
        ignore: JSON pointers that do not count; ``*`` stands for any step.
    """
    if before.status != after.status:
        return [AnswerDifference("", f"HTTP {before.status}", f"HTTP {after.status}")]
    old, new = _parsed(before.body), _parsed(after.body)
    if old is _MISSING or new is _MISSING:
        same = before.body == after.body
        return [] if same else [AnswerDifference("", _kind(old), _kind(new))]
    ignored = [_pattern(one) for one in (*_ALWAYS, *ignore)]
    found: list[AnswerDifference] = []
    for one in _compare(old, new, "", origins):
        if any(pattern.match(one.pointer) for pattern in ignored):
            continue
        found.append(one)
        if len(found) == _MOST:
            break
    return found


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return _MISSING


def _kind(value: Any) -> str:
    return "a body that is not JSON" if value is _MISSING else "JSON"


def _pattern(pointer: str) -> re.Pattern[str]:
    steps = (r"[^/]+" if step == "*" else re.escape(step) for step in pointer.split("/"))
    return re.compile("/".join(steps) + r"(/|$)")


def _compare(old: Any, new: Any, at: str, origins: tuple[str, str]) -> Iterator[AnswerDifference]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(name for name in new if name not in old)]:
            place = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
            yield from _compare(old.get(name, _MISSING), new.get(name, _MISSING), place, origins)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield AnswerDifference(at, f"{len(old)} items", f"{len(new)} items")
        for number, (one, other) in enumerate(zip(old, new, strict=False)):
            yield from _compare(one, other, f"{at}/{number}", origins)
    elif not _same(old, new, origins):
        yield AnswerDifference(at, _text(old), _text(new))


def _same(old: Any, new: Any, origins: tuple[str, str]) -> bool:
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    if isinstance(old, str) and isinstance(new, str):
        return (
            old == new
            or old.replace(origins[0], origins[1]) == new
            or _instant(old) == _instant(new)
        )
    return bool(old == new)


def _instant(text: str) -> datetime | str:
    """Return an instant where a text is one, else the text."""
    try:
        return parse_timestamp(text)
    except ValueError:
        return text


def _text(value: Any) -> str:
    return "nothing" if value is _MISSING else json.dumps(value, ensure_ascii=False)[:_SHOWN]
