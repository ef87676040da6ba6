"""Commands in the process of a test, with what the root of `ocpi` makes of their errors."""

from collections.abc import Sequence

import typer
from typer.testing import CliRunner

from ocpi_runtime.cli._errors import explained

__all__ = ["run_command"]


def run_command(app: typer.Typer, words: Sequence[str]) -> tuple[int, str, str]:
    """Return the exit code of a command, its stdout and its stderr."""
    done = CliRunner().invoke(app, list(words))
    if done.exception is None or isinstance(done.exception, SystemExit):
        return done.exit_code, done.stdout, done.stderr
    known = explained(done.exception)
    if known is None:
        raise done.exception
    return known[0], done.stdout, f"{done.stderr}{known[1]}\n"
