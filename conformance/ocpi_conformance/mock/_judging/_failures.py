"""Rules about what a client does when something goes wrong."""

from collections.abc import Mapping
from typing import Final

from ocpi_conformance.mock._judging._judgement import Judge, Judgement, about, each
from ocpi_conformance.mock._judging.observed import Observed
from ocpi_conformance.mock._record import ClientRequest
from ocpi_conformance.rules.clients import reading as rules

__all__ = ["JUDGES"]

_BUSY: Final = (429, 503)
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
_WINDOW: Final = 30.0
_MOST_TRIES: Final = 5
_MOST_REDIRECTS: Final = 10
_EARLY: Final = 0.9
"""Timers may fire a little early."""


def _failed(entry: ClientRequest) -> bool:
    return (
        entry.status >= _SERVER_ERROR
        or entry.status == _TOO_MANY
        or any(name.startswith("reset") for name in entry.faults)
    )


def _retry_after(observed: Observed) -> Judgement:
    asked, breaches = 0, []
    for one in observed.entries:
        wanted = one.exchange.answer.headers.get("retry-after", "")
        if one.status not in _BUSY or not wanted.isdecimal():
            continue
        asked += 1
        again = observed.repeats(one, float(wanted) * _EARLY)
        if again:
            waited = max(0.0, again[0].at - one.done)
            got = f"the request came again after {waited:.2f} s"
            expected = f"a wait of {wanted} s"
            breaches.append(about(again[0], expected, got, one, cause="comes again too early"))
    return Judgement(asked, breaches)


def _no_retry_storm(observed: Observed) -> Judgement:
    failed = [one for one in observed.entries if _failed(one)]
    breaches = []
    for one in failed:
        again = [other for other in observed.repeats(one, _WINDOW) if _failed(other)]
        if len(again) >= _MOST_TRIES:
            got = f"{len(again) + 1} times the same within {_WINDOW:.0f} s"
            expected = f"at most {_MOST_TRIES} tries"
            breaches.append(about(again[-1], expected, got, one, cause="repeats again and again"))
            break
    return Judgement(len(failed), breaches)


def _no_write_twice(observed: Observed) -> Judgement:
    failed = [one for one in observed.entries if _failed(one) and one.sent.method == "POST"]
    breaches = []
    for one in failed:
        again = observed.repeats(one, _WINDOW)
        if one.status != _TOO_MANY and again:
            got = "the POST came again"
            breaches.append(about(again[0], "no second POST", got, one))
    return Judgement(len(failed), breaches)


def _goes_on(observed: Observed) -> Judgement:
    wrong = [one for one in observed.entries if one.faults]
    if not wrong:
        return Judgement()
    if any(one.number > wrong[0].number for one in observed.entries):
        return Judgement(len(wrong))
    return Judgement(1, [about(wrong[0], "a further request", "nothing came afterwards")])


def _complete(fault: str, expected: str, got: str, *, wanted: bool) -> Judge:
    """Make a rule about whether a client takes the whole of an answer."""

    def apply(observed: Observed) -> Judgement:
        def wrong(entry: ClientRequest) -> str | None:
            return got if entry.complete is not wanted else None

        return each([one for one in observed.entries if fault in one.faults], expected, wrong)

    return apply


def _either(*judges: Judge) -> Judge:
    def apply(observed: Observed) -> Judgement:
        found = [one(observed) for one in judges]
        breaches = [breach for one in found for breach in one.breaches]
        return Judgement(sum(one.asked for one in found), breaches)

    return apply


def _redirect_bounded(observed: Observed) -> Judgement:
    looped = [one for one in observed.entries if "redirect:loop" in one.faults]
    breaches = []
    if len(looped) > _MOST_REDIRECTS:
        got = f"{len(looped)} redirects were followed"
        expected = f"at most {_MOST_REDIRECTS} redirects"
        cause = "follows redirects again and again"
        breaches = [about(looped[-1], expected, got, looped[0], cause=cause)]
    return Judgement(len(looped), breaches)


JUDGES: Final[Mapping[str, Judge]] = {
    rules.RETRY_AFTER.id: _retry_after,
    rules.NO_RETRY_STORM.id: _no_retry_storm,
    rules.NO_WRITE_TWICE.id: _no_write_twice,
    rules.GOES_ON.id: _goes_on,
    rules.BOUNDED_BODY.id: _complete(
        "endless", "an end of the connection", "all of a body without end was read", wanted=False
    ),
    rules.BOUNDED_TIME.id: _either(
        _complete("delay:long", "an end of the wait", "a minute of silence passed", wanted=False),
        _complete("drip:long", "an end of the wait", "a body was read for minutes", wanted=False),
    ),
    rules.WAITS.id: _either(
        _complete("delay:short", "a wait of some seconds", "the client went away", wanted=True),
        _complete("drip:short", "a wait of some seconds", "the client went away", wanted=True),
    ),
    rules.REDIRECT_BOUNDED.id: _redirect_bounded,
}
