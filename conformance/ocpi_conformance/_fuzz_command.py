"""The command ``ocpi fuzz``. What it needs is loaded when it runs: not everybody has it."""

import json
import re
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ocpi_conformance._installed import check_modules, installed_bindings
from ocpi_conformance.commands import options
from ocpi_conformance.commands.options import AsJson, stderr
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
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.options import Ca, ClientCert, ClientKey, Headers, Proxy, finite, read_transport
from ocpi_runtime.parties import PartyRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocpi_conformance.fuzz import Budget, FuzzResult, Knowledge, Listener, Target

__all__ = ["register"]

_FAILED, _USAGE, _INTERRUPTED = 1, 2, 130
_SHARE = 0.3
_ENDPOINT = re.compile(r"(\w+)\.(sender|receiver)=(https?://\S+)\Z")
# They end or change the registration that the fuzzer itself needs.
_REGISTRATION = frozenset({"post_credentials", "put_credentials", "delete_credentials"})


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("fuzz")(fuzz_command)


def fuzz_command(  # noqa: PLR0913 - options, not parameters
    url: PartyUrl,
    *,
    token: Token,
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
    edition: Edition = None,
    module: Modules = None,
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
    token_base64: TokenBase64 = "auto",  # noqa: S107 - no secret
    cases: Annotated[int, typer.Option(min=1, help="Total number of requests.")] = 2000,
    seed: Seed = 1,
    max_seconds: Annotated[
        float, typer.Option(min=1, callback=finite, help="Time limit in seconds.")
    ] = 600,
    timeout: Timeout = 10,
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
    result_timeout: ResultTimeout = 30,
    client_cert: ClientCert = None,
    client_key: ClientKey = None,
    ca: Ca = None,
    header: Headers = None,
    proxy: Proxy = None,
    strict: options.Strict = False,
    allow_private: AllowPrivate = False,
    allow_http: AllowHttp = False,
    as_json: AsJson = False,
) -> None:
    """Send valid and invalid requests to a party, and check its answers.

    Objects are pushed and changed in the name of --party: use it with test systems only.
    """
    from ocpi_conformance.fuzz import Budget, Knowledge  # noqa: PLC0415 - loads schemathesis
    from ocpi_conformance.fuzz.discovery import discover_targets  # noqa: PLC0415 - likewise
    from ocpi_runtime.client import Limits, Options  # noqa: PLC0415 - loads httpx2

    outputs = options.read_outputs(report)
    accepted = options.read_baseline(baseline)
    bindings = installed_bindings(version)
    check_modules(module or (), bindings)
    chosen = read_edition(edition, version)
    own, given = options.read_party(party), [_endpoint(one) for one in endpoint or ()]
    address = None if listen is None else options.read_address(listen)
    policy = read_policy(allow_private=allow_private, allow_http=allow_http)
    transport = read_transport(
        client_cert=client_cert, client_key=client_key, ca=ca, headers=header, proxy=proxy
    )
    try:
        asked = Options(
            policy=policy,
            peer_role=peer_role,
            transport=transport,
            limits=Limits(connect=timeout, read=timeout, total=timeout, retries=0),
            token_base64=CODINGS[token_base64],
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
    stderr.print(message.strip())
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

    with watching(stderr) as progress:
        return run_interruptibly(Fuzzing(targets, knowledge, budget, progress=progress))


def _print_result(result: "FuzzResult", *, as_json: bool) -> None:
    from ocpi_conformance.fuzz.show import print_result  # noqa: PLC0415 - loads schemathesis

    if as_json:
        typer.echo(json.dumps(result.as_data(), indent=2, ensure_ascii=False))
    else:
        print_result(result, options.out, stderr)
