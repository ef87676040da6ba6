"""The command ``ocpi mock``. What it needs is loaded when it runs."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

import typer

from ocpi_conformance._installed import installed_bindings
from ocpi_conformance.commands.options import (
    AsJson,
    BaselineFile,
    Preset,
    Reports,
    Strict,
    out,
    print_report,
    read_baseline,
    read_outputs,
    read_party,
    stderr,
    write_outputs,
)
from ocpi_runtime.options import finite

if TYPE_CHECKING:
    from ocpi_conformance.mock import Mock, Scenario
    from ocpi_conformance.reports import Report

__all__ = ["register"]

MockRole: TypeAlias = Literal["cpo", "emsp", "hub"]
_FAILED, _NOT_JUDGED = 1, 2


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("mock")(mock_command)


def mock_command(  # noqa: PLR0913 - options, not parameters
    *,
    role: Annotated[MockRole, typer.Option(help="Role of the mock.")] = "cpo",
    version: Annotated[str, typer.Option(help="OCPI version of the mock.")] = "2.2.1",
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME|FILE",
            help="What the mock does wrong: a name that --list prints, or a TOML file. Repeatable.",
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen at; 0 takes a free one.")
    ] = 8090,
    public_url: Annotated[
        str | None, typer.Option(help="How the client reaches that address, if not as it is.")
    ] = None,
    token: Annotated[
        str,
        typer.Option(envvar="OCPI_TOKEN", help="Token that opens everything without registration."),
    ] = "mock-token",  # noqa: S107 - it opens nothing but mocks
    token_a: Annotated[
        str, typer.Option(help="Token of the invitation, for clients that register.")
    ] = "mock-token-a",  # noqa: S107 - likewise
    party: Annotated[
        str | None, typer.Option(help="Party of the client, such as NL-TNM, until it registers.")
    ] = None,
    client_token: Annotated[
        str | None,
        typer.Option(help="Token for requests to a client that does not register."),
    ] = None,
    callbacks: Annotated[
        bool, typer.Option(help="Read the client's versions when it registers.")
    ] = True,
    count: Annotated[int, typer.Option(min=1, max=10_000, help="Number of locations.")] = 25,
    page_size: Annotated[int, typer.Option(min=1, max=1000, help="Most objects on a page.")] = 10,
    seed: Annotated[int, typer.Option(help="Random seed of the objects.")] = 1,
    max_seconds: Annotated[
        float | None,
        typer.Option(
            min=0, callback=finite, help="Time limit in seconds; Ctrl-C and SIGTERM stop it too."
        ),
    ] = None,
    report: Reports = None,
    baseline: BaselineFile = None,
    preset: Preset = None,
    strict: Strict = False,
    as_json: AsJson = False,
    listed: Annotated[
        bool, typer.Option("--list", help="List the scenarios that ship, and exit.")
    ] = False,
) -> None:
    """Serve a party that judges the client that calls it, and misbehaves on demand.

    The exit code is 0 if the client did nothing wrong, 1 if it did, and 2 if it could not be
    judged: it sent nothing, or nothing that the rules of a scenario are about.
    """
    from ocpi_conformance.mock import MockSettings, load_scenario, mock_at  # noqa: PLC0415 - slow

    del preset  # its options have been read
    if listed:
        _print_scenarios()
        return
    binding = installed_bindings(version)[0]
    outputs, known = read_outputs(report), read_baseline(baseline)
    scenarios = [load_scenario(one) for one in scenario or ()]
    settings = MockSettings(
        role=role,
        count=count,
        seed=seed,
        page_size=page_size,
        token=token,
        token_a=token_a,
        party=None if party is None else read_party(party),
        client_token=client_token,
        callbacks=callbacks,
    )
    _check_url(public_url)
    _check_tokens(settings.token, settings.token_a, client_token)
    try:
        with mock_at(host, port, binding, settings, scenarios, public_url=public_url) as mock:
            _print_start(mock, scenarios)
            _wait(max_seconds)
            mock.settle()
            found = mock.report()
    except OSError as error:
        stderr.print(f"Cannot listen at {host}:{port}: {error}.")
        raise typer.Exit(_FAILED) from None
    found = known.apply(found)
    write_outputs(found, outputs, secrets=mock.secrets)
    print_report(found, as_json=as_json)
    raise typer.Exit(_exit_code(found, strict=strict))


def _exit_code(report: "Report", *, strict: bool) -> int:
    if report.new if strict else report.errors:
        return _FAILED
    return _NOT_JUDGED if report.problems else 0


def _check_tokens(*tokens: str | None) -> None:
    """Refuse tokens that no header can carry, and two that are the same."""
    from ocpi_runtime.token import is_token  # noqa: PLC0415 - beside the others

    given = [one for one in tokens if one is not None]
    if not all(is_token(one) for one in given):
        raise typer.BadParameter("A token must be printable ASCII without blanks.")
    if len(set(given[:2])) < len(given[:2]):
        raise typer.BadParameter("--token and --token-a are the same; use two tokens.")


def _check_url(url: str | None) -> None:
    parts = urlsplit(url or "http://localhost")
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
        raise typer.BadParameter(
            f"{url!r} is not the URL of a host; write it like http://mock:8090."
        )


def _print_start(mock: "Mock", scenarios: "list[Scenario]") -> None:
    stderr.print(f"Versions URL: {mock.versions_url}")
    stderr.print(f"Token: {mock.settings.token}; to register: {mock.settings.token_a}")
    for one in scenarios:
        stderr.print(f"{one.name}: {one.does} Expected: {one.expects}")
    stderr.print("Ctrl-C ends the mock and prints the verdict.")


def _wait(seconds: float | None) -> None:
    """Wait until the time is over, or until a signal."""
    over = threading.Event()
    with _signals(over):
        over.wait(seconds)


@contextmanager
def _signals(over: threading.Event) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        one: signal.signal(one, lambda *_: over.set()) for one in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _print_scenarios() -> None:
    from rich.table import Table  # noqa: PLC0415 - help does not need it

    from ocpi_conformance.mock import shipped_scenarios  # noqa: PLC0415 - slow to import

    table = Table("scenario", "roles", "what the mock does", "what is expected", box=None)
    for one in shipped_scenarios().values():
        table.add_row(one.name, ", ".join(one.roles) or "all", one.does, one.expects)
    out.print(table)
