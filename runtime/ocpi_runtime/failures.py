"""Errors and messages for people who read them in a terminal or a log."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar

__all__ = ["CommandFailed", "did_you_mean", "printable"]


class CommandFailed(Exception):
    """A command cannot be carried out; the message states why and what to do.

    ``ocpi`` prints the message on stderr and ends with the exit code. A package derives its own
    errors from this where their messages are complete for an operator.

    Attributes:
        exit_code: 1 where it failed, 2 where the command or its settings are wrong.
    """

    exit_code: ClassVar[int] = 1


def did_you_mean(value: str, allowed: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return the end of a message that names the nearest allowed value; empty if none is near."""
    by_folded = {one.casefold(): one for one in allowed}
    near = get_close_matches(value.casefold(), by_folded, n=1, cutoff=cutoff)
    return f"; did you mean {by_folded[near[0]]!r}?" if near else ""


def printable(text: str, keep: str = "") -> str:
    """Escape what a terminal would obey, such as the start of a colour, or not show.

    Args:
        text: What partners may have chosen; it becomes one line.
        keep: Characters that stay although they are not printable, such as a line feed.
    """
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or each in keep else repr(each)[1:-1] for each in text
    )
