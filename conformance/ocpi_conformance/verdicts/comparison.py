"""Whether two JSON values say the same, as far as the specification leaves a choice.

Null, an empty list and nothing at all are one; moments are compared as instants, CiStrings without
case, numbers to four decimals, which is what the specification promises of them.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ocpi_conformance._references import resolved
from ocpi_conformance.rules import Fault, Rule, Severity
from ocpi_runtime.codec import parse_timestamp

__all__ = ["Comparison", "faults_of_differences"]

_PRECISION = Decimal("0.00005")
_RELATIVE = Decimal("1e-12")
_LONGEST = 80
_MOST = 5
_FEW = 3
_NUMBER = re.compile(r"/[0-9]+")
_CUT = ", without its fraction of a second"
_FRACTIONS = "fractions of seconds are lost"


class Comparison:
    """Compares values of the classes of one bundle.

    Args:
        bundle: The OpenAPI document.
    """

    def __init__(self, bundle: Mapping[str, Any]) -> None:
        self._bundle = bundle

    def differences(
        self, schema: Mapping[str, Any], wanted: Any, got: Any, *, part: bool = False
    ) -> list[str]:
        """List where a value is not what it should be, each as pointer and reason.

        Args:
            schema: The class.
            wanted: What was sent.
            got: What came back.
            part: Whether nested objects may hold more than was sent.
        """
        return list(self._values(schema, wanted, got, "", part=part))

    def _values(
        self, schema: Mapping[str, Any], wanted: Any, got: Any, at: str, *, part: bool
    ) -> Iterator[str]:
        schema = resolved(self._bundle, schema)
        if _nothing(wanted) and _nothing(got):
            return
        if isinstance(wanted, dict) and isinstance(got, dict):
            yield from self._objects(schema, wanted, got, at, part=part)
        elif isinstance(wanted, list) and isinstance(got, list):
            yield from self._lists(schema, wanted, got, at, part=part)
        elif not _alike(schema, wanted, got):
            cut = _CUT if _is_cut(schema, wanted, got) else ""
            yield f"{at or '(whole)'}: {_excerpt(wanted)} was sent, {_excerpt(got)} came back{cut}"

    def _objects(
        self,
        schema: Mapping[str, Any],
        wanted: Mapping[str, Any],
        got: Mapping[str, Any],
        at: str,
        *,
        part: bool,
    ) -> Iterator[str]:
        known = schema.get("properties", {})
        for name in dict.fromkeys([*wanted, *got]):
            # What a party adds of its own is legal.
            if name not in wanted and (part or name not in known):
                continue
            place = f"{at}/{name}"
            values = wanted.get(name), got.get(name)
            yield from self._values(known.get(name, {}), *values, place, part=part)

    def _lists(
        self,
        schema: Mapping[str, Any],
        wanted: Sequence[Any],
        got: Sequence[Any],
        at: str,
        *,
        part: bool,
    ) -> Iterator[str]:
        if len(wanted) != len(got):
            yield f"{at}: {len(wanted)} items were sent, {len(got)} came back"
            return
        for number, (one, other) in enumerate(zip(wanted, got, strict=True)):
            place = f"{at}/{number}"
            yield from self._values(schema.get("items", {}), one, other, place, part=part)


def _nothing(value: Any) -> bool:
    return value is None or value == []


def _alike(schema: Mapping[str, Any], wanted: Any, got: Any) -> bool:
    if isinstance(wanted, str) and isinstance(got, str):
        return wanted == got or _same_text(schema, wanted, got)
    if isinstance(wanted, bool) or isinstance(got, bool):
        return wanted is got
    if isinstance(wanted, int | float) and isinstance(got, int | float):
        return _same_number(Decimal(str(wanted)), Decimal(str(got)))
    return False


def _same_text(schema: Mapping[str, Any], wanted: str, got: str) -> bool:
    kind = schema.get("format")
    if kind == "ci-string":
        return wanted.lower() == got.lower()
    if kind != "date-time":
        return False
    # A party may cut fractions of a second to milliseconds.
    return _apart(wanted, got) < 0.001  # noqa: PLR2004


def _is_cut(schema: Mapping[str, Any], wanted: Any, got: Any) -> bool:
    """Return whether nothing but fractions of a second is lost."""
    texts = isinstance(wanted, str) and isinstance(got, str)
    return texts and schema.get("format") == "date-time" and _apart(wanted, got) < 1


def _apart(one: str, other: str) -> float:
    """Return how many seconds are between two moments, in whatever form they are written."""
    try:
        moments = [_moment(text) for text in (one, other)]
    except ValueError:
        return math.inf
    return abs((moments[0] - moments[1]).total_seconds())


def _moment(text: str) -> datetime:
    try:
        return parse_timestamp(text, zoned=True)
    except ValueError:  # another form is what the rule about data finds
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=UTC)


def _same_number(wanted: Decimal, got: Decimal) -> bool:
    return abs(wanted - got) <= max(_PRECISION, abs(wanted) * _RELATIVE)


def _excerpt(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def faults_of_differences(
    rule: Rule, wanted: str, found: Sequence[str], lighter: Severity | None = None
) -> list[Fault]:
    """Return a fault for each way in which values differ; one for all where there are many.

    Args:
        rule: What is broken.
        wanted: What would have been right.
        found: What differs, as :meth:`Comparison.differences` lists it.
        lighter: The severity where it is another one than the rule's.
    """
    ways: dict[str, list[str]] = {}
    for one in found:
        ways.setdefault(_way(one), []).append(one)
    if len(ways) > _FEW:
        ways = {"many properties differ": list(found)}
    return [
        Fault(
            rule,
            wanted,
            "; ".join(ones[:_MOST]),
            way,
            ones[0].partition(":")[0],
            Severity.ADVICE if way == _FRACTIONS else lighter,
        )
        for way, ones in ways.items()
    ]


def _way(difference: str) -> str:
    """Return what is the same whenever a property differs so."""
    pointer, _, what = difference.partition(":")
    if what.endswith(_CUT):
        return _FRACTIONS
    way = "has changed"
    if what.endswith(", nothing came back"):
        way = "is lost"
    elif what.startswith(" nothing was sent"):
        return "what was not sent, or null, came back"
    return f"{_NUMBER.sub('', pointer)} {way}"
