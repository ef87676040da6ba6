"""The command ``ocpi validate``. What it needs is loaded when it runs."""

import gc
import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ocpi_conformance.commands.options import AsJson, stderr
from ocpi_conformance.commands.party_options import AllowHttp, AllowPrivate, Edition, read_policy
from ocpi_runtime.options import plain_console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ocpi_conformance.validation import ObjectReport, Report, Validation
    from ocpi_runtime.urls import UrlPolicy

__all__ = ["register"]

_FAILED: Final = 1
_GC_THRESHOLD: Final = 50_000
_out = plain_console()


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("validate")(validate_command)


def validate_command(  # noqa: PLR0913 - options, not parameters
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE | URL | -]...", help="JSON with objects, also compressed."),
    ] = None,
    *,
    version: Annotated[
        str | None, typer.Option(help="Version of the objects; guessed when not given.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--class", help="Class of the objects, such as Location; likewise."),
    ] = None,
    edition: Edition = None,
    dialect: Annotated[
        Path | None, typer.Option(help="Dialect (TOML) whose repairs are counted; else all are.")
    ] = None,
    learn: Annotated[
        Path | None, typer.Option(help="File for the dialect that the objects need, as a proposal.")
    ] = None,
    as_json: AsJson = False,
    html: Annotated[
        Path | None, typer.Option(help="File for the report as one HTML page, for the partner.")
    ] = None,
    jsonl: Annotated[
        Path | None, typer.Option(help="File for the verdict on each object, one JSON line each.")
    ] = None,
    allow_private: AllowPrivate = False,
    allow_http: AllowHttp = False,
) -> None:
    """Validate objects of partners; report what is wrong, how often, and how to read it.

    Takes lists, envelopes, lists below any name, objects one after the other, gzip and zip, of any
    class and version. Without a FILE, standard input is read. The exit code is 0 if all objects are
    valid as they were sent.
    """
    from ocpi_conformance.validation import Validation  # noqa: PLC0415 - slow to import
    from ocpi_conformance.validation.inputs import check_file  # noqa: PLC0415 - likewise
    from ocpi_runtime.dialect import Dialect, Learner  # noqa: PLC0415 - likewise

    if dialect and learn:
        raise typer.BadParameter("--learn reads by all repairs; leave --dialect out.")
    names = inputs or ["-"]
    for each in names:
        check_file(each)
    policy = read_policy(allow_private=allow_private, allow_http=allow_http)
    gc.set_threshold(_GC_THRESHOLD)  # parsed objects have no cycles, and most time would go there
    learner = Learner() if learn else None
    with _lines(jsonl) as on_object:
        validation = Validation(
            version=version,
            name=name,
            edition=edition,
            dialect=Dialect.load(dialect) if dialect else None,
            learner=learner,
            on_object=on_object,
        )
        for each in names:
            _read(validation, each, policy)
    report = validation.report()
    _print(report, as_json=as_json)
    if learn and learner:
        learn.write_text(learner.toml(), encoding="utf-8")
    if html is not None:
        from ocpi_conformance.validation.page import page  # noqa: PLC0415 - loads jinja2

        html.write_text(page(report), encoding="utf-8")
    if not report.ok:
        raise typer.Exit(_FAILED)


def _read(validation: "Validation", name: str, policy: "UrlPolicy") -> None:
    from ocpi_conformance.validation.inputs import InputFailed, opened  # noqa: PLC0415 - slow
    from ocpi_conformance.validation.show import watching  # noqa: PLC0415 - likewise
    from ocpi_runtime.errors import UnsafeUrl  # noqa: PLC0415 - likewise

    try:
        with (
            opened(name, policy) as source,
            watching(stderr, name, source.size) as on_progress,
        ):
            validation.read(source.file, name, on_progress)
    except InputFailed as error:
        validation.add_problem(name, str(error).removeprefix(f"{name}: "))
    except UnsafeUrl as error:
        validation.add_problem(name, " ".join(filter(None, (error.message, error.hint))))


def _print(report: "Report", *, as_json: bool) -> None:
    from ocpi_conformance.validation.show import print_report  # noqa: PLC0415 - slow to import

    if as_json:
        sys.stdout.write(json.dumps(report.as_data(), indent=2) + "\n")
    else:
        print_report(report, _out)
    wrong = report.objects - report.verdicts["valid"]
    if wrong:
        stderr.print(f"{wrong} of {report.objects} objects are not valid as they were sent.")
    for each in report.problems:
        stderr.print(f"{each.source}: {each.message.rstrip('.')}.")


@contextmanager
def _lines(path: Path | None) -> "Iterator[Callable[[ObjectReport], None] | None]":
    if path is None:
        yield None
        return
    with path.open("w", encoding="utf-8") as file:
        yield lambda each: print(json.dumps(each.data), file=file)
