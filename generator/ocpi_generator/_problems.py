"""Problems in documents, as data: where, what, why, and how to correct it.

Everything that reads ``openapi/`` reports through these, so that a broken document never ends in
a traceback. Commands print them for people on stderr or as JSON on stdout.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.text import Text

__all__ = ["Problem", "Refused", "as_json", "show"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with the documents.

    Attributes:
        file: The file as the user would type it, such as ``openapi/2.2.1/tokens/schemas.yaml``.
        line: From 1 on; 0 when the whole file or folder is meant.
        pointer: Where in the document, as an RFC 6901 JSON pointer.
        rule: The name of the rule that is broken, such as ``string-length``.
        what: What was found.
        why: Why that is wrong.
        how: How to fix it.
    """

    file: str
    line: int
    pointer: str
    rule: str
    what: str
    why: str
    how: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} [{self.rule}] {self.why} {self.how}"


class Refused(Exception):
    """The documents cannot be used as they are.

    Attributes:
        problems: Why, in order of file and line.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def as_json(problems: Sequence[Problem]) -> str:
    """Return the problems as a JSON array of objects, for machines."""
    return json.dumps([asdict(problem) for problem in problems], indent=2, ensure_ascii=False)


def show(
    problems: Sequence[Problem], *, json_output: bool = False, asked_for: bool = False
) -> None:
    """Print problems.

    Args:
        problems: What is wrong.
        json_output: As JSON on stdout instead of for people.
        asked_for: Whether they are what the command was called for, and so go to stdout;
            otherwise they are why it failed, and go to stderr.
    """
    if json_output:
        sys.stdout.write(as_json(problems) + "\n")
        return
    console = Console(stderr=not asked_for, soft_wrap=True, highlight=False)
    for problem in problems:
        console.print(_for_people(problem))


def _for_people(problem: Problem) -> Text:
    return Text.assemble(
        (f"{problem.file}:{problem.line}", "bold"),
        ": ",
        (problem.what, "red"),
        f" [{problem.rule}]\n",
        f"    at:   {problem.pointer or '/'}\n",
        f"    why:  {problem.why}\n",
        f"    fix:  {problem.how}",
    )
