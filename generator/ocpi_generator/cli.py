"""Commands of the generator: ``ocpi generate``, and those that maintain the documents."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Never

import typer
from rich.console import Console

from ocpi_generator import _cli_diff, _cli_documents, _cli_scaffolds, _cli_site
from ocpi_generator._problems import Refused, show
from ocpi_generator.generate import (
    GenerationError,
    GenerationRequest,
    StaleFile,
    UnknownName,
    check,
    generate,
    scaffold,
)

__all__ = ["app"]

_FAILED, _USAGE, _STALE = 1, 2, 4
_DEFAULT = Path("generated/ocpi_bindings")
_SHIPPED = Path("generated/ocpi_overlays")

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
_cli_documents.register(app)
_cli_diff.register(app)
_cli_site.register(app)
_cli_scaffolds.register(app)
_stderr = Console(stderr=True, soft_wrap=True, highlight=False)


Overlays = Annotated[
    list[Path] | None,
    typer.Option(
        help="A folder with your additions to a version, instead of all versions; needs --out. "
        "Repeatable.",
        exists=True,
        file_okay=False,
    ),
]


class Models(StrEnum):
    """The libraries that models can be made for."""

    MSGSPEC = "msgspec"
    PYDANTIC = "pydantic"


@app.callback()
def _root() -> None:
    """From hand-maintained documents to bundles, models, clients and stubs."""


@app.command("generate")
def generate_command(
    *,
    version: Annotated[
        list[str] | None, typer.Option(help="Only this version; needs --out. Repeatable.")
    ] = None,
    module: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this module, with versions and credentials; needs --out. Repeatable."
        ),
    ] = None,
    overlay: Overlays = None,
    check_only: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 4 if anything would change.")
    ] = False,
    models: Annotated[
        Models, typer.Option(help="pydantic writes models alone, and needs --out.")
    ] = Models.MSGSPEC,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The package to write, replaced as a whole; its name is what is imported.",
            show_default=str(_DEFAULT),
        ),
    ] = None,
    root: Annotated[Path, typer.Option(help="The folder of the documents.")] = Path("openapi"),
    as_json: Annotated[bool, typer.Option("--json", help="Print results as JSON.")] = False,
) -> None:
    """Write models, clients, stubs and bundles for all versions in the documents.

    The committed package is always complete and has no overlay: narrowing it with --version,
    --module or --models, and --overlay, need another folder, given with --out. Without --out, the
    overlays beside the documents become a package of their own, generated/ocpi_overlays, and the
    documents of the operator API another one, generated/ocpi_operator.
    """
    if out is None and (version or module or overlay or models is not Models.MSGSPEC):
        _fail("--version, --module, --overlay and --models pydantic need --out.", _USAGE)
    if overlay and version:
        _fail("An overlay names its version in version.toml; leave --version out.", _USAGE)
    target = (out or _DEFAULT).absolute()
    if not target.name.isidentifier():
        _fail(f"{target.name} cannot be the name of a Python package.", _USAGE)
    if overlay and target == _DEFAULT.absolute():
        _fail(f"Overlays cannot be written to {_DEFAULT}. Choose another folder for --out.", _USAGE)
    request = GenerationRequest(
        root, target, tuple(version or ()), tuple(module or ()), models.value, tuple(overlay or ())
    )
    requests = [request] if out else [request, *_shipped(root)]
    with _failures(as_json=as_json), _stderr.status("Generating") as status:
        if check_only:
            differences = [found for each in requests for found in _differences(each, target)]
            status.stop()
            _report(differences, as_json=as_json)
        else:
            written = {str(each.target): generate(each) for each in requests}
            status.stop()
            _print_results(written, as_json=as_json)


@app.command("scaffold")
def scaffold_command(
    module: Annotated[str, typer.Option(help="The module, such as locations.")],
    version: Annotated[str | None, typer.Option(help="The version, such as 2.2.1.")] = None,
    *,
    overlay: Annotated[
        Path | None,
        typer.Option(help="An overlay, instead of a version.", exists=True, file_okay=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The file to write; it must not exist. Else print.")
    ] = None,
    package: Annotated[str, typer.Option(help="The package of the bindings.")] = _DEFAULT.name,
    root: Annotated[Path, typer.Option(help="The folder of the documents.")] = Path("openapi"),
) -> None:
    """Write handler classes of a module to begin with; they are yours from then on."""
    if (version is None) == (overlay is None):
        _fail("Pass either --version or --overlay.", _USAGE)
    if out is not None and out.exists():
        _fail(f"{out} exists already; it is not overwritten.", _FAILED)
    versions = (version,) if version else ()
    overlays = (overlay,) if overlay else ()
    with _failures(as_json=False):
        request = GenerationRequest(root, Path(package), versions, (module,), overlays=overlays)
        text = scaffold(request)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
        _stderr.print(f"{out} is written.")


@contextmanager
def _failures(*, as_json: bool) -> Iterator[None]:
    """Report what went wrong, and exit with the exit code for it."""
    try:
        yield
    except Refused as refused:
        show(refused.problems, json_output=as_json)
        raise typer.Exit(_FAILED) from refused
    except GenerationError as error:
        _fail(str(error), _USAGE if isinstance(error, UnknownName) else _FAILED)


def _shipped(root: Path) -> list[GenerationRequest]:
    """Ask for the packages of the overlays beside the documents, and of sets of their own."""
    from ocpi_generator.documents import (  # noqa: PLC0415 - slow to import
        document_sets,
        shipped_overlays,
    )

    folders = tuple(shipped_overlays(root))
    laid = [GenerationRequest(root, _SHIPPED.absolute(), overlays=folders)] if folders else []
    folder = _DEFAULT.absolute().parent
    sets = [GenerationRequest(one, folder / f"ocpi_{one.name}") for one in document_sets(root)]
    return laid + sets


def _differences(request: GenerationRequest, target: Path) -> list[StaleFile]:
    """Check a package; if it is another one than the target, name its files with it."""
    name = "" if request.target == target else f"{request.target.name}/"
    return [replace(one, path=f"{name}{one.path}") for one in check(request)]


def _print_results(written: dict[str, bool], *, as_json: bool) -> None:
    if as_json:
        first, *others = [{"written": new, "package": name} for name, new in written.items()]
        named = {Path(str(each["package"])).name.removeprefix("ocpi_"): each for each in others}
        sys.stdout.write(json.dumps({**first, **named}) + "\n")
        return
    for name, new in written.items():
        _stderr.print(f"{name} " + ("is written." if new else "is up to date."))


def _report(differences: list[StaleFile], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps([asdict(one) for one in differences], indent=2) + "\n")
    else:
        for one in differences:
            sys.stdout.write(f"{one.kind:8}{one.path}\n")
    if differences:
        _stderr.print(f"{len(differences)} files are not as generated. Run `ocpi generate`.")
        raise typer.Exit(_STALE)
    if not as_json:
        _stderr.print("Everything is as generated.")


def _fail(message: str, code: int) -> Never:
    _stderr.print(message, style="red", markup=False)
    raise typer.Exit(code)
