"""The command ``ocpi partners transport``."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocpi_runtime.options import Ca, ClientCert, ClientKey, Headers, Proxy, finite, read_transport
from ocpi_server.command_line._partner_work import Partner, run_with_partners
from ocpi_server.command_line.operator import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ocpi_server._platform import Platform

__all__ = ["transport_command"]


def transport_command(  # noqa: PLR0913 - options, not parameters
    partner: Partner,
    *,
    client_cert: ClientCert = None,
    client_key: ClientKey = None,
    ca: Ca = None,
    header: Headers = None,
    proxy: Proxy = None,
    timeout: Annotated[
        float | None,
        typer.Option(min=0.1, callback=finite, help="Seconds to wait for an answer."),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Remove all settings.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Set the certificates, headers, proxy and times of calls to a partner, or show them.

    What is set replaces what was set before. Headers and proxy are stored encrypted and are shown
    masked.
    """
    chosen = read_transport(
        client_cert=client_cert,
        client_key=client_key,
        ca=ca,
        headers=header,
        proxy=proxy,
        timeout=timeout,
    )
    if clear and chosen.as_data():
        raise typer.BadParameter("--clear excludes the other settings.")

    async def work(platform: "Platform") -> dict[str, Any]:
        known = await platform.administration.find(partner)
        if not clear and not chosen.as_data():
            return platform.partners.transport(known).described()
        await platform.partners.set_transport(known.id, chosen)
        return chosen.described()

    shown = run_with_partners(config, work)
    if as_json:
        sys.stdout.write(json.dumps(shown) + "\n")
        return
    for name, value in shown.items():
        sys.stdout.write(f"{name:16} {', '.join(value) if isinstance(value, dict) else value}\n")
