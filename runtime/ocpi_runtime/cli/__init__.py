"""The command line ``ocpi``: a root to which the installed packages add their commands.

A package names a ``typer.Typer`` under the entry-point group ``ocpi.commands``; its commands then
are at the top level. stdout is data, stderr is messages. Exit codes: 0 fine, 1 failed, 2 wrong
usage, 4 generated code is stale, 130 interrupted by Ctrl-C.

Expected errors become a line or two here, whatever command raises them: a package derives its own
from :class:`ocpi_runtime.failures.CommandFailed`. A traceback means a bug.
"""

import errno
import os
import traceback
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from inspect import getdoc
from typing import TYPE_CHECKING, Any

from ocpi_runtime.cli._errors import INTERRUPTED, PACKAGES, as_debug, explained
from ocpi_runtime.cli._streams import abandon, flush, prepare, write_error

if TYPE_CHECKING:
    import typer

__all__ = ["GROUP", "build", "main"]

GROUP = "ocpi.commands"


def main() -> None:
    """Run the command line; the console script."""
    prepare()
    code = _guarded()
    try:
        flush()
    except OSError as error:
        code = code or _failed(error) or 1
    if code == INTERRUPTED:
        # Threads that wait for somebody else would hold up the end of the interpreter.
        abandon()
        os._exit(code)
    raise SystemExit(code)


def _guarded() -> int:
    """Run the command line and return its exit code; expected errors become messages."""
    try:
        import typer  # noqa: F401, PLC0415 - an extra
    except ModuleNotFoundError:
        write_error("The command line needs an extra: pip install 'ocpi-runtime[cli]'")
        return 1
    try:
        build()()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        code = _failed(error)
        if code is None:
            raise
        return code
    return 0


def _failed(error: Exception) -> int | None:
    """Write the message of an expected error; return the exit code, or None for a bug."""
    if isinstance(error, BrokenPipeError):
        abandon()
        return 1
    known = explained(error)
    if known is None:
        write_error("This is a bug in ocpi; please report it with what follows.")
        return None
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        abandon()
    if as_debug(os.environ.get("OCPI_DEBUG")):
        write_error("".join(traceback.format_exception(error)).rstrip())
    write_error(known[1])
    return known[0]


def build() -> "typer.Typer":
    """Put the root and the commands of all installed packages together.

    A package whose commands cannot be loaded is reported on stderr; the others still work.
    """
    import typer  # noqa: PLC0415 - an extra

    app = typer.Typer(
        name="ocpi",
        help="OCPI in Python: documents, generated code, a reference platform and checks.",
        no_args_is_help=True,
        epilog="OCPI_DEBUG=1 in the environment adds the traceback to the message of an error.",
        pretty_exceptions_enable=False,
        # Plain help: rich takes longer to load than all commands, and cuts words in narrow columns.
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback()(_root())
    for entry in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        commands = _load(entry)
        if commands is not None:
            # What add_typer does without a name, but for a warning about callbacks, which the
            # packages have for running on their own.
            app.registered_commands += commands.registered_commands
            app.registered_groups += commands.registered_groups
    _summarize(app)
    return app


def _summarize(app: "typer.Typer") -> None:
    """Set the first paragraph of each command as its summary: a derived one is cut to a line."""
    for command in app.registered_commands:
        text = command.help or getdoc(command.callback) or ""
        command.short_help = " ".join(text.partition("\n\n")[0].split())
    for group in app.registered_groups:
        if group.typer_instance is not None:
            _summarize(group.typer_instance)


def _root() -> Any:
    import typer  # noqa: PLC0415 - an extra

    def show(wanted: bool) -> None:  # noqa: FBT001 - typer calls it
        if wanted:
            typer.echo("\n".join(_versions()))
            raise typer.Exit

    def root(
        *,
        version: bool = typer.Option(
            False,  # noqa: FBT003 - the default of a flag
            "--version",
            callback=show,
            is_eager=True,
            help="Show versions and exit.",
        ),
    ) -> None:
        """OCPI in Python: documents, generated code, a reference platform and checks."""

    return root


def _load(entry: EntryPoint) -> "typer.Typer | None":
    import typer  # noqa: PLC0415 - an extra

    try:
        commands = entry.load()
    except Exception as error:  # noqa: BLE001 - whatever a package does on import
        known = explained(error)
        why = known[1] if known else f"{type(error).__name__}: {error}"
        write_error(f"The commands of {entry.name!r} cannot be loaded: {why}")
        return None
    if not isinstance(commands, typer.Typer):
        write_error(
            f"The commands of {entry.name!r} cannot be used: {entry.value} is not a typer.Typer"
        )
        return None
    return commands


def _versions() -> list[str]:
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return found
