"""What has changed in the specification since it was read: from a clone, without a network."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ocpi_audit._facts import ABSENT, Fact, Facts
from ocpi_audit._profiles import Profile, WrongUsage
from ocpi_audit._repository import committed_at, has_commit, newest_revision, open_commit, run_git
from ocpi_audit._run import AuditRequest, specification_facts

__all__ = ["ChangedFact", "Since", "UnreadRef", "VersionChanges", "changes_since"]

_PULLS: Final = "refs/pull/"
_KINDS: Final = (("refs/heads/", "branch"), ("refs/remotes/", "branch"), ("refs/tags/", "tag"))


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """A fact that the newest text states otherwise than the one that was read.

    Attributes:
        subject: What it is about.
        aspect: What of it.
        before: What the text said, or ``nothing``.
        after: What it says now, or ``nothing``.
        file: The chapter.
        line: The line in it, counted from 1.
    """

    subject: str
    aspect: str
    before: str
    after: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class VersionChanges:
    """What has changed in the text of one version, extension or edition.

    Attributes:
        name: The version, as ``--version`` names it.
        branch: The branch that was read.
        read: The commit that was read, shortened.
        newest: The newest commit of the branch, shortened.
        commits: How many commits lie between.
        chapters: The chapters that changed, added and removed ones included.
        facts: What they state otherwise.
    """

    name: str
    branch: str
    read: str
    newest: str
    commits: int
    chapters: tuple[str, ...]
    facts: tuple[ChangedFact, ...]


@dataclass(frozen=True, slots=True)
class UnreadRef:
    """A branch, tag or pull request with text that was not read.

    Attributes:
        kind: ``branch``, ``tag`` or ``pull request``.
        name: Its name or number.
        commit: Its commit, shortened.
        date: When that was made.
        chapters: The chapters that it changes in what was read.
    """

    kind: str
    name: str
    commit: str
    date: str
    chapters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """All that has changed.

    Attributes:
        since: The date from which on branches, tags and pull requests count as new.
        versions: The changes of each version.
        refs: Branches, tags and pull requests that nobody has read, the newest first.
    """

    since: str
    versions: tuple[VersionChanges, ...]
    refs: tuple[UnreadRef, ...]


def changes_since(
    request: AuditRequest, profiles: Sequence[Profile], root: Path, commit: str | None
) -> Since:
    """Find what has changed since a commit, or since what the documents name.

    Args:
        request: Where the clone is.
        profiles: The versions to look at.
        root: The folder of the documents.
        commit: The commit; None for the one that each version.toml names.

    Raises:
        WrongUsage: It is no clone, or lacks a commit.
    """
    clone = request.specification
    read = {each.name: commit or _named_commit(root, each) for each in profiles}
    for name, known in read.items():
        if not has_commit(clone, known):
            raise WrongUsage(f"{clone} lacks the commit {known} of {name}; fetch it.")
    versions = tuple(_version(request, each, read[each.name]) for each in profiles)
    oldest = min(committed_at(clone, each) for each in read.values())
    newest = [newest_revision(clone, each) for each in profiles]
    suffixes = tuple({each.dialect.suffix for each in profiles})
    refs = _unread(clone, [*read.values(), *newest], oldest, suffixes)
    return Since(_day(oldest), versions, tuple(refs))


def _named_commit(root: Path, profile: Profile) -> str:
    """Return the commit that the documents name for a version, extension or edition.

    Raises:
        WrongUsage: They name none.
    """
    folder = root / profile.version
    edition = folder / "editions" / profile.edition / "edition.toml"
    file = edition if profile.edition else folder / "version.toml"
    try:
        table: Mapping[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        if profile.extension and not profile.edition:
            table = table["modules"][profile.extension]
        return str(table["commit"])
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise WrongUsage(f"{file} names no commit of {profile.name}: {error!r}") from error


def _version(request: AuditRequest, profile: Profile, read: str) -> VersionChanges:
    clone, branch = request.specification, newest_revision(request.specification, profile)
    below = profile.folder or "."
    # To find renames git reads texts, which a clone may lack.
    names = run_git(
        clone, "diff", "--name-only", "--no-renames", read, branch, "--", below
    ).splitlines()
    chapters = tuple(each for each in names if each.endswith(profile.dialect.suffix))
    facts: tuple[ChangedFact, ...] = ()
    if chapters:
        before = specification_facts(request, profile, open_commit(clone, read, profile))
        after = specification_facts(request, profile, open_commit(clone, branch, profile))
        facts = tuple(_changed(before, after))
    return VersionChanges(
        profile.name,
        branch,
        _short(clone, read),
        _short(clone, branch),
        int(run_git(clone, "rev-list", "--count", f"{read}..{branch}")),
        chapters,
        facts,
    )


def _changed(before: Facts, after: Facts) -> Iterator[ChangedFact]:
    for subject, aspect in sorted(before.keys() | after.keys()):
        old, new = before.get(subject, aspect), after.get(subject, aspect)
        if old is not None and new is not None and old.agrees(new):
            continue
        before_value, after_value = (each.value if each else ABSENT for each in (old, new))
        yield ChangedFact(subject, aspect, before_value, after_value, *_place(new or old))


def _place(fact: Fact | None) -> tuple[str, int]:
    return ("", 0) if fact is None else (fact.place.document, fact.place.line)


def _unread(
    clone: Path, read: Iterable[str], oldest: int, suffixes: tuple[str, ...]
) -> list[UnreadRef]:
    """List what is newer than a date and not part of what was read or is the newest text."""
    known = [f"^{each}" for each in dict.fromkeys(read)]
    found, seen = [], set()
    for line in run_git(
        clone,
        "for-each-ref",
        "--sort=-creatordate",
        "--format=%(objectname) %(*objectname) %(refname)",
    ).splitlines():
        tagged, name = line.rsplit(" ", 1)
        commit = tagged.split()[-1]
        kind, short = _kind(name)
        if not kind or (commit, kind) in seen or not has_commit(clone, commit):
            continue
        seen.add((commit, kind))
        date = committed_at(clone, commit)
        if date < oldest or run_git(clone, "rev-list", "--count", commit, *known).strip() == "0":
            continue
        chapters = _chapters(clone, commit, read, suffixes)
        if chapters:
            found.append(UnreadRef(kind, short, _short(clone, commit), _day(date), chapters))
    return found


def _kind(name: str) -> tuple[str, str]:
    """Return what a reference is, and its short name; nothing for what is passed over."""
    if name.startswith(_PULLS) and name.endswith("/head"):
        return "pull request", name.removeprefix(_PULLS).removesuffix("/head")
    for prefix, kind in _KINDS:
        if name.startswith(prefix) and not name.endswith("/HEAD"):
            return kind, name.removeprefix(prefix)
    return "", ""


def _chapters(
    clone: Path, commit: str, read: Iterable[str], suffixes: tuple[str, ...]
) -> tuple[str, ...]:
    """List the chapters that a commit changes, from where it left the nearest text."""
    best: tuple[str, ...] | None = None
    for each in dict.fromkeys(read):
        try:
            base = run_git(clone, "merge-base", each, commit).strip()
        except WrongUsage:
            continue
        names = run_git(clone, "diff", "--name-only", "--no-renames", base, commit).splitlines()
        chapters = tuple(name for name in names if name.endswith(suffixes))
        best = chapters if best is None or len(chapters) < len(best) else best
    return best or ()


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _short(clone: Path, commit: str) -> str:
    return run_git(clone, "rev-parse", "--short", f"{commit}^{{commit}}").strip()
