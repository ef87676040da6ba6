"""What the platforms of the demo do where a hub stands between them."""

import asyncio
from typing import Any, Final

from ocpi_bindings.v2_2_1.models import ClientInfo
from ocpi_runtime.types import PartyId
from ocpi_server.demo import _samples as samples
from ocpi_server.demo._stage import DemoPlatform, UnexpectedError, received_objects
from ocpi_server.partners import HUB, PartnerRole

__all__ = ["HUB_ACTIONS"]

_PATIENCE: Final = 20.0
_CONNECTED: Final = "CONNECTED"

Result = dict[str, Any]


async def invite_party(stage: DemoPlatform, name: str) -> Result:
    """The hub makes a token A for a platform."""
    invitation = await stage.platform.issue_token_a(name)
    return {"token_a": invitation.token}


async def join(stage: DemoPlatform, versions_url: str, token_a: str) -> Result:
    """A platform registers at the hub, whose role it knows."""
    roles = [PartnerRole(HUB, *samples.HUB)]
    record = await stage.platform.register_with(
        versions_url, token_a, name="Open Roads", roles=roles
    )
    stage.partner_id = record.id
    return {"version": record.version}


async def meet(stage: DemoPlatform) -> Result:
    """Wait until the hub has pushed that the party on its other side is connected."""
    other = samples.EMSP if samples.CPO in stage.platform.settings.own_parties else samples.CPO
    end = asyncio.get_running_loop().time() + _PATIENCE
    while asyncio.get_running_loop().time() < end:
        infos = await received_objects(stage, "hubclientinfo", ClientInfo)
        named = {PartyId.of(one.country_code, one.party_id): one.status for one in infos}
        if named.get(other) == _CONNECTED:
            return {"met": str(other), "met_status": _CONNECTED}
        await asyncio.sleep(0.05)
    raise UnexpectedError(f"The hub did not push that {other} is connected.")


HUB_ACTIONS: Final = (invite_party, join, meet)
