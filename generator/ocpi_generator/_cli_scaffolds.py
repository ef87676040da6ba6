"""The commands ``ocpi new-version`` and ``ocpi new-module``."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Never

import typer
from rich.console import Console

from ocpi_generator._problems import Refused, show
from ocpi_generator.generate import GenerationError, GenerationRequest, UnknownName

if TYPE_CHECKING:
    from ocpi_generator.scaffolds import ScaffoldResult

__all__ = ["new_module", "new_version", "register"]

_FAILED, _USAGE = 1, 2
Root = Annotated[Path, typer.Option("--root", help="The folder of the documents.")]
Out = Annotated[Path, typer.Option("--out", help="The package that is generated.")]
Json = Annotated[bool, typer.Option("--json", help="Print files and next steps as JSON.")]
_ROOT, _OUT = Path("openapi"), Path("generated/ocpi_bindings")


class Kind(StrEnum):
    """Whether messages of a module are routed."""

    FUNCTIONAL = "functional"
    CONFIGURATION = "configuration"


def register(app: typer.Typer) -> None:
    """Add the commands to an application."""
    for command in (new_version, new_module):
        app.command()(command)


def new_version(
    version: Annotated[str, typer.Argument(help="The number of the new version.")],
    parent: Annotated[str, typer.Option("--from", help="The version that it changes.")],
    *,
    specification: Annotated[
        str | None, typer.Option(help="The URL that its links are appended to; ends with a slash.")
    ] = None,
    json_output: Json = False,
    out: Out = _OUT,
    root: Root = _ROOT,
) -> None:
    """Begin a version: register it below openapi/, check, generate, and print the next steps."""
    from ocpi_generator import scaffolds  # noqa: PLC0415 - slow to import, help is not

    with _failures(json_output=json_output):
        request = GenerationRequest(root, out.absolute())
        made = scaffolds.new_version(request, version, parent, specification)
    _print_results(made, json_output=json_output)


def new_module(  # noqa: PLR0913 - the options of a command
    name: Annotated[str, typer.Argument(help="The identifier of the module on the wire.")],
    *,
    version: Annotated[str | None, typer.Option(help="The version that gets it.")] = None,
    overlay: Annotated[
        Path | None,
        typer.Option(help="The overlay that gets it.", exists=True, file_okay=False),
    ] = None,
    interface: Annotated[
        str, typer.Option(help="Its interfaces: sender, receiver, or both with a comma.")
    ] = "sender,receiver",
    kind: Annotated[
        Kind, typer.Option(help="Messages of functional modules carry routing headers.")
    ] = Kind.FUNCTIONAL,
    class_name: Annotated[
        str | None, typer.Option("--class", help="The class of its objects; made from the name.")
    ] = None,
    docs: Annotated[
        str | None, typer.Option(help="The URL where a module of an overlay is described.")
    ] = None,
    json_output: Json = False,
    out: Out = _OUT,
    root: Root = _ROOT,
) -> None:
    """Begin a module: one class and one operation each, registered, checked and generated."""
    from ocpi_generator import scaffolds  # noqa: PLC0415 - slow to import, help is not

    where = version or overlay
    if where is None or (version and overlay):
        _fail("Pass either --version or --overlay.", _USAGE)
    interfaces = tuple(dict.fromkeys(each.strip() for each in interface.split(",")))
    module = scaffolds.NewModule(name, interfaces, kind.value, class_name, docs)
    with _failures(json_output=json_output):
        made = scaffolds.new_module(GenerationRequest(root, out.absolute()), where, module)
    _print_results(made, json_output=json_output)


@contextmanager
def _failures(*, json_output: bool) -> Iterator[None]:
    """Report what went wrong, and exit with the exit code for it."""
    from ocpi_generator.scaffolds import BadName  # noqa: PLC0415 - slow to import, help is not

    try:
        yield
    except Refused as refused:
        show(refused.problems, json_output=json_output)
        raise typer.Exit(_FAILED) from refused
    except (BadName, UnknownName) as error:
        _fail(str(error), _USAGE)
    except GenerationError as error:
        _fail(str(error), _FAILED)


def _print_results(made: "ScaffoldResult", *, json_output: bool) -> None:
    created, changed = ([one.as_posix() for one in files] for files in (made.created, made.changed))
    if json_output:
        steps = [asdict(step) for step in made.steps]
        answer = {"created": created, "changed": changed, "next": steps}
        sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
        return
    for file in (*created, *changed):
        sys.stdout.write(f"{file}\n")
    _print_stderr("Next:")
    for number, step in enumerate(made.steps, 1):
        _print_stderr(
            f"{number:2}. {step.what}" + (f"\n      {step.command}" if step.command else "")
        )


def _print_stderr(text: str, style: str | None = None) -> None:
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(text, markup=False, style=style)


def _fail(message: str, code: int) -> Never:
    _print_stderr(message, "red")
    raise typer.Exit(code)
