"""Reports of what has changed in the specification: text for people, JSON for programs."""

import json
from collections.abc import Iterator
from dataclasses import asdict

from ocpi_audit._since import Since, UnreadRef, VersionChanges

__all__ = ["has_changes", "since_json", "since_text"]


def since_json(found: Since) -> str:
    """Write the changes as JSON."""
    return json.dumps({"changed": has_changes(found), **asdict(found)}, indent=2) + "\n"


def has_changes(found: Since) -> bool:
    """Return whether the text of any version is newer than what was read."""
    return any(each.chapters for each in found.versions)


def since_text(found: Since) -> str:
    """Write the changes for people."""
    lines = [line for each in found.versions for line in _version_lines(each)]
    lines += ["", f"Not read, since {found.since}:" if found.refs else "Nothing else is new."]
    lines += [f"  {_shown(each)}" for each in found.refs]
    return "\n".join(lines) + "\n"


def _version_lines(changes: VersionChanges) -> Iterator[str]:
    if not changes.chapters:
        yield f"{changes.name}: {changes.branch} has no new text since {changes.read}"
        return
    yield (
        f"{changes.name}: {changes.branch} is at {changes.newest}, {changes.commits} commits after "
        f"{changes.read}; {len(changes.chapters)} chapters changed, {len(changes.facts)} facts"
    )
    for chapter in changes.chapters:
        yield f"  changed  {chapter}"
    for fact in changes.facts:
        yield f"  {fact.subject} {fact.aspect}: {fact.before} -> {fact.after}"
        yield f"      {fact.file}:{fact.line}"


def _shown(ref: UnreadRef) -> str:
    return f"{ref.kind} {ref.name} ({ref.commit}, {ref.date}): {', '.join(ref.chapters)}"
