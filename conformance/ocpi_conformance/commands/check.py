"""The command ``ocpi check``. What it needs is loaded when it runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, TypeAlias
from urllib.parse import urlsplit

import typer

from ocpi_conformance._installed import check_modules, installed_bindings
from ocpi_conformance.commands.options import (
    AsJson,
    BaselineFile,
    Listen,
    Preset,
    PublicUrl,
    Reports,
    print_report,
    read_address,
    read_baseline,
    read_outputs,
    read_party,
    stderr,
    write_outputs,
)
from ocpi_conformance.commands.party_options import (
    CODINGS,
    AllowHttp,
    AllowPrivate,
    Edition,
    Modules,
    PartyUrl,
    ResultTimeout,
    Seed,
    Timeout,
    Token,
    TokenBase64,
    read_edition,
    read_policy,
)
from ocpi_runtime.failures import CommandFailed
from ocpi_runtime.options import Ca, ClientCert, ClientKey, Headers, Proxy, finite, read_transport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocpi_conformance.check import CallbackAddress, Options, PlannedObject
    from ocpi_runtime.dialect import Dialect

__all__ = ["register"]

Role: TypeAlias = Literal["cpo", "emsp", "hub"]

_FAILED: Final = 1
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class CheckFailed(CommandFailed):
    """The party could not be checked at all."""

    exit_code: ClassVar[int] = 2


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check_command)


def check_command(  # noqa: PLR0913 - options, not parameters
    url: PartyUrl,
    *,
    token: Token,
    preset: Preset = None,  # noqa: ARG001 - its callback sets the defaults of the others
    version: Annotated[
        str | None, typer.Option(help="Check this version instead of the newest in common.")
    ] = None,
    all_versions: Annotated[
        bool, typer.Option("--all-versions", help="Check every version in common.")
    ] = False,
    edition: Edition = None,
    role: Annotated[
        Role | None,
        typer.Option("--as", help="Role in which the party is checked; required in 2.1.1 and 2.0."),
    ] = None,
    module: Modules = None,
    rule: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID|GROUP", help="Only this rule, or group such as paging. Repeatable."
        ),
    ] = None,
    skip_rule: Annotated[
        list[str] | None,
        typer.Option(metavar="ID|GROUP", help="Leave out this rule, or group. Repeatable."),
    ] = None,
    stop_at_first: Annotated[
        bool, typer.Option("--stop-at-first", help="End as soon as something is found.")
    ] = False,
    party: Annotated[
        str | None,
        typer.Option(help="Own party, as the other side knows it, such as NL-TNM."),
    ] = None,
    write: Annotated[
        bool,
        typer.Option(
            "--write",
            help="Make objects of the own party, change and remove them; needs --party.",
        ),
    ] = False,
    token_base64: TokenBase64 = "auto",  # noqa: S107 - no secret
    register: Annotated[
        bool,
        typer.Option(
            "--register",
            help="Take the token as token A: register, renew and use the registration, and end it.",
        ),
    ] = False,
    keep_registration: Annotated[
        bool,
        typer.Option("--keep-registration", help="Leave the registration at the end."),
    ] = False,
    listen: Listen = None,
    public_url: PublicUrl = None,
    result_timeout: ResultTimeout = 30,
    dialect: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Dialect of the party (TOML): what it repairs is advice and no error.",
        ),
    ] = None,
    baseline: BaselineFile = None,
    seed: Seed = 1,
    rate: Annotated[
        float, typer.Option(min=0, callback=finite, help="Most requests in a second; 0: no limit.")
    ] = 0,
    timeout: Timeout = 10,
    report: Reports = None,
    client_cert: ClientCert = None,
    client_key: ClientKey = None,
    ca: Ca = None,
    header: Headers = None,
    proxy: Proxy = None,
    allow_private: AllowPrivate = False,
    allow_http: AllowHttp = False,
    as_json: AsJson = False,
) -> None:
    """Check a party by the rules that ocpi rules lists.

    It sends GET, and requests that must be refused: nothing is made or changed. With --write it
    also makes objects; it prints beforehand which, and under which ids, and removes or ends them.
    With --register it makes a registration, prints which, and ends it.
    The exit code is 1 if there are new findings, 2 if the party could not be checked.
    """
    from ocpi_conformance.check import NotChecked, Options, check_party  # noqa: PLC0415 - slow

    callback = _callback(url, listen, public_url)
    if register and callback is None:
        raise typer.BadParameter("--register needs --listen: the party reads our versions.")
    bindings = installed_bindings(version)
    check_modules(module or (), bindings)
    if write and party is None:
        raise typer.BadParameter("--write needs --party: objects have an owner.")
    _check_rules(rule or (), skip_rule or ())
    known = _dialect(dialect, version)
    outputs = read_outputs(report)
    accepted = read_baseline(baseline)
    options = Options(
        bindings,
        all_versions=all_versions,
        edition=_edition(edition, known, version),
        role=role or "",
        modules=module or (),
        rules=rule or (),
        skip_rules=skip_rule or (),
        stop_at_first=stop_at_first,
        dialect=known,
        own=None if party is None else read_party(party),
        token_base64=CODINGS[token_base64],
        transport=read_transport(
            client_cert=client_cert, client_key=client_key, ca=ca, headers=header, proxy=proxy
        ),
        policy=read_policy(allow_private=allow_private, allow_http=allow_http),
        rate=rate,
        timeout=timeout,
        seed=seed,
        write=write,
        register=register,
        keep_registration=keep_registration,
        callback=callback,
        result_timeout=result_timeout,
    )
    _check_address(url, options)
    try:
        with _watching() as progress:
            checked = check_party(
                url,
                token,
                options,
                progress=progress,
                planned=_print_plan,
                left=_print_left,
                announce=_announce,
            )
            found = accepted.apply(checked)
    except NotChecked as error:
        raise CheckFailed(str(error)) from None
    except OSError as error:
        raise CheckFailed(f"Cannot listen at {listen}: {error.strerror or error}.") from None
    write_outputs(found, outputs, secrets=[token, *options.transport.headers.values()])
    print_report(found, as_json=as_json)
    raise typer.Exit(_FAILED if found.harmful else 0)


def _dialect(file: Path | None, version: str | None) -> "Dialect | None":
    """Read the dialect of the party."""
    from ocpi_runtime.dialect import Dialect, DialectError  # noqa: PLC0415 - slow

    if file is None:
        return None
    try:
        found = Dialect.load(file)
    except DialectError as error:
        raise typer.BadParameter(str(error)) from None
    if found.edition and version is None:
        raise typer.BadParameter(f"{file} names an edition; name its version with --version.")
    return found


def _edition(name: str | None, dialect: "Dialect | None", version: str | None) -> str:
    """Return the edition by which objects are judged: the one that is named, or the dialect's."""
    wanted = name or (dialect.edition[0] if dialect and dialect.edition else "")
    return read_edition(wanted, version)


def _check_rules(only: "Sequence[str]", without: "Sequence[str]") -> None:
    from ocpi_conformance.rules.selection import Selection, UnknownRule  # noqa: PLC0415 - slow

    try:
        chosen = Selection(only, without).chosen
    except UnknownRule as error:
        raise typer.BadParameter(str(error)) from None
    if not chosen:
        raise typer.BadParameter("--skip-rule leaves out all rules that --rule names.")


def _callback(url: str, listen: str | None, public_url: str | None) -> "CallbackAddress | None":
    """Return where we listen: without --listen, for parties on this machine alone."""
    from ocpi_conformance.check import CallbackAddress  # noqa: PLC0415 - slow

    if listen is None:
        return CallbackAddress() if _host_of(url) in _LOOPBACK else None
    host, port = read_address(listen)
    return CallbackAddress(host, port, public_url)


def _host_of(url: str) -> str | None:
    """Return the host of a URL; None where there is none, which the discovery reports."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _announce(text: str) -> None:
    stderr.print(text, markup=False)


def _check_address(url: str, options: "Options") -> None:
    from ocpi_runtime.errors import OcpiError  # noqa: PLC0415 - slow
    from ocpi_runtime.urls import check_url  # noqa: PLC0415 - likewise

    try:
        check_url(url, options.policy)
    except OcpiError as error:
        raise CheckFailed(f"{error.message} {error.hint}".strip()) from None


def _watching() -> Any:
    from ocpi_conformance.check.show import watching  # noqa: PLC0415 - slow

    return watching(stderr)


def _print_plan(planned: "Sequence[PlannedObject]") -> None:
    stderr.print("These objects will be made:" if planned else "No object will be made.")
    for one in planned:
        stderr.print(f"  {one}", markup=False)


def _print_left(text: str) -> None:
    stderr.print(f"Left over: {text}", markup=False)
