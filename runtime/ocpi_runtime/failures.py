"""The base of errors that end a command in words for its user, without a traceback."""

from typing import ClassVar

__all__ = ["CommandFailed"]


class CommandFailed(Exception):
    """What was asked for cannot be done; the message says why and what to do.

    ``ocpi`` prints the message on stderr and ends with the exit code. A package derives its own
    errors from this where their messages are complete for an operator.

    Attributes:
        exit_code: 1 where it failed, 2 where the command or its settings are wrong.
    """

    exit_code: ClassVar[int] = 1
