"""Showing a diff: as text, Markdown or JSON."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from itertools import groupby
from typing import Final

from ocpi_generator.diff._changes import Change
from ocpi_generator.diff._compare import Diff

__all__ = ["FORMATS", "as_json", "as_markdown", "as_text"]

_VALUES: Final = {"value-added": "added", "value-removed": "removed"}


def as_json(diff: Diff) -> str:
    """Return everything as one JSON object."""
    return json.dumps(asdict(diff), indent=2, ensure_ascii=False) + "\n"


def as_text(diff: Diff) -> str:
    """Return a line for each change, below its module."""
    lines = [_summary(diff)]
    for module, changes in diff.by_module().items():
        lines += ["", module]
        lines += [f"  {one.subject}: {one.text} [{_mark(one)}]" for one in _merged(changes)]
    return "\n".join(lines) + "\n"


def as_markdown(diff: Diff) -> str:
    """Return a table for each module."""
    lines = [f"# {_title(diff)}", "", _counts(diff) + "."]
    for module, changes in diff.by_module().items():
        lines += ["", f"## {module}", "", "| what | change | breaks |", "|---|---|---|"]
        lines += [
            f"| `{_cell(one.subject)}` | {_cell(_escaped(one.text))} | {_side(one)} |"
            for one in _merged(changes)
        ]
    return "\n".join(lines) + "\n"


FORMATS: Final[dict[str, Callable[[Diff], str]]] = {
    "text": as_text,
    "md": as_markdown,
    "json": as_json,
}


def _title(diff: Diff) -> str:
    of = f", module {diff.module}" if diff.module else ""
    return f"From {diff.old} to {diff.new}{of}"


def _counts(diff: Diff) -> str:
    if not diff.changes:
        return "No changes"
    broken = [diff.breaking(interface) for interface in ("sender", "receiver")]
    compatible = sum(not change.breaks for change in diff.changes)
    return (
        f"{_many(len(diff.changes), 'change', 'changes')}: "
        f"{_many(broken[0], 'breaks', 'break')} the sender, "
        f"{_many(broken[1], 'breaks', 'break')} the receiver, "
        f"{_many(compatible, 'is', 'are')} compatible"
    )


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _summary(diff: Diff) -> str:
    return f"{_title(diff)}. {_counts(diff)}."


def _mark(change: Change) -> str:
    return f"breaks {_side(change)}" if change.breaks else "compatible"


def _side(change: Change) -> str:
    return " and ".join(change.breaks)


def _merged(changes: list[Change]) -> Iterator[Change]:
    """Put values of one enumeration on one line, where they are alike otherwise."""
    for key, group in groupby(changes, key=lambda one: (one.subject, one.kind, one.breaks)):
        several = list(group)
        if key[1] in _VALUES and len(several) > 1:
            verb = _VALUES[key[1]]
            texts = [one.text.removeprefix("value ").replace(f" {verb}", "") for one in several]
            yield replace(several[0], text=f"values {', '.join(texts)} {verb}")
        else:
            yield from several


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _escaped(text: str) -> str:
    """Keep Markdown from reading names as emphasis; what is between backticks is code."""
    parts = text.split("`")
    parts[::2] = [
        re.sub(r"([\\_*\[\]])", r"\\\1", part).replace("<", "&lt;") for part in parts[::2]
    ]
    return "`".join(parts)
