"""stdin, stdout and stderr of a command: closed ones, broken pipes, full disks."""

import io
import os
import sys
from contextlib import suppress

from ocpi_runtime.failures import printable

__all__ = ["abandon", "flush", "prepare", "write_error"]


def prepare() -> None:
    """Make stdin, stdout and stderr fit to be used, whatever the caller did to them."""
    _open_closed()
    out = sys.__stdout__
    raw = getattr(out, "buffer", None)
    if out is not None and sys.stdout is out and isinstance(raw, io.RawIOBase):
        # As PYTHONUNBUFFERED leaves it: a write that is cut short, by a full disk or a reader that
        # went away, would be no error.
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(raw), encoding=out.encoding, line_buffering=True
        )


def _open_closed() -> None:
    """Open the null device in place of streams that the caller closed.

    Otherwise the next file that is opened, a database perhaps, would be taken for stdout.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - for good


def flush() -> None:
    """Write out what stdout still has.

    Raises:
        OSError: It cannot be written; the interpreter would report this when it is too late.
    """
    sys.stdout.flush()


def abandon() -> None:
    """Send what is left to the null device, so that the interpreter does not fail at its end."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def write_error(text: str) -> None:
    """Write a line to stderr; nothing where that cannot be written to."""
    with suppress(OSError, ValueError):
        sys.stderr.write(printable(text, keep="\n\t") + "\n")
        sys.stderr.flush()
