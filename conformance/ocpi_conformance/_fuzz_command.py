"""The command ``ocpi fuzz``. What it needs is loaded when it runs: not everybody has it."""

import json
import re
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer
from rich.console import Console

from ocpi_conformance._installed import check_modules, installed_bindings
from ocpi_conformance.commands import options
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.options import Ca, ClientCert, ClientKey, Headers, Proxy, finite, read_transport
from ocpi_runtime.parties import PartyRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocpi_conformance.fuzz import Budget, FuzzResult, Knowledge, Listener, Target

__all__ = ["register"]

TokenCoding: TypeAlias = Literal["auto", "yes", "no"]

_FAILED, _USAGE, _INTERRUPTED = 1, 2, 130
_SHARE = 0.3
_CODINGS = {"auto": None, "yes": True, "no": False}
_ENDPOINT = re.compile(r"(\w+)\.(sender|receiver)=(https?://\S+)\Z")
# They end or change the registration that the fuzzer itself needs.
_REGISTRATION = frozenset({"post_credentials", "put_credentials", "delete_credentials"})

_talk = Console(stderr=True, soft_wrap=True, highlight=False)
_out = Console(highlight=False)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("fuzz")(fuzz_command)


def fuzz_command(  # noqa: PLR0913 - options, not parameters
    url: Annotated[str, typer.Argument(help="The versions URL of the party.")],
    *,
    token: Annotated[str, typer.Option(envvar="OCPI_TOKEN", help="The credentials token to send.")],
    preset: options.Preset = None,  # noqa: ARG001 - its callback applies it
    report: options.Reports = None,
    baseline: options.BaselineFile = None,
    party: Annotated[
        str,
        typer.Option(help="Own party, as the other side knows it; objects are pushed in its name."),
    ] = "XX-FUZ",
    version: Annotated[
        str | None, typer.Option(help="Speak this version instead of the newest in common.")
    ] = None,
    edition: Annotated[
        str | None,
        typer.Option(help="Earlier edition of the version, such as core-1; needs --version."),
    ] = None,
    module: Annotated[list[str] | None, typer.Option(help="Only this module. Repeatable.")] = None,
    endpoint: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODULE.INTERFACE=URL",
            help="Endpoint that the party does not publish, or in place of the one that it does, "
            "such as tokens.receiver=https://example.com/tokens. Repeatable.",
        ),
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Send GET requests only; nothing is changed.")
    ] = False,
    token_base64: Annotated[
        TokenCoding,
        typer.Option(help="Whether the token is Base64-encoded in the header; auto finds out."),
    ] = "auto",  # noqa: S107 - no secret
    cases: Annotated[
        int, typer.Option(min=1, help="How many requests to send, all in all.")
    ] = 2000,
    seed: Annotated[int, typer.Option(help="Random seed, for reproducible runs.")] = 1,
    max_seconds: Annotated[
        float, typer.Option(min=1, callback=finite, help="When to stop at the latest.")
    ] = 600,
    timeout: Annotated[
        float, typer.Option(min=0.1, callback=finite, help="Seconds to wait for an answer.")
    ] = 10,
    registration: Annotated[
        bool,
        typer.Option(
            "--registration", help="Change credentials too; the token cannot be used afterwards."
        ),
    ] = False,
    peer_role: Annotated[
        PartyRole | None,
        typer.Option(help="Whose versions URL it is, in 2.1.1 and 2.0: of a CPO or of an eMSP."),
    ] = None,
    sequences: Annotated[
        bool,
        typer.Option(help="Run stateful sequences: put an object, read it, change it, read it."),
    ] = True,
    listen: options.Listen = None,
    public_url: options.PublicUrl = None,
    result_timeout: Annotated[
        float,
        typer.Option(min=0.1, callback=finite, help="Seconds to wait for a result of a command."),
    ] = 30,
    client_cert: ClientCert = None,
    client_key: ClientKey = None,
    ca: Ca = None,
    header: Headers = None,
    proxy: Proxy = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Allow private and loopback addresses.")
    ] = False,
    allow_http: Annotated[bool, typer.Option("--allow-http", help="Allow plain http.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Send valid and invalid requests to a party, and check its answers.

    Objects are pushed and changed in the name of --party: use it with test systems only.
    """
    from ocpi_conformance.fuzz import Budget, Knowledge  # noqa: PLC0415 - loads schemathesis
    from ocpi_conformance.fuzz.discovery import discover_targets  # noqa: PLC0415 - likewise
    from ocpi_conformance.reports import Baseline  # noqa: PLC0415 - loads jinja2
    from ocpi_conformance.validation.classes import edition_name  # noqa: PLC0415 - likewise
    from ocpi_runtime.client import Limits, Options  # noqa: PLC0415 - loads httpx2
    from ocpi_runtime.urls import UrlPolicy  # noqa: PLC0415 - slow to import, help is not

    outputs = options.read_outputs(report)
    accepted = Baseline.load(baseline) if baseline else Baseline()
    bindings = installed_bindings(version)
    check_modules(module or (), bindings)
    chosen = edition_name(edition, version) if edition else ""
    own, given = options.read_party(party), [_endpoint(one) for one in endpoint or ()]
    address = None if listen is None else options.read_address(listen)
    policy = UrlPolicy(allow_private=allow_private, allow_http=allow_http)
    transport = read_transport(
        client_cert=client_cert, client_key=client_key, ca=ca, headers=header, proxy=proxy
    )
    try:
        asked = Options(
            policy=policy,
            peer_role=peer_role,
            transport=transport,
            limits=Limits(connect=timeout, read=timeout, total=timeout, retries=0),
            token_base64=_CODINGS[token_base64],
        )
        targets, peer = discover_targets(url, token, bindings, asked, given=given, edition=chosen)
    except OcpiError as error:
        raise _ended(_FAILED, f"{error.message} {error.hint}") from None
    targets = [one for one in targets if not module or one.module in module]
    knowledge = Knowledge(own=own, peer=peer)
    knowledge.read_only = read_only
    knowledge.skip = frozenset() if registration else _REGISTRATION
    budget = Budget(
        cases=cases,
        seconds=max_seconds,
        seed=seed,
        timeout=timeout,
        sequences=_SHARE if sequences else 0,
        result_timeout=result_timeout,
    )
    with _listening(address, public_url) as knowledge.listener:
        result, interrupted = _watched(targets, knowledge, budget)
        result = replace(result, report=accepted.apply(result.report))
        secrets = [token, *transport.headers.values()]
        options.write_outputs(result.report, outputs, secrets=secrets)
        _print_result(result, as_json=as_json)
        if interrupted:
            raise _ended(_INTERRUPTED, "Interrupted; this was found so far.")
    failing = result.report.new if strict else result.report.errors
    raise typer.Exit(_FAILED if failing or result.problems else 0)


@contextmanager
def _listening(
    address: tuple[str, int] | None, public_url: str | None
) -> "Iterator[Listener | None]":
    """Wait for results while the block runs, if there is an address to wait at."""
    if address is None:
        yield None
        return
    from ocpi_conformance.fuzz import listening  # noqa: PLC0415 - loads schemathesis

    host, port = address
    with ExitStack() as stack:
        try:
            made = stack.enter_context(listening(host, port, public_url=public_url))
        except OSError as error:
            raise _ended(_FAILED, f"Cannot listen at {host}:{port}: {error}") from None
        yield made


def _ended(code: int, message: str) -> typer.Exit:
    _talk.print(message.strip())
    return typer.Exit(code)


def _endpoint(text: str) -> tuple[str, str, str]:
    """Read an endpoint: module, interface role and URL."""
    match = _ENDPOINT.match(text)
    if match is None:
        raise _ended(
            _USAGE,
            f"{text!r} is not an endpoint; write it like tokens.receiver=https://example.com/tokens.",
        )
    return match[1], match[2].upper(), match[3]


def _watched(
    targets: "list[Target]", knowledge: "Knowledge", budget: "Budget"
) -> "tuple[FuzzResult, bool]":
    from ocpi_conformance.fuzz import Fuzzing, run_interruptibly  # noqa: PLC0415 - loads schemathesis
    from ocpi_conformance.fuzz.show import watching  # noqa: PLC0415 - likewise

    with watching(_talk) as progress:
        return run_interruptibly(Fuzzing(targets, knowledge, budget, progress=progress))


def _print_result(result: "FuzzResult", *, as_json: bool) -> None:
    from ocpi_conformance.fuzz.show import print_result  # noqa: PLC0415 - loads schemathesis

    if as_json:
        typer.echo(json.dumps(result.as_data(), indent=2, ensure_ascii=False))
    else:
        print_result(result, _out, _talk)
