"""The command ``ocpi replay``. What it needs is loaded when it runs."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import typer

from ocpi_conformance._installed import installed_bindings
from ocpi_conformance.commands.options import (
    AsJson,
    BaselineFile,
    Preset,
    Reports,
    Strict,
    print_report,
    read_baseline,
    read_outputs,
    stderr,
    write_outputs,
)
from ocpi_conformance.commands.party_options import AllowHttp, AllowPrivate, Timeout, read_policy
from ocpi_runtime.failures import CommandFailed
from ocpi_runtime.options import Ca, ClientCert, ClientKey, Headers, Proxy, read_transport

if TYPE_CHECKING:
    from ocpi_conformance.exchanges.target import Target
    from ocpi_conformance.replay import KnownEndpoints, Recording, RuleChecker
    from ocpi_conformance.reports import Report
    from ocpi_runtime.binding import Binding
    from ocpi_runtime.transport import Transport
    from ocpi_runtime.urls import UrlPolicy

__all__ = ["register"]

_FAILED: Final = 1
_DIFFERENT: Final = "replay.same-answer"


class NothingJudged(CommandFailed):
    """A log has no exchange that a rule could judge."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class _Again:
    """Where requests are sent again, as the options describe it."""

    url: str
    token: str
    write: bool
    ignore: Sequence[str]
    timeout: float
    transport: "Transport"
    policy: "UrlPolicy"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay")(replay_command)


def replay_command(  # noqa: PLR0913 - options, not parameters
    logs: Annotated[list[Path], typer.Argument(help="Exchanges: HAR or JSON lines.")],
    *,
    preset: Preset = None,  # noqa: ARG001 - its callback applies it
    version: Annotated[
        str | None, typer.Option(help="Version of requests whose URL names none.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Versions URL of a party that gets the requests again."),
    ] = None,
    token: Annotated[
        str | None, typer.Option(envvar="OCPI_TOKEN", help="Credentials token for --against.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Send requests again that change something, too.")
    ] = False,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            metavar="POINTER",
            help="What may differ, such as /data/*/last_updated. Repeatable.",
        ),
    ] = None,
    timeout: Timeout = 10,
    report: Reports = None,
    baseline: BaselineFile = None,
    client_cert: ClientCert = None,
    client_key: ClientKey = None,
    ca: Ca = None,
    header: Headers = None,
    proxy: Proxy = None,
    strict: Strict = False,
    allow_private: AllowPrivate = False,
    allow_http: AllowHttp = False,
    as_json: AsJson = False,
) -> None:
    """Check recorded exchanges by the rules, without a live party.

    With --against the requests are sent again to another party, GET alone unless --write is given;
    its answers are judged, and what differs from the recorded ones is reported.
    """
    outputs = read_outputs(report)
    accepted = read_baseline(baseline)
    transport = read_transport(
        client_cert=client_cert, client_key=client_key, ca=ca, headers=header, proxy=proxy
    )
    policy = read_policy(allow_private=allow_private, allow_http=allow_http)
    again = None
    if against is not None:
        if token is None:
            raise typer.BadParameter("--against needs --token, or OCPI_TOKEN.")
        ignored = _pointers(ignore or ())
        again = _Again(against, token, write, ignored, timeout, transport, policy)
    elif write or ignore:
        raise typer.BadParameter("--write and --ignore belong to --against.")
    found = accepted.apply(_replayed(logs, version, again))
    secrets = [token or "", *transport.headers.values()]
    write_outputs(found, outputs, secrets=secrets)
    print_report(found, as_json=as_json)
    failing = found.new if strict else found.errors
    if failing or any(one.rule == _DIFFERENT for one in found.new):
        raise typer.Exit(_FAILED)


def _pointers(values: Sequence[str]) -> Sequence[str]:
    for one in values:
        if not one.startswith("/"):
            raise typer.BadParameter(f"{one!r} is not a JSON pointer; write it like /data/*/name.")
    return values


def _replayed(logs: Sequence[Path], version: str | None, again: _Again | None) -> "Report":
    from ocpi_conformance.replay import KnownEndpoints, RuleChecker, read_log  # noqa: PLC0415 - slow to import
    from ocpi_conformance.reports import Report  # noqa: PLC0415 - likewise
    from ocpi_runtime.codec import format_timestamp  # noqa: PLC0415 - likewise

    if version is not None:
        installed_bindings(version)  # refuses one that is unknown
    bindings = installed_bindings(None)
    exchanges = [one for log in logs for one in read_log(log, _report_cut)]
    began, start = format_timestamp(datetime.now(UTC)), time.monotonic()
    places = KnownEndpoints(bindings, version)
    places.learn(exchanges)
    checker, problems = RuleChecker(places), list[str]()
    if again is None:
        for one in exchanges:
            checker.add(one)
        checker.finish()
    else:
        checker, problems = _sent_again(exchanges, places, bindings, again)
    if not checker.judged:
        why = " ".join([*problems, *checker.problems]) or "The log is empty."
        raise NothingJudged(f"No exchange could be judged. {why}")
    return Report(
        tool="replay",
        party=again.url if again else ", ".join(str(log) for log in logs),
        versions=tuple(sorted(checker.versions)),
        began=began,
        seconds=time.monotonic() - start,
        requests=checker.judged,
        rules=checker.rules,
        findings=checker.findings,
        problems=[*problems, *checker.problems],
    )


def _report_cut(count: int) -> None:
    stderr.print(f"{count} exchanges with cut bodies are left out.")


def _sent_again(
    exchanges: "Recording",
    places: "KnownEndpoints",
    bindings: "Sequence[Binding[Any, Any]]",
    again: _Again,
) -> "tuple[RuleChecker, list[str]]":
    """Send requests again, each in the version in which it was recorded."""
    from ocpi_conformance.exchanges.sending import Sender  # noqa: PLC0415 - slow to import
    from ocpi_conformance.replay import KnownEndpoints, OtherParty, RuleChecker, send_again  # noqa: PLC0415 - likewise

    spoken = {place.version for one in exchanges if (place := places.find(one.sent))}
    targets = [
        target
        for binding in bindings
        if binding.version in spoken
        for target in _targets(binding, again)
    ]
    theirs = KnownEndpoints(bindings)
    theirs.add(targets)
    checker = RuleChecker(theirs)
    with ExitStack() as stack:
        senders = {
            target.token_base64: stack.enter_context(Sender(target, seed=1, timeout=again.timeout))
            for target in targets
        }
        other = OtherParty(targets, senders, write=again.write, ignore=again.ignore)
        return checker, send_again(exchanges, places, other, checker)


def _targets(binding: "Binding[Any, Any]", again: _Again) -> "list[Target]":
    """Discover what the other party offers in a version."""
    from ocpi_conformance.exchanges.target import targets_of  # noqa: PLC0415 - slow to import
    from ocpi_runtime.client import Limits, connect_sync  # noqa: PLC0415 - loads httpx2
    from ocpi_runtime.urls import check_url  # noqa: PLC0415 - slow to import

    seconds = again.timeout
    limits = Limits(connect=seconds, read=seconds, total=seconds, retries=0)
    with connect_sync(
        again.url,
        again.token,
        bindings=[binding],
        policy=again.policy,
        transport=again.transport,
        limits=limits,
    ) as peer:
        found = targets_of(
            binding,
            peer.endpoints,
            again.token,
            token_base64=peer.token_base64,
            transport=again.transport,
        )
        targets = [*found]
    for target in targets:
        check_url(target.url, again.policy)
    return targets
