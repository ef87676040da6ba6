"""Where the specification was read: its URL, and branch and commit of a repository on GitHub."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents._version_file import VersionFile

__all__ = ["specification_faults", "unread_specifications"]

_URL: Final = re.compile(r"https://\S+/")
_REPOSITORY: Final = re.compile(r"https://github\.com/[^/]+/[^/]+/blob/(.+)")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_WHY: Final = "Without the commit that was read nobody can list what has changed since."


def specification_faults(
    file: VersionFile, table: Mapping[str, Any], word: str
) -> Iterator[Problem]:
    """Find what is wrong with the place of the specification in a table.

    Args:
        file: The file that the table is in.
        table: Its root, or the table of a module.
        word: What the line of a fault holds.
    """
    url = table.get("specification")
    if url and not _URL.fullmatch(url):
        what, how = "the specification is not an https URL with a slash at its end", "Complete it."
        yield file.problem(word, "version", what, how)
    at = _REPOSITORY.match(url or "")
    for key in ("branch", "commit"):
        if key in table and not url:
            what, how = f"`{key}` without a specification", "Add `specification`, or remove it."
            yield file.problem(table[key], "specification", what, how, _WHY)
    commit, branch = table.get("commit", ""), table.get("branch", "")
    if commit and not _COMMIT.fullmatch(commit):
        what, how = (
            f"{commit} is not a commit",
            "Write all 40 digits of it, as `git rev-parse` does.",
        )
        yield file.problem(commit, "specification", what, how, _WHY)
    if at and branch and not at[1].startswith(f"{branch}/"):
        what, how = f"{branch} is not the branch of {url}", "Name the branch of the URL."
        yield file.problem(branch, "specification", what, how, _WHY)


def unread_specifications(file: VersionFile) -> Iterator[Problem]:
    """Find specifications on GitHub whose branch or commit is not named."""
    modules = file.raw.get("modules", {})
    tables = {"specification": file.raw} | {f"modules.{name}": modules[name] for name in modules}
    for word, table in tables.items():
        url = table.get("specification", "")
        for key in ("branch", "commit"):
            if _REPOSITORY.match(url) and key not in table:
                what, how = f"the {key} of {url} that was read is missing", f"Add `{key}`."
                yield file.problem(word, "specification", what, how, _WHY)
