"""The command ``ocpi audit``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocpi_runtime.options import plain_console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocpi_audit import AuditRequest, Profile

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

_FAILED, _USAGE = 1, 2
_ERRATA = Path("docs/errata.toml")
_messages = plain_console(stderr=True)


@app.callback()
def _root() -> None:
    """Compare bundles with the specification."""


@app.command("audit")
def _audit_command(  # noqa: PLR0913 - options, not parameters
    commit: Annotated[
        str | None,
        typer.Argument(help="With --since: the commit, instead of what version.toml names."),
    ] = None,
    *,
    spec: Annotated[
        Path,
        typer.Option(
            help="A clone of the OCPI specification, bare or not; or the files of one version."
        ),
    ],
    since: Annotated[
        bool,
        typer.Option(
            "--since",
            help="List what changed in the specification since it was read, instead of comparing.",
        ),
    ] = False,
    version: Annotated[
        list[str] | None,
        typer.Option(help="Only this version or extension, such as 2.2.1 or bookings. Repeatable."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
    explained: Annotated[
        bool, typer.Option("--explained", help="List what errata explain, too.")
    ] = False,
    examples: Annotated[
        bool, typer.Option(help="Run the official examples through models and validators.")
    ] = True,
    bundles: Annotated[
        Path | None,
        typer.Option(
            help="The package of bindings to audit.", show_default="the installed ocpi_bindings"
        ),
    ] = None,
    errata: Annotated[
        Path | None,
        typer.Option(
            help="The accepted readings.", show_default="docs/errata.toml, if it is there"
        ),
    ] = None,
    profiles: Annotated[
        Path | None, typer.Option(help="Where further versions of the specification are.")
    ] = None,
    root: Annotated[
        Path, typer.Option(help="The folder of the documents, for their lines.")
    ] = Path("openapi"),
) -> None:
    """Compare the bundles with the tables and examples of the specification, both ways.

    A difference reads: what it is about, what the specification says -> what the bundles say. Ends
    with 1 if anything differs that docs/errata.toml does not explain, with 2 on wrong usage.

    With --since, chapters and facts that changed since the commits that the documents name, and
    branches, tags and pull requests that nobody has read; ends with 1 if a chapter changed.
    """
    import ocpi_audit as auditing  # noqa: PLC0415 - slow to import, help is not

    try:
        request = auditing.AuditRequest(
            specification=spec,
            package=bundles or _installed(),
            errata=errata or (_ERRATA if _ERRATA.is_file() else None),
            profiles=auditing.read_profiles(profiles),
            examples=examples,
        )
        wanted = auditing.wanted_versions(request, version or [])
        if since or commit is not None:
            _print_since(request, wanted, root, commit, since=since, as_json=as_json)
            return
        if request.errata is None:
            _print(f"{_ERRATA} not found, so no readings are accepted; name it with --errata.")
        for name in auditing.unknown_versions(request) if not version else ():
            _print(f"{name} is not audited: --profiles would have to name where it is specified.")
        found: list[auditing.Audit] = []
        for each in wanted:
            with _messages.status(f"Auditing {each.name} ({len(found) + 1} of {len(wanted)})"):
                found.append(auditing.audit(request, each, alone=len(wanted) == 1))
            if not as_json:
                sys.stdout.write(auditing.as_text(found[-1], root, explained=explained) + "\n")
            _print(auditing.summary(found[-1]))
    except auditing.WrongUsage as error:
        _print(str(error))
        raise typer.Exit(_USAGE) from error
    if as_json:
        sys.stdout.write(auditing.as_json(found, root))
    if not all(each.passed for each in found):
        raise typer.Exit(_FAILED)


def _print_since(
    request: "AuditRequest",
    wanted: "Sequence[Profile]",
    root: Path,
    commit: str | None,
    *,
    since: bool,
    as_json: bool,
) -> None:
    """Print what changed in the specification; end with 1 where a text that was read did."""
    import ocpi_audit as auditing  # noqa: PLC0415 - as above

    if not since:
        raise auditing.WrongUsage(f"{commit}: a commit is only used with --since.")
    with _messages.status("Reading the history"):
        found = auditing.changes_since(request, wanted, root, commit)
    sys.stdout.write(auditing.since_json(found) if as_json else auditing.since_text(found))
    if auditing.has_changes(found):
        raise typer.Exit(_FAILED)


def _installed() -> Path:
    """Find the package of bindings that is installed."""
    import ocpi_bindings  # noqa: PLC0415 - only needed where no other is given

    return Path(ocpi_bindings.__path__[0])


def _print(text: str) -> None:
    sys.stderr.write(f"{text}\n")
