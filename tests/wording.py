"""Report words that ``wording.toml`` bans, with the words to use instead.

Run as ``python -m tests.wording`` by ``make lint``; paths as arguments narrow it.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).parent
_SKIPPED = (
    "generated/*", "requirements/*.txt", "tests/golden/*", "LICENSE", "tests/wording.toml",
    "docs/versions/*", "docs/errata.md",  # written by commands
)  # fmt: skip


class Banned(NamedTuple):
    """A pattern, what to write instead, and the files that it is searched in."""

    pattern: re.Pattern[str]
    use: str
    files: Sequence[str]
    exceptions: Sequence[str]


def rules() -> list[Banned]:
    """Read the list."""
    listed = tomllib.loads((_HERE / "wording.toml").read_text("utf-8"))["banned"]
    return [
        Banned(
            re.compile(each["pattern"]),
            each["use"],
            each.get("files", ["*"]),
            each.get("except", []),
        )
        for each in listed
    ]


def found(root: Path, files: Sequence[str], banned: Sequence[Banned]) -> Iterator[str]:
    """Search files for banned words; one line for each."""
    for name in files:
        if any(fnmatch(name, pattern) for pattern in _SKIPPED):
            continue
        applied = [
            each
            for each in banned
            if any(fnmatch(name, glob) for glob in each.files) and name not in each.exceptions
        ]
        lines = (root / name).read_text("utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, 1):
            for each in applied:
                if match := each.pattern.search(line):
                    yield f"{name}:{number}: {match[0]!r}; use {each.use}"


def main(arguments: Sequence[str]) -> int:
    """Report all findings; return 1 if there are any."""
    root = _HERE.parent
    listed = subprocess.run(  # noqa: S603 - git with paths of the command line
        ["git", "ls-files", "-z", "--", *arguments],  # noqa: S607
        cwd=root, capture_output=True, check=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    problems = list(found(root, [name for name in listed if name], rules()))
    print("\n".join(problems))  # noqa: T201 - a program of the command line
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
