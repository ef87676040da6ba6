"""The roles of the platforms behind a hub, as its credentials list them from 2.3.0 on."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from ocpi_server._versions import BEFORE_ROUTING
from ocpi_server.access_control import Reach
from ocpi_server.partners import HUB, PartnerDirectory, PartnerRole
from ocpi_server.settings import Settings

__all__ = ["Roles", "reachable"]

Roles: TypeAlias = Sequence[PartnerRole]

_ROLES: Final = frozenset({"CPO", "EMSP", "NAP", "NSP", "OTHER", "PTP", "SCSP"})


async def reachable(settings: Settings, directory: PartnerDirectory, partner_id: str) -> Roles:
    """Return the roles that a partner reaches through this platform; none unless it is a hub.

    Args:
        settings: Who we are.
        directory: Looks partners up.
        partner_id: The partner. Left out are its own parties, and those that it may not reach.
    """
    if settings.hub_party is None:
        return []
    partner = await directory.get(partner_id)
    own = set() if partner is None else {*partner.roles, *partner.claimed, *partner.allowed}
    reach = Reach(settings.hub.pairs)
    roles = {
        role.key: role
        for each in await directory.registered()
        if each.id != partner_id and not each.plays(HUB) and each.version not in BEFORE_ROUTING
        for role in each.roles
        if reach.connects(own, role.party, {role.role})
    }
    room = settings.max_roles - len(settings.parties)
    return [roles[key] for key in sorted(roles) if roles[key].role in _ROLES][:room]
