"""Findings that are accepted: a file that lists them, each with the reason."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Self

from ocpi_conformance.reports._finding import Finding
from ocpi_conformance.reports._report import Report, Verdict
from ocpi_runtime.failures import CommandFailed, did_you_mean

__all__ = ["Accepted", "Baseline", "BaselineInvalid"]

_ASKED = frozenset({Verdict.PASSED, Verdict.FAILED, Verdict.WARNING})
_KEYS = ("fingerprint", "comment", "rule", "title", "targets")


class BaselineInvalid(CommandFailed):
    """A file is not a baseline."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class Accepted:
    """One finding that is accepted.

    Attributes:
        fingerprint: Of the finding.
        comment: Why it is accepted.
        rule: The id of its rule; without it the finding counts as gone whenever it is not found.
        title: What is wrong, for readers of the file.
        targets: Where it showed.
    """

    fingerprint: str
    comment: str
    rule: str = ""
    title: str = ""
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings that are accepted.

    Attributes:
        entries: By fingerprint.
    """

    entries: Mapping[str, Accepted] = field(default_factory=dict)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read a baseline.

        Raises:
            BaselineInvalid: It cannot be read, or is not a baseline; the message states the reason.
        """
        try:
            data = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise BaselineInvalid(f"{file} cannot be read: {error.strerror}.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BaselineInvalid(f"{file} is not a baseline: {error}.") from None
        unknown = [name for name in data if name != "accepted"]
        entries = data.get("accepted", [])
        if unknown or not isinstance(entries, list):
            name = unknown[0] if unknown else "accepted"
            raise BaselineInvalid(
                f"{file}: {name} is not [[accepted]]; only such tables are allowed."
            )
        found = [_entry(one, f"{file}: entry {at}") for at, one in enumerate(entries, 1)]
        return cls({one.fingerprint: one for one in found})

    def apply(self, report: Report) -> Report:
        """Return a report that states which of its findings are accepted, and which are gone.

        Only what the run could have found is gone: its rule was asked where it had shown.
        """
        found = {one.fingerprint for one in report.findings}
        gone = (
            key for key, one in self.entries.items() if key not in found and _asked(one, report)
        )
        return replace(
            report, accepted=frozenset(found & self.entries.keys()), gone=frozenset(gone)
        )

    def updated(self, report: Report, comment: str) -> "Baseline":
        """Return a baseline that accepts all findings of a report.

        Entries keep their comments; what is gone is left out.
        """
        gone = self.apply(report).gone
        kept = {key: one for key, one in self.entries.items() if key not in gone}
        new = {one.fingerprint: _accepted(one, comment) for one in report.findings}
        return Baseline({**new, **kept})

    def toml(self) -> str:
        """Return it as the text of a file."""
        head = "# Findings that are accepted. Change the comments; each states the reason.\n"
        entries = sorted(self.entries.values(), key=lambda one: (one.rule, one.fingerprint))
        return head + "".join(_text(one) for one in entries)


def _asked(entry: Accepted, report: Report) -> bool:
    if not entry.rule or not report.rules:
        return True
    return any(
        one.rule == entry.rule
        and one.verdict in _ASKED
        and (not entry.targets or one.target in entry.targets)
        for one in report.rules
    )


def _accepted(finding: Finding, comment: str) -> Accepted:
    targets = tuple(sorted({one.target for one in finding.occurrences}))
    return Accepted(finding.fingerprint, comment, finding.rule, finding.title, targets)


def _entry(data: Any, at: str) -> Accepted:
    if not isinstance(data, dict):
        raise BaselineInvalid(f"{at} is {data!r}, not a table.")
    for name in data:
        if name not in _KEYS:
            end = did_you_mean(name, _KEYS) or "."
            raise BaselineInvalid(f"{at}: {name} is not one of {', '.join(_KEYS)}{end}")
    targets = data.get("targets", [])
    if not isinstance(targets, list) or not all(isinstance(one, str) for one in targets):
        raise BaselineInvalid(f"{at}: targets is {targets!r}, not a list of texts.")
    texts = {name: data.get(name, "") for name in _KEYS[:-1]}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise BaselineInvalid(f"{at}: {name} is {value!r}, not a text.")
    for name in ("fingerprint", "comment"):
        if not texts[name].strip():
            raise BaselineInvalid(f"{at} has no {name}.")
    return Accepted(**texts, targets=tuple(targets))


def _text(entry: Accepted) -> str:
    facts = {
        "fingerprint": entry.fingerprint,
        "comment": entry.comment,
        "rule": entry.rule,
        "title": entry.title,
        "targets": [*entry.targets],
    }
    lines = [f"{name} = {_quoted(value)}" for name, value in facts.items() if value]
    return "\n[[accepted]]\n" + "\n".join(lines) + "\n"


def _quoted(value: object) -> str:
    """Write a text or a list of texts; JSON without characters beyond ASCII is TOML too."""
    return json.dumps(value).replace("\x7f", "\\u007f")
