"""Reads the specification where the user has it: a clone of its repository, or its files."""

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from ocpi_audit._profiles import Profile, WrongUsage

__all__ = [
    "Source",
    "committed_at",
    "forked_from",
    "has_commit",
    "needs_branches",
    "newest_revision",
    "open_commit",
    "open_source",
    "run_git",
]


class Source(ABC):
    """The files of one version.

    Attributes:
        name: What they are called in messages: a branch, or a folder.
        commit: The commit, shortened; nothing for a folder.
    """

    name: str
    commit: str = ""

    @abstractmethod
    def files(self) -> tuple[str, ...]:
        """List all files, by path."""

    @abstractmethod
    def read(self, path: str) -> str:
        """Read a file."""


class _Clone(Source):
    def __init__(self, folder: Path, revision: str, below: str) -> None:
        self.name = revision
        self.commit = run_git(folder, "rev-parse", "--short", revision).strip()
        self._folder, self._below = folder, f"{below}/" if below else ""
        listed = run_git(folder, "ls-tree", "-r", "--name-only", revision, self._below or ".")
        self._files = tuple(line.removeprefix(self._below) for line in listed.splitlines())

    def files(self) -> tuple[str, ...]:
        return self._files

    def read(self, path: str) -> str:
        return run_git(self._folder, "show", f"{self.name}:{self._below}{path}")


class _Folder(Source):
    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self._folder = folder

    def files(self) -> tuple[str, ...]:
        found = (path for path in self._folder.rglob("*") if path.is_file())
        return tuple(sorted(path.relative_to(self._folder).as_posix() for path in found))

    def read(self, path: str) -> str:
        return (self._folder / path).read_text(encoding="utf-8")


def needs_branches(folder: Path, wanted: Iterable[Profile], known: Iterable[Profile]) -> None:
    """Look whether a clone has all branches that are to be read; files without git have none.

    Args:
        folder: A clone, or something else.
        wanted: The versions that are to be read.
        known: All versions.

    Raises:
        WrongUsage: Branches are missing.
    """
    if not folder.is_dir() or not _is_clone(folder):
        return
    there = {each.name for each in known if _newest(folder, each)}
    missing = [each for each in wanted if each.name not in there]
    if not missing:
        return
    names = ", ".join(f"{' or '.join(each.branches)} for {each.name}" for each in missing)
    if not there:
        raise WrongUsage(
            f"Branches of the specification not found in {folder} ({names}); "
            "use a clone of https://github.com/ocpi/ocpi."
        )
    raise WrongUsage(
        f"{folder} lacks branches: {names}. Fetch them, or name with --version what is there: "
        f"{', '.join(sorted(there))}."
    )


def open_source(folder: Path, profile: Profile, *, alone: bool) -> Source:
    """Find the newest text of a version.

    Args:
        folder: A clone, bare or not, or the files of one version.
        profile: The version.
        alone: Whether this version alone was asked for; files without git hold one version.

    Raises:
        WrongUsage: It is neither, or it does not have the version.
    """
    if not folder.is_dir():
        raise WrongUsage(f"{folder} is not a folder.")
    if _is_clone(folder):
        return _Clone(folder, newest_revision(folder, profile), profile.folder)
    if not any(folder.glob(f"*{profile.dialect.suffix}")):
        raise WrongUsage(
            f"{folder} is neither a git repository nor a folder with {profile.dialect.suffix} "
            "files; pass a clone of https://github.com/ocpi/ocpi."
        )
    if not alone:
        raise WrongUsage(f"{folder} is not a git repository. Name its version with --version.")
    return _Folder(folder)


def forked_from(folder: Path, profile: Profile, core: Profile) -> Source:
    """Find the text of a version where an extension of it began.

    Args:
        folder: A clone.
        profile: The extension.
        core: The version that it extends.

    Raises:
        WrongUsage: It is no clone, or does not have that history.
    """
    if not _is_clone(folder):
        raise WrongUsage(f"{profile.name} can only be read from a clone with its history.")
    ours, theirs = newest_revision(folder, core), newest_revision(folder, profile)
    try:
        commit = run_git(folder, "merge-base", ours, theirs).strip()
    except WrongUsage as error:
        raise WrongUsage(
            f"{folder} does not know where {theirs} left {ours}; fetch the whole history."
        ) from error
    return _Clone(folder, commit, core.folder)


def open_commit(folder: Path, commit: str, profile: Profile) -> Source:
    """Return the text of a version as it was at a commit of a clone.

    Raises:
        WrongUsage: It is no clone, or lacks the commit.
    """
    if not _is_clone(folder):
        raise WrongUsage(f"{folder} is not a git repository, so it has no other commits.")
    return _Clone(folder, commit, profile.folder)


def _is_clone(folder: Path) -> bool:
    """Return whether git sees a repository that begins here, rather than one around it."""
    asked = ("rev-parse", "--is-bare-repository", "--show-prefix")
    done = subprocess.run(  # noqa: S603 - git with words of ours
        ["git", "-C", str(folder), *asked],  # noqa: S607 - the user's git
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0 and done.stdout.split() in (["true"], ["false"])


def newest_revision(folder: Path, profile: Profile) -> str:
    """Return the branch of a version, as it was fetched last.

    Raises:
        WrongUsage: The clone lacks it.
    """
    found = _newest(folder, profile)
    if not found:
        branches = " or ".join(profile.branches)
        raise WrongUsage(f"{folder} lacks the branch {branches} of {profile.name}; fetch it.")
    return found


def _newest(folder: Path, profile: Profile) -> str:
    """Find the branch of a version, here or as it was last fetched, whichever is newer."""
    remotes = run_git(folder, "remote").split()
    for branch in profile.branches:
        names = (branch, *(f"{remote}/{branch}" for remote in remotes))
        found = [name for name in names if has_commit(folder, name)]
        if found:
            return max(found, key=lambda name: committed_at(folder, name))
    return ""


def has_commit(folder: Path, name: str) -> bool:
    """Return whether a clone has a commit of that hash, branch or tag."""
    try:
        run_git(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    except WrongUsage:
        return False
    return True


def committed_at(folder: Path, name: str) -> int:
    """Return when a commit was made, in seconds since 1970."""
    return int(run_git(folder, "log", "-1", "--format=%ct", name))


@cache
def run_git(folder: Path, *words: str) -> str:
    """Run git in a clone and return what it prints.

    Raises:
        WrongUsage: There is no git, or it refuses.
    """
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - as above
    except FileNotFoundError as error:
        raise WrongUsage("git is needed to read a clone, and is not installed.") from error
    if done.returncode:
        raise WrongUsage(f"git {' '.join(words)}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode("utf-8", errors="replace")
