"""A breach of a rule, and the functions that look for one in a single exchange."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.exchanges.checked import CheckedExchange
from ocpi_conformance.rules._rule import Rule, Severity

__all__ = ["ExchangeRule", "Fault", "shape"]

_MESSAGE = re.compile(r" \([^()]*\)(?=$|;)")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_URL = re.compile(r"https?://\S+")
_STATUS = re.compile(r"(?<!HTTP )(?<!OCPI )(?<!status_code )\b\d[\d.,:TZ+-]*")
_ID = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a rule is broken.

    Attributes:
        rule: The rule.
        expected: What would have been right.
        got: What came instead.
        cause: The shape of the fault without values; by default made of what came.
        pointer: JSON pointer to the place in the body; empty where there is none.
        lighter: The severity of this breach where it is another one than the rule's.
        repair: What of the dialect of the party makes up for it; empty where nothing does.
    """

    rule: Rule
    expected: str
    got: str
    cause: str = ""
    pointer: str = ""
    lighter: Severity | None = None
    repair: str = ""

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.lighter or self.rule.severity

    @property
    def shape(self) -> str:
        """What is the same whenever the same is wrong."""
        return self.cause or shape(self.got)


def shape(text: str) -> str:
    """Return a description of a fault without its values: names, numbers, URLs, messages.

    Statuses stay: a different one has a different cause.
    """
    for pattern in (_MESSAGE, _ID, _URL, _QUOTED, _STATUS):
        text = pattern.sub("" if pattern is _MESSAGE else "…", text)
    return text


Judge = Callable[[CheckedExchange], Iterable[Fault] | None]
"""Gets an exchange; returns what is wrong, or None where the rule says nothing about it."""


def _every(_operation: Operation) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class ExchangeRule:
    """A rule that looks at one exchange alone.

    Attributes:
        rule: The rule.
        judge: Applies it.
        about: Whether it may have to do with an operation; by default with all.
    """

    rule: Rule
    judge: Judge
    about: Callable[[Operation], bool] = _every
