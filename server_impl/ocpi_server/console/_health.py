"""How exchanges with each partner go, in few words and figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ocpi_server._clock import SECOND
from ocpi_server._operations import Operations
from ocpi_server.console._traffic import PartnerTraffic, Traffic
from ocpi_server.partners import PartnerRecord, Status
from ocpi_server.store.pulls import PullState
from ocpi_server.sync.push import PartnerPush

__all__ = ["Health", "State", "healths"]

_LATE: Final = 60.0
"""A partner that is behind by more seconds is shown as late."""
_FEW: Final = 5
_MANY_ERRORS: Final = 0.2


@dataclass(frozen=True, slots=True)
class State:
    """A state in one word, and how good it is: ``good``, ``warning``, ``bad`` or ``idle``."""

    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Health:
    """How exchanges with a partner go.

    Attributes:
        partner: The partner.
        push: Its pushes; None where it is not registered.
        pulls: The lists that are pulled from it.
        now: The current time, in microseconds.
        traffic: Its exchanges in the last hour, as far as the message log has them.
    """

    partner: PartnerRecord
    push: PartnerPush | None
    pulls: tuple[PullState, ...]
    now: int
    traffic: PartnerTraffic

    @property
    def last(self) -> int | None:
        """When it last sent, was sent or was asked something, in microseconds."""
        known = [each.ended for each in self.pulls if each.ended is not None]
        if self.push is not None and self.push.succeeded is not None:
            known.append(self.push.succeeded)
        if self.traffic.last:
            known.append(self.traffic.last)
        return max(known, default=None)

    @property
    def lag(self) -> float | None:
        """How many seconds the oldest change waits that it was not sent; None: there is none."""
        return self.push.behind if self.push is not None and self.push.pending else None

    @property
    def pull_age(self) -> float | None:
        """How many seconds ago the list was pulled that was not pulled for longest."""
        ended = [each.ended for each in self.pulls if each.ended is not None]
        return (self.now - min(ended)) / SECOND if ended else None

    @property
    def error(self) -> str | None:
        """What went wrong last, unless it went well since."""
        failed = [each.error for each in self.pulls if each.tries and each.error]
        if self.push is not None and self.push.tries and self.push.error:
            failed.insert(0, self.push.error)
        return failed[0] if failed else None

    @property
    def _has_errors(self) -> bool:
        return self.traffic.total >= _FEW and self.traffic.error_rate >= _MANY_ERRORS

    @property
    def state(self) -> State:
        """Its state in one word: the first one that is true."""
        partner, push = self.partner, self.push
        states = (
            (bool(partner.damaged), State("damaged", "bad")),
            (partner.blocked is not None, State("blocked", "idle")),
            (partner.status is not Status.REGISTERED, State(str(partner.status), "idle")),
            (self.error is not None, State("failing", "bad")),
            (bool(partner.claimed), State("roles to approve", "warning")),
            (push is not None and bool(push.parked), State("objects refused", "warning")),
            (self._has_errors, State("errors", "warning")),
            ((self.lag or 0.0) > _LATE, State("late", "warning")),
        )
        return next((state for is_so, state in states if is_so), State("connected", "good"))


async def healths(
    platform: Operations, now: int, partners: Iterable[PartnerRecord], seen: Traffic
) -> list[Health]:
    """Return how exchanges with some partners go."""
    pushes = {each.partner: each for each in await platform.push_status()}
    pulls: Mapping[str, list[PullState]] = _by_partner(await platform.pull_status())
    return [
        Health(
            partner=each,
            push=pushes.get(each.id),
            pulls=tuple(pulls.get(each.id, ())),
            now=now,
            traffic=seen.partners.get(each.id) or PartnerTraffic(),
        )
        for each in partners
    ]


def _by_partner(states: Iterable[PullState]) -> dict[str, list[PullState]]:
    found: dict[str, list[PullState]] = {}
    for state in states:
        found.setdefault(state.partner, []).append(state)
    return found
