"""What a scaffold leaves behind: files, and what is to be done with them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ocpi_generator._problems import Problem, Refused

__all__ = ["NextStep", "ScaffoldResult", "undone_unless_whole"]


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something that is left to the user.

    Attributes:
        what: What is to be done, and why.
        command: What to type for it, if it is a command.
    """

    what: str
    command: str | None = None


@dataclass(frozen=True, slots=True)
class ScaffoldResult:
    """What was written.

    Attributes:
        created: New files.
        changed: Files that were there and have more in them now.
        steps: What comes next, in order.
    """

    created: tuple[Path, ...]
    changed: tuple[Path, ...]
    steps: tuple[NextStep, ...]


@contextmanager
def undone_unless_whole(undo: Callable[[], None]) -> Iterator[Callable[[Sequence[Problem]], None]]:
    """Take back what was written when the block fails, so that it can be tried again.

    Yields:
        A check that refuses when there are problems.
    """
    try:
        yield _refuse
    except BaseException:
        undo()
        raise


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise Refused(problems)
