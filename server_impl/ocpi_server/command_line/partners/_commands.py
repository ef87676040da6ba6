"""The operator's commands about partners: invite, approve, block, end and the rest."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocpi_runtime.options import finite, plain_console
from ocpi_server.command_line._partner_work import Partner, run_with_partners
from ocpi_server.command_line._tables import print_table
from ocpi_server.command_line.operator import DEFAULT_CONFIG, AsJson, Config
from ocpi_server.command_line.partners._dialect import dialect_command
from ocpi_server.command_line.partners._future_objects import future_command
from ocpi_server.command_line.partners._names import (
    OWN_ROLES,
    LinkedPartner,
    OwnRole,
    Parties,
    Unregistered,
    read_party,
    read_role,
    shown_partner,
)
from ocpi_server.command_line.partners._partial_objects import partial_command
from ocpi_server.command_line.partners._registrations import register_command, renew_command
from ocpi_server.command_line.partners._transport import transport_command

if TYPE_CHECKING:
    from ocpi_server._platform import Platform
    from ocpi_server.partners import PartnerRecord

__all__ = ["register_partners"]

_FAILED, _USAGE = 1, 2

_stderr = plain_console(stderr=True)


def register_partners(app: typer.Typer) -> None:
    """Add the commands."""
    partners = typer.Typer(no_args_is_help=True, help="Manage partners.")
    partners.command("list")(list_partners)
    partners.command("invite")(invite)
    partners.command("register")(register_command)
    partners.command("renew")(renew_command)
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
    again: Unregistered = None,
    role: OwnRole = None,
    linked_partner_id: LinkedPartner = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Make a token A, with which a partner can register here once.

    With --party, only these parties and roles can be registered. Without, the partner may act in
    no role until you approve what it claims with 'ocpi partners approve'.
    """
    roles = [read_role(each) for each in party or ()]

    async def work(platform: "Platform") -> dict[str, str]:
        made = await platform.issue_token_a(
            name,
            partner_id=again,
            role=None if role is None else OWN_ROLES[role],
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
    _stderr.print(
        "The partner registers once, at this versions URL with this token A, which is not shown "
        "again. Hand both over in a safe way."
    )


def list_partners(*, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the partners, how far their registration has come, and what waits for approval."""

    async def work(platform: "Platform") -> list[dict[str, Any]]:
        return [shown_partner(each) for each in await platform.partners.every()]

    known = run_with_partners(config, work)
    if as_json:
        sys.stdout.write(json.dumps(known) + "\n")
        return
    columns = ("partner", "name", "status", "version", "roles", "waiting")
    print_table(columns, [_row(each) for each in known])


def _row(shown: dict[str, Any]) -> Sequence[str]:
    status = f"{shown['status']}, blocked" if shown["blocked"] else shown["status"]
    roles, waiting = ", ".join(shown["roles"]), ", ".join(shown["waiting"])
    return (shown["partner"], shown["name"], status, shown["version"], roles, waiting)


def withdraw(partner: Partner, *, config: Config = DEFAULT_CONFIG) -> None:
    """Take an invitation back: its token A opens nothing any more."""

    async def work(platform: "Platform") -> str:
        known = await platform.administration.find(partner)
        await platform.administration.withdraw(known.id)
        return known.label

    _stderr.print(f"The invitation of {run_with_partners(config, work)} is withdrawn.")


def approve(partner: Partner, *, party: Parties = None, config: Config = DEFAULT_CONFIG) -> None:
    """Approve the roles that a partner claims: all that wait, or those named."""
    roles = [read_role(each) for each in party] if party else None

    async def work(platform: "Platform") -> "PartnerRecord":
        known = await platform.administration.find(partner)
        return await platform.administration.approve(known.id, roles)

    _report_roles(run_with_partners(config, work))


def reject(partner: Partner, *, party: Parties = None, config: Config = DEFAULT_CONFIG) -> None:
    """Refuse the roles that a partner claims: all that wait, or those named."""
    roles = [read_role(each) for each in party] if party else None

    async def work(platform: "Platform") -> "PartnerRecord":
        known = await platform.administration.find(partner)
        return await platform.administration.reject(known.id, roles)

    _report_roles(run_with_partners(config, work))


def _report_roles(partner: "PartnerRecord") -> None:
    roles = ", ".join(map(str, partner.roles)) or "none"
    waiting = ", ".join(map(str, partner.claimed)) or "none"
    _stderr.print(f"{partner.label} acts as: {roles}; waiting for approval: {waiting}.")


def block(partner: Partner, *, config: Config = DEFAULT_CONFIG) -> None:
    """Refuse all requests of a partner and send it none, at once, until it is unblocked."""
    _stderr.print(f"{_set_blocked(partner, config, blocked=True)} is blocked.")


def unblock(partner: Partner, *, config: Config = DEFAULT_CONFIG) -> None:
    """Unblock a partner."""
    _stderr.print(f"{_set_blocked(partner, config, blocked=False)} is unblocked.")


def _set_blocked(partner: str, config: Path, *, blocked: bool) -> str:
    async def work(platform: "Platform") -> str:
        known = await platform.administration.find(partner)
        return (await platform.administration.set_blocked(known.id, blocked=blocked)).label

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
                f"Unregistering at {known.label} failed: {error.message} It is blocked here. "
                "Try again, or end the registration here only: "
                f"ocpi partners end {known.id} --force"
            )
            raise typer.Exit(_FAILED) from None
        after = "" if reached else " The partner could not be reached."
        return f"The registration of {known.label} has ended.{after}"

    _stderr.print(run_with_partners(config, work))


def release(
    party: Annotated[str, typer.Argument(help="Party, such as NL-ABC.")],
    *,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Release a party that stays reserved for its former partner."""
    released = read_party(party)

    async def work(platform: "Platform") -> list[str]:
        return await platform.administration.release(released)

    _stderr.print(
        f"{released} is no longer reserved for {', '.join(run_with_partners(config, work))}."
    )
