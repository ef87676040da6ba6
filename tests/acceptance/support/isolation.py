"""Holding what a partner tries to what it may see and touch."""

from collections.abc import Iterable

from tests.acceptance.support.guests import Call, Guest
from tests.acceptance.support.stored import Row, changes, snapshot
from tests.acceptance.support.two_partners import TwoPartners

__all__ = ["attempt", "is_of"]


def is_of(row: Row, guest: Guest) -> bool:
    """Return whether a row of the store belongs to a partner."""
    if "module" not in row:
        return not guest.ids.isdisjoint({row.get("partner_id"), row.get("id")})
    about = (row["country_code"], row["party_id"])
    if row["module"] == "reservations":
        return about == guest.party
    if row["source"] == "":  # an object of the platform, which may be for one partner only
        # What is booked or occupied at a location concerns all; nobody is shown it.
        shared = row["module"] in {"agendas", "occupied_evses", "claimed_session_ids"}
        return shared or bool(row["audience"] == str(guest.party))
    return row["source"] in guest.ids and (about == guest.party or row["module"] == "hubclientinfo")


async def attempt(partners: TwoPartners, guest: Guest, *calls: tuple[str, Call]) -> None:
    """Send attempts, and compare the answers and the whole store with what is allowed.

    Args:
        partners: Their owner is the one that the attempts are about.
        guest: Who sends them.
        calls: What is sent, each with a name.
    """
    platform, owner = partners.host.platform, partners.owner.guest
    before = await snapshot(platform)
    partners.points.touched.clear()
    for name, call in calls:
        answer = await guest.call(call)
        assert owner.mark not in answer.text, f"{name}: {answer.text}"
        assert answer.status_code < 500, f"{name}: {answer.text}"
    await platform.settled()
    names = ", ".join(name for name, _ in calls)
    for change in changes(before, await snapshot(platform)):
        assert all(is_of(row, guest) for row in change.rows), f"{names}: {change}"
    touched = {each.lower() for each in partners.points.touched}
    assert not _sessions(before.items(), owner) & touched, names


def _sessions(rows: Iterable[tuple[tuple[str, object], Row]], owner: Guest) -> set[str]:
    """Return the sessions of the store that are for a partner, or from it."""
    of_owner = (row for _, row in rows if row.get("module") == "sessions" and is_of(row, owner))
    return {str(row["uid"]) for row in of_owner}
