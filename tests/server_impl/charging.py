"""What a charging session needs: a location at the CPO, and somebody who waits for results."""

from typing import Any

import msgspec

from tests.server_impl.pair import Pair, location, token

TOKEN = msgspec.json.encode(token())


async def with_location(pair: Pair) -> None:
    """Create the location of the CPO."""
    await pair.cpo.platform.put_own("locations", msgspec.json.encode(location()))


async def started(pair: Pair, **more: str) -> str:
    """Start a session at the location and return its id, which is the reference."""
    await with_location(pair)
    body: dict[str, Any] = {"authorization_reference": "REF1", "evse_uid": "E1", **more}
    done = await pair.emsp.platform.start_session(pair.at_emsp, TOKEN, "LOC1", **body)
    assert (done.response, done.outcome) == ("ACCEPTED", "ACCEPTED")
    await pair.cpo.platform.settled()
    return str(body["authorization_reference"])
