"""The command line ``ocpi``: a root to which the installed packages add their commands.

A package names a ``typer.Typer`` under the entry-point group ``ocpi.commands``; its commands then
stand at the top level. stdout is data, stderr is talk. Exit codes: 0 fine, 1 it failed, 2 wrong
usage, 4 generated code is stale.
"""

import sys
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from typing import TYPE_CHECKING, Any

from ocpi_runtime.errors import OcpiError

if TYPE_CHECKING:
    import typer

__all__ = ["GROUP", "build", "main"]

GROUP = "ocpi.commands"
_PACKAGES = (
    "ocpi-runtime",
    "ocpi-bindings",
    "ocpi-generator",
    "ocpi-bridge",
    "ocpi-server",
    "ocpi-conformance",
)


def main() -> None:
    """Run the command line; the console script."""
    try:
        import typer  # noqa: F401, PLC0415 - an extra
    except ModuleNotFoundError:
        _say("The command line needs an extra: pip install 'ocpi-runtime[cli]'")
        raise SystemExit(1) from None
    try:
        build()()
    except OcpiError as error:
        _tell(error)
        raise SystemExit(1) from None


def _tell(error: OcpiError) -> None:
    _say(" ".join(part for part in (error.message, error.hint) if part))
    for each in error.violations:
        _say(f"  {each.pointer or '(all of it)'} {each.message}")


def build() -> "typer.Typer":
    """Put the root and the commands of all installed packages together.

    A package whose commands cannot be loaded is told on stderr; the others still work.
    """
    import typer  # noqa: PLC0415 - an extra

    app = typer.Typer(
        name="ocpi",
        help="OCPI in Python: documents, generated code, a reference platform and checks.",
        no_args_is_help=True,
        pretty_exceptions_show_locals=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root())
    for entry in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        commands = _load(entry)
        if commands is not None:
            # What add_typer does without a name, but for a warning about callbacks, which the
            # packages have for running on their own.
            app.registered_commands += commands.registered_commands
            app.registered_groups += commands.registered_groups
    return app


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
            help="Tell which packages are installed and leave.",
        ),
    ) -> None:
        """OCPI in Python: documents, generated code, a reference platform and checks."""

    return root


def _load(entry: EntryPoint) -> "typer.Typer | None":
    import typer  # noqa: PLC0415 - an extra

    try:
        commands = entry.load()
    except Exception as error:  # noqa: BLE001 - whatever a package does on import
        _say(f"The commands of {entry.name!r} cannot be loaded: {type(error).__name__}: {error}")
        return None
    if not isinstance(commands, typer.Typer):
        _say(f"The commands of {entry.name!r} cannot be used: {entry.value} is no typer.Typer")
        return None
    return commands


def _versions() -> list[str]:
    found = []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return found


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
