"""The operator's commands about partners: invite, approve, block, end and the rest."""

import json
import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import typer
from rich.console import Console

from ocpi_runtime.options import finite
from ocpi_runtime.parties import CPO, EMSP, PartyRole
from ocpi_server.command_line._dialect import dialect_command
from ocpi_server.command_line._future_objects import future_command
from ocpi_server.command_line._partial_objects import partial_command
from ocpi_server.command_line._partner_work import Partner, run_with_partners
from ocpi_server.command_line._transport import transport_command
from ocpi_server.command_line.operator import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ocpi_runtime.types import PartyId
    from ocpi_server._platform import Platform
    from ocpi_server.partners import PartnerRecord, PartnerRole

__all__ = ["register_partners"]

T = TypeVar("T")

_FAILED, _USAGE = 1, 2
_ROLE_NAMES: Final = ("CPO", "EMSP", "HUB", "NAP", "NSP", "OTHER", "PTP", "SCSP")
_PARTY: Final = re.compile(r"([A-Za-z]{2})-([A-Za-z0-9]{3})(?::([A-Za-z]+))?")

_stderr = Console(stderr=True, soft_wrap=True, highlight=False)

Parties = Annotated[
    list[str] | None,
    typer.Option("--party", help="Party and role, such as NL-ABC:CPO; may be repeated."),
]


class Role(StrEnum):
    """The roles that have a versions URL of their own."""

    CPO = "CPO"
    EMSP = "EMSP"


_ROLES: Final[dict[Role, PartyRole]] = {Role.CPO: CPO, Role.EMSP: EMSP}


def register_partners(app: typer.Typer) -> None:
    """Add the commands."""
    partners = typer.Typer(no_args_is_help=True, help="Manage partners.")
    partners.command("list")(list_partners)
    partners.command("invite")(invite)
    partners.command("withdraw")(withdraw)
    partners.command("approve")(approve)
    partners.command("reject")(reject)
    partners.command("block")(block)
    partners.command("unblock")(unblock)
    partners.command("end")(end)
    partners.command("release")(release)
    partners.command("transport")(transport_command)
    partners.command("dialect")(dialect_command)
    partners.command("partial")(partial_command)
    partners.command("future")(future_command)
    app.add_typer(partners, name="partners")


def invite(
    name: Annotated[str, typer.Argument(help="Name of the partner in this platform.")],
    *,
    party: Parties = None,
    days: Annotated[
        float | None,
        typer.Option(min=0.01, max=36500, callback=finite, help="Validity of the token, in days."),
    ] = None,
    again: Annotated[str | None, typer.Option(help="Key of an unregistered partner.")] = None,
    role: Annotated[
        Role | None,
        typer.Option(help="Our role in the registration (2.1.1 and 2.0 only)."),
    ] = None,
    linked_partner_id: Annotated[
        str | None,
        typer.Option(
            "--same-company-as",
            help="Key of the partner that is the same company in its other role (2.1.1 and 2.0).",
        ),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Make a token A, with which a partner can register here once.

    With --party, only these parties and roles can be registered. Without, the partner may act in
    no role until you approve what it claims with 'ocpi partners approve'.
    """
    roles = [_role(each) for each in party or ()]

    async def work(platform: "Platform") -> dict[str, str]:
        made = await platform.issue_token_a(
            name,
            partner_id=again,
            role=None if role is None else _ROLES[role],
            linked_partner_id=linked_partner_id,
            roles=roles,
            approval=not roles,
            days=days,
        )
        return {"partner": made.partner_id, "versions_url": made.versions_url, "token": made.token}

    made = run_with_partners(config, work)
    if as_json:
        sys.stdout.write(json.dumps(made) + "\n")
        return
    for label, value in made.items():
        sys.stdout.write(f"{label:12} {value}\n")


def list_partners(*, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the partners, how far their registration has come, and what waits for approval."""

    async def work(platform: "Platform") -> list[dict[str, Any]]:
        return [_shown(each) for each in await platform.partners.every()]

    known = run_with_partners(config, work)
    if as_json:
        sys.stdout.write(json.dumps(known) + "\n")
        return
    from rich.table import Table  # noqa: PLC0415 - slow to import, help is not

    table = Table("partner", "name", "status", "version", "roles", "waiting")
    for each in known:
        status = f"{each['status']}, blocked" if each["blocked"] else each["status"]
        shown = (each["partner"], each["name"], status, each["version"] or "")
        table.add_row(*shown, ", ".join(each["roles"]), ", ".join(each["waiting"]))
    Console().print(table)


def _shown(partner: "PartnerRecord") -> dict[str, Any]:
    return {
        "partner": partner.id,
        "name": partner.name,
        "status": "damaged" if partner.damaged else partner.status.value,
        "version": partner.version,
        "roles": [f"{role.party} {role.role}" for role in partner.roles],
        "waiting": [str(role) for role in partner.claimed],
        "blocked": partner.blocked is not None,
        "expires": None if partner.expires is None else partner.expires.isoformat(),
    }


def withdraw(partner: Partner, *, config: Config = DEFAULT_CONFIG) -> None:
    """Take an invitation back: its token A opens nothing any more."""

    async def work(platform: "Platform") -> str:
        known = await platform.administration.find(partner)
        await platform.administration.withdraw(known.id)
        return known.name

    _stderr.print(f"The invitation of {run_with_partners(config, work)} is withdrawn.")


def approve(partner: Partner, *, party: Parties = None, config: Config = DEFAULT_CONFIG) -> None:
    """Approve the roles that a partner claims: all that wait, or those named."""
    roles = [_role(each) for each in party] if party else None

    async def work(platform: "Platform") -> "PartnerRecord":
        known = await platform.administration.find(partner)
        return await platform.administration.approve(known.id, roles)

    _report_roles(run_with_partners(config, work))


def reject(partner: Partner, *, party: Parties = None, config: Config = DEFAULT_CONFIG) -> None:
    """Refuse the roles that a partner claims: all that wait, or those named."""
    roles = [_role(each) for each in party] if party else None

    async def work(platform: "Platform") -> "PartnerRecord":
        known = await platform.administration.find(partner)
        return await platform.administration.reject(known.id, roles)

    _report_roles(run_with_partners(config, work))


def _report_roles(partner: "PartnerRecord") -> None:
    roles = ", ".join(map(str, partner.roles)) or "none"
    waiting = ", ".join(map(str, partner.claimed)) or "none"
    _stderr.print(f"{partner.name} acts as: {roles}; waiting for approval: {waiting}.")


def block(partner: Partner, *, config: Config = DEFAULT_CONFIG) -> None:
    """Refuse all requests of a partner and send it none, at once, until it is unblocked."""
    _stderr.print(f"{_set_blocked(partner, config, blocked=True)} is blocked.")


def unblock(partner: Partner, *, config: Config = DEFAULT_CONFIG) -> None:
    """Unblock a partner."""
    _stderr.print(f"{_set_blocked(partner, config, blocked=False)} is unblocked.")


def _set_blocked(partner: str, config: Path, *, blocked: bool) -> str:
    async def work(platform: "Platform") -> str:
        known = await platform.administration.find(partner)
        return (await platform.administration.set_blocked(known.id, blocked=blocked)).name

    return run_with_partners(config, work)


def end(
    partner: Partner,
    *,
    force: Annotated[
        bool, typer.Option(help="End it here even if the partner cannot be reached.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """End a registration. The partner is blocked at once, then unregistered there."""
    from ocpi_runtime.errors import NotFound, OcpiError  # noqa: PLC0415 - heavy

    async def work(platform: "Platform") -> str:
        known = await platform.administration.find(partner)
        try:
            reached = await platform.end(known.id, force=force)
        except NotFound:
            raise
        except OcpiError as error:
            _stderr.print(
                f"Unregistering at {known.name} failed: {error.message} It is blocked here. "
                "Try again, or end the registration here only: "
                f"ocpi partners end {known.id} --force"
            )
            raise typer.Exit(_FAILED) from None
        after = "" if reached else " The partner could not be reached."
        return f"The registration of {known.name} has ended.{after}"

    _stderr.print(run_with_partners(config, work))


def release(
    party: Annotated[str, typer.Argument(help="Party, such as NL-ABC.")],
    *,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Release a party that stays reserved for its former partner."""
    released = _party(party)

    async def work(platform: "Platform") -> list[str]:
        return await platform.administration.release(released)

    _stderr.print(
        f"{released} is no longer reserved for {', '.join(run_with_partners(config, work))}."
    )


def _role(text: str) -> "PartnerRole":
    from ocpi_server.partners import PartnerRole  # noqa: PLC0415 - heavy

    role = text.upper().partition(":")[2]
    if role not in _ROLE_NAMES:
        raise typer.BadParameter(
            f"{text!r} names no role; write NL-ABC:ROLE with one of {', '.join(_ROLE_NAMES)}."
        )
    return PartnerRole(role, *_party(text))


def _party(text: str) -> "PartyId":
    from ocpi_runtime.types import PartyId  # noqa: PLC0415 - slow to import, help is not

    read = _PARTY.fullmatch(text)
    if read is None:
        raise typer.BadParameter(
            f"{text!r} is not a party; write country code and party ID, such as NL-ABC."
        )
    return PartyId.of(read[1], read[2])
