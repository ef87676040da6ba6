"""What belongs to one partner is neither seen nor touched by another, whatever it asks."""

import pytest

from ocpi_server.handlers.bound import NOT_OFFERED
from tests.acceptance.attempts import attempts
from tests.acceptance.bundles import Told
from tests.acceptance.guests import Call, Guest
from tests.acceptance.rivals import OPERATIONS, Rivals, offered, own
from tests.acceptance.stored import Row, changes, snapshot


def is_of(row: Row, guest: Guest) -> bool:
    """Tell whether a row of the store belongs to a partner."""
    if "module" in row:
        maker, reader = row["source"], row["audience"]
        return bool(maker == guest.id or (maker == "" and reader == str(guest.party)))
    return guest.id in {row.get("partner_id"), row.get("id")}


async def attempt(rivals: Rivals, guest: Guest, name: str, call: Call) -> None:
    """Send one attempt, and hold the answer and the whole store to what it may do."""
    platform = rivals.host.platform
    before = await snapshot(platform)
    rivals.points.touched.clear()
    answer = await guest.call(call)
    await platform.settled()
    assert rivals.owner.guest.mark not in answer.text, f"{name}: {answer.text}"
    assert answer.status_code < 500, f"{name}: {answer.text}"
    for change in changes(before, await snapshot(platform)):
        assert all(is_of(row, guest) for row in change.rows), f"{name}: {change}"
    owned = {key for key, row in before.items() if is_of(row, rivals.owner.guest)}
    sessions = {before[key]["uid"] for key in owned if before[key].get("module") == "sessions"}
    assert not sessions & {each.lower() for each in rivals.points.touched}, name


@pytest.mark.parametrize(
    ("rivals", "told"),
    [(told.version, told) for told in OPERATIONS if told.module not in NOT_OFFERED],
    ids=str,
    indirect=["rivals"],
)
async def test_another_partner_sees_and_touches_nothing(rivals: Rivals, told: Told) -> None:
    for name, call in attempts(told, rivals.owner, rivals.rival.guest):
        # After a request about credentials a token may be worth nothing any more.
        fresh = told.module == "credentials"
        guest = await rivals.stranger() if fresh else rivals.rival.guest
        await attempt(rivals, guest, name, call)


async def test_the_owner_still_has_it_all(rivals: Rivals) -> None:
    for told in offered(rivals.owner.guest):
        if told.module != "credentials":
            await own(rivals.owner, told)
