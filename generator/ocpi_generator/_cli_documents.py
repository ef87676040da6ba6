"""The commands that read the documents: ``ocpi lint``, ``bundle``, ``release``, ``errata``."""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ocpi_generator._nearest import unknown
from ocpi_generator._problems import Problem, Refused, show

__all__ = ["bundle", "errata", "lint", "register", "release"]

Root = Annotated[Path, typer.Option("--root", help="The folder of the documents.")]
Json = Annotated[bool, typer.Option("--json", help="Print problems as JSON on stdout.")]
_ROOT = Path("openapi")
_STALE = 4


def register(app: typer.Typer) -> None:
    """Add the commands to an application."""
    for command in (lint, bundle, release, errata):
        app.command()(command)


def _print_stderr(text: str) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False).print(text, markup=False)


def _versions(root: Path, wanted: str | None) -> list[str]:
    """List the versions that are meant.

    Raises:
        typer.BadParameter: There is no such folder or version; the exit code is 2.
    """
    names = sorted(path.parent.name for path in root.glob("*/version.toml"))
    if not names:
        raise typer.BadParameter(f"{root} contains no versions", param_hint="--root")
    if wanted is None:
        return names
    if wanted not in names:
        raise typer.BadParameter(unknown("version", wanted, names), param_hint="--version")
    return [wanted]


def lint(
    version: Annotated[str | None, typer.Option(help="Check this version only.")] = None,
    *,
    stats: Annotated[
        bool, typer.Option("--stats", help="Check nothing; count what is written by hand.")
    ] = False,
    overlay: Annotated[
        list[Path] | None,
        typer.Option(
            help="Check a folder with additions to a version instead; repeatable.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    json_output: Json = False,
    root: Root = _ROOT,
) -> None:
    """Check the documents in openapi/ and overlays/, or overlays from elsewhere."""
    from ocpi_generator.documents import shipped_overlays  # noqa: PLC0415 - as below
    from ocpi_generator.lint import lint as run  # noqa: PLC0415 - slow to import, help is not

    names = _versions(root, version)
    if stats:
        _count(root, names, json_output=json_output)
        return
    if overlay:
        names = [] if version is None else names
        problems = run(root, names, overlay)
    else:
        overlay = shipped_overlays(root) if version is None else []
        problems = run(root, None if version is None else names, overlay)
    names += [folder.as_posix() for folder in overlay]
    show(problems, json_output=json_output, asked_for=True)
    if not json_output:
        _print_stderr(f"{_counted(problems)} (versions: {', '.join(names)}).")
    if problems:
        raise typer.Exit(1)


def _counted(problems: Sequence[Problem]) -> str:
    if not problems:
        return "No problems"
    files = len({problem.file for problem in problems})
    how_many = f"{len(problems)} problem" + "s" * (len(problems) > 1)
    return f"{how_many} in {files} file" + "s" * (files > 1)


def _count(root: Path, names: list[str], *, json_output: bool) -> None:
    from ocpi_generator.lint import stats  # noqa: PLC0415 - slow to import, help is not

    try:
        found = stats.stats(root, names)
    except Refused as refused:
        show(refused.problems, json_output=json_output)
        raise typer.Exit(1) from refused
    if json_output:
        sys.stdout.write(json.dumps(stats.as_data(found), indent=2) + "\n")
    else:
        sys.stdout.write(stats.as_table(found))


def bundle(
    version: Annotated[str | None, typer.Option(help="The version; all if left out.")] = None,
    module: Annotated[str | None, typer.Option(help="Bundles of this module only.")] = None,
    *,
    out: Annotated[Path | None, typer.Option(help="Write DIR/<version>/<bundle>.json.")] = None,
    json_output: Json = False,
    root: Root = _ROOT,
) -> None:
    """Build complete OpenAPI documents; print them, or write them to a folder."""
    files, there = {}, set[str]()
    for name in _versions(root, version):
        for file, text in _bundled(root, name, json_output=json_output).items():
            there.add(file.partition(".")[0])
            if module is None or file.partition(".")[0] == module:
                files[f"{name}/{file}"] = text
    if not files:
        raise typer.BadParameter(
            unknown("module", str(module), sorted(there)), param_hint="--module"
        )
    if out is None:
        _print(files)
        return
    for file, text in files.items():
        path = out / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path.as_posix()}\n")


def _print(files: dict[str, str]) -> None:
    """Print one bundle as it is, and several as an object by name."""
    if len(files) == 1:
        sys.stdout.write(next(iter(files.values())))
        return
    documents = {file.removesuffix(".json"): json.loads(text) for file, text in files.items()}
    sys.stdout.write(json.dumps(documents, indent=2, ensure_ascii=False) + "\n")


def _bundled(root: Path, version: str, *, json_output: bool) -> dict[str, str]:
    from ocpi_generator.bundle import bundle_version  # noqa: PLC0415 - slow to import

    try:
        return bundle_version(root, version).files()
    except Refused as refused:
        show(refused.problems, json_output=json_output)
        raise typer.Exit(1) from refused


def release(
    version: Annotated[str, typer.Option(help="The version that is released.")],
    module: Annotated[list[str] | None, typer.Option(help="Only this module; repeatable.")] = None,
    *,
    erratum: Annotated[
        str | None, typer.Option(help="The id in docs/errata.toml that justifies changes.")
    ] = None,
    json_output: Json = False,
    root: Root = _ROOT,
) -> None:
    """Enter the contracts of a version into released.toml; changes need an erratum."""
    from ocpi_generator import bundle as bundles  # noqa: PLC0415 - slow to import
    from ocpi_generator.documents import read_errata  # noqa: PLC0415 - slow to import

    _versions(root, version)
    problems: list[Problem] = []
    released = bundles.read_released(root, problems)
    errata = read_errata(root, problems)
    if erratum is not None and not problems and erratum not in errata:
        raise typer.BadParameter(
            unknown("erratum", erratum, sorted(errata)), param_hint="--erratum"
        )
    try:
        bundled = bundles.bundle_version(root, version)
    except Refused as refused:
        show(refused.problems, json_output=json_output)
        raise typer.Exit(1) from refused
    names = _chosen(bundled.documents, module)
    text, faults = bundles.release(released, bundled, names=names, erratum=erratum, errata=errata)
    if problems or faults:
        show([*problems, *faults], json_output=json_output)
        raise typer.Exit(1)
    released.path.write_text(text, encoding="utf-8")
    _print_stderr(f"{released.path.as_posix()} holds {len(names)} contracts of {version}.")


def _chosen(documents: Iterable[str], modules: list[str] | None) -> list[str]:
    by_module = [(one.partition(".")[0], one) for one in documents]
    there = sorted({module for module, _ in by_module})
    for module in modules or ():
        if module not in there:
            raise typer.BadParameter(unknown("module", module, there), param_hint="--module")
    return [name for module, name in by_module if not modules or module in modules]


def errata(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 4 if docs/errata.md is stale.")
    ] = False,
    root: Root = _ROOT,
) -> None:
    """Render docs/errata.toml, our readings of the specification, to docs/errata.md."""
    from ocpi_generator import _errata as readings  # noqa: PLC0415 - slow to import, help is not
    from ocpi_generator.documents import Library  # noqa: PLC0415 - likewise

    library = Library(root)
    versions = [library.version(name) for name in _versions(root, None)]
    specifications = readings.specifications(one.meta for one in versions if one)
    target = readings.paths(root)[1]
    try:
        text = readings.rendered(readings.errata_of(root), specifications)
    except Refused as refused:
        show(refused.problems)
        raise typer.Exit(1) from refused
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        _print_stderr(f"{target.as_posix()} is up to date.")
    elif check:
        _print_stderr(f"{target.as_posix()} is not as rendered. Run `ocpi errata`.")
        raise typer.Exit(_STALE)
    else:
        target.write_text(text, encoding="utf-8")
        _print_stderr(f"{target.as_posix()} is written.")
