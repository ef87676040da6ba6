"""The operator's command about the message log: list exchanges, follow them, write them down."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocpi_runtime.failures import CommandFailed
from ocpi_runtime.options import plain_console
from ocpi_server.command_line._partner_work import run_with_partners
from ocpi_server.command_line.operator import DEFAULT_CONFIG, Config

if TYPE_CHECKING:
    from ocpi_server._platform import Platform
    from ocpi_server.message_log import Message, MessageFilter

__all__ = ["show_log"]

_USAGE = 2

_stderr = plain_console(stderr=True)


class CannotWrite(CommandFailed):
    """A file cannot be written."""


def show_log(  # noqa: PLR0913 - options of a command
    id: Annotated[
        int | None, typer.Argument(min=1, help="Number of one exchange, to be shown in full.")
    ] = None,
    *,
    partner: Annotated[str | None, typer.Option(help="Key or name of the partner.")] = None,
    module: Annotated[str | None, typer.Option(help="OCPI module, such as locations.")] = None,
    status: Annotated[
        str | None,
        typer.Option(help="HTTP status (404, 4xx), OCPI status (2001, 2xxx), or 'failed'."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Earliest start: an instant, or an age such as 15m, 2h, 7d.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=100_000, help="Most exchanges; the latest are taken.")
    ] = 50,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes.")] = False,
    har: Annotated[Path | None, typer.Option(help="HAR file to write them to.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object a line, as 'ocpi replay' reads them."),
    ] = False,
) -> None:
    """Show HTTP exchanges with partners, in both directions, the latest last.

    They are kept while the setting messages.enabled is true.
    """
    from ocpi_server.command_line.monitoring._since import instant_of  # noqa: PLC0415 - heavy
    from ocpi_server.message_log import MessageFilter  # noqa: PLC0415 - heavy
    from ocpi_server.settings import module_names  # noqa: PLC0415 - heavy

    if module is not None and module not in module_names():
        raise typer.BadParameter(
            f"{module!r} is not an OCPI module; use one of {', '.join(module_names())}.",
            param_hint="--module",
        )
    if follow and har is not None:
        raise typer.BadParameter("--follow and --har exclude each other.")
    with _refused("--since"):
        earliest = None if since is None else instant_of(since)
    with _refused("--status"):
        wanted = MessageFilter(module=module, status=status, since=earliest)
    output = _Output(har, as_json=as_json, in_full=id is not None)

    async def work(platform: "Platform") -> None:
        output.names = {each.id: each.label for each in await platform.partners.every()}
        async for message in _chosen(platform, wanted, partner, id, limit, follow=follow):
            output.show(message)
        if not output.shown and not platform.settings.messages.enabled:
            _stderr.print("The message log is off; set enabled = true in [messages].")

    run_with_partners(config, work)
    output.finish()


@contextmanager
def _refused(option: str) -> Iterator[None]:
    """Show a ValueError as the fault of an option."""
    try:
        yield
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


async def _chosen(
    platform: "Platform",
    wanted: "MessageFilter",
    partner: str | None,
    id: int | None,
    limit: int,
    *,
    follow: bool,
) -> AsyncIterator["Message"]:
    """Yield the exchanges, the oldest first."""
    from dataclasses import replace  # noqa: PLC0415 - with the rest of the work

    log = platform.messages
    if id is not None:
        found = await log.get(id)
        if found is None:
            _stderr.print(f"Exchange {id} not found; it may have been removed.")
            raise typer.Exit(_USAGE)
        yield found
        return
    if partner is not None:
        wanted = replace(wanted, partner=(await platform.administration.find(partner)).id)
    last = await log.last_id()
    for number in reversed(await _latest(platform, wanted, limit)):
        message = await log.get(number)
        if message is not None:
            yield message
    while follow:
        heads = await log.follow(last, wanted)
        last = heads[-1].id
        for head in heads:
            message = await log.get(head.id)
            if message is not None:
                yield message


async def _latest(platform: "Platform", wanted: "MessageFilter", limit: int) -> list[int]:
    """Return the numbers of the latest exchanges, the latest first."""
    from dataclasses import replace  # noqa: PLC0415 - with the rest of the work

    numbers: list[int] = []
    before: int | None = None
    while len(numbers) < limit:
        most = min(1000, limit - len(numbers))
        page = await platform.messages.list(replace(wanted, before_id=before, limit=most))
        numbers += [each.id for each in page.messages]
        before = page.before_id
        if before is None:
            break
    return numbers


class _Output:
    """Where exchanges are shown: lines for people, JSON lines, or a HAR.

    Args:
        har: The HAR, if one is wanted.
        as_json: Whether JSON lines are.
        in_full: Whether people get headers and bodies.

    Attributes:
        names: The names of partners by their ids.
        shown: How many were shown.
    """

    def __init__(self, har: Path | None, *, as_json: bool, in_full: bool) -> None:
        self._har, self._as_json, self._in_full = har, as_json, in_full
        self._entries: list[dict[str, Any]] = []
        self.names: dict[str, str] = {}
        self.shown = 0

    def show(self, message: "Message") -> None:
        """Show one exchange."""
        from ocpi_server.command_line.monitoring import _forms as forms  # noqa: PLC0415 - heavy

        self.shown += 1
        if self._har is not None:
            self._entries.append(forms.har_entry(message))
            return
        name = self.names.get(message.partner or "", message.partner or "-")
        if self._as_json:
            text = forms.json_line(message)
        else:
            text = (forms.full_text if self._in_full else forms.text_line)(message, name)
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def finish(self) -> None:
        """Write the HAR.

        Raises:
            CannotWrite: The file cannot be written.
        """
        if self._har is None:
            return
        from ocpi_server.command_line.monitoring._forms import har_text  # noqa: PLC0415 - heavy

        try:
            self._har.write_text(har_text(self._entries), encoding="utf-8")
        except OSError as error:
            raise CannotWrite(f"{self._har} cannot be written: {error.strerror}.") from None
        _stderr.print(f"{self.shown} exchanges are in {self._har}.")
