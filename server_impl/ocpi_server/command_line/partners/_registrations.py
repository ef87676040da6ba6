"""The commands that register this platform at a partner, and renew the registration."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ocpi_runtime.options import plain_console
from ocpi_server.command_line._partner_work import Partner, run_with_partners
from ocpi_server.command_line.operator import DEFAULT_CONFIG, AsJson, Config
from ocpi_server.command_line.partners._names import (
    OWN_ROLES,
    LinkedPartner,
    OwnRole,
    Parties,
    Unregistered,
    read_role,
    shown_partner,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from ocpi_runtime.errors import OcpiError
    from ocpi_server._platform import Platform
    from ocpi_server.partners import PartnerRecord

__all__ = ["register_command", "renew_command"]

T = TypeVar("T")

_stderr = plain_console(stderr=True)

Token = Annotated[
    str | None,
    typer.Option(
        envvar="OCPI_TOKEN",
        help="Token A of the partner; without it, it is read from the terminal or stdin.",
    ),
]


def register_command(  # noqa: PLR0913 - options, not parameters
    versions_url: Annotated[str, typer.Argument(help="Versions URL of the partner.")],
    *,
    token: Token = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the partner in this platform; its URL by default.")
    ] = None,
    party: Parties = None,
    again: Unregistered = None,
    role: OwnRole = None,
    linked_partner_id: LinkedPartner = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Register at a partner with the token A that it has issued.

    The platform must be serving: the partner calls its versions URL. With --party, other roles of
    the partner wait for approval. Without, all its roles are approved, except HUB.
    """
    roles = [read_role(each) for each in party or ()]
    token_a = token or _read_token()

    async def work(platform: "Platform") -> "PartnerRecord":
        registration = platform.register_with(
            versions_url,
            token_a,
            name=name or "",
            role=None if role is None else OWN_ROLES[role],
            linked_partner_id=linked_partner_id,
            partner_id=again,
            roles=roles,
        )
        return await _answered(platform, f"Registration at {versions_url}", registration)

    _report(run_with_partners(config, work), as_json=as_json)


def renew_command(
    partner: Partner, *, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Renew a registration: new tokens on both sides, versions, endpoints and roles again.

    The platform must be serving: the partner calls its versions URL.
    """

    async def work(platform: "Platform") -> "PartnerRecord":
        known = await platform.administration.find(partner)
        what = f"Renewal of the registration at {known.label}"
        return await _answered(platform, what, platform.renew(known))

    _report(run_with_partners(config, work), as_json=as_json)


def _read_token() -> str:
    """Read a token that shall be in no list of processes and no history of a shell."""
    if sys.stdin.isatty():
        return str(typer.prompt("Token A", hide_input=True, err=True))
    token = sys.stdin.readline().strip()
    if not token:
        raise typer.BadParameter("Token A is missing: set OCPI_TOKEN, or write it to stdin.")
    return token


async def _answered(platform: "Platform", what: str, work: "Awaitable[T]") -> T:
    """Add to errors what failed, and what can be done about it."""
    from ocpi_runtime.errors import OcpiError  # noqa: PLC0415 - heavy

    try:
        return await work
    except OcpiError as error:
        error.args = (f"{what} failed: {error.message}",)
        error.hint = _hint(platform, error)
        raise


def _hint(platform: "Platform", error: "OcpiError") -> str:
    from ocpi_runtime import errors  # noqa: PLC0415 - heavy

    if isinstance(error, errors.UnsafeUrl) and error.permitted_by:
        return f"If the URL is right, permit it with the setting urls.{error.permitted_by}."
    if isinstance(error, errors.GenericServerError):
        return (
            f"The partner calls URLs below {platform.settings.base_url}: 'ocpi serve' must be "
            "running, and the partner must be able and allowed to call these URLs."
        )
    if isinstance(error, errors.NotAuthorized):
        return (
            "The partner does not accept the token. A token A is valid for one registration and "
            "for a limited time: ask the partner for a new one, then use 'ocpi partners register'."
        )
    if isinstance(error, errors.TransportError):
        return "Check the versions URL, and that this machine may call it: name server, firewall."
    return error.hint


def _report(partner: "PartnerRecord", *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(shown_partner(partner)) + "\n")
        return
    roles = ", ".join(map(str, partner.roles)) or "none"
    waiting = ", ".join(map(str, partner.claimed)) or "none"
    _stderr.print(
        f"{partner.label} ({partner.id}) is registered with OCPI {partner.version}; "
        f"roles: {roles}; waiting for approval: {waiting}."
    )
