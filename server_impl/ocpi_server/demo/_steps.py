"""The steps of the scenario."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from ocpi_server._versions import OWN_VERSION, binding_of
from ocpi_server.demo._scenario import ScenarioStep

__all__ = ["STEPS", "STEPS_AT_WORK", "STEPS_KEPT", "STEPS_PARTING"]

_PLACE: Final = {"location_id": "GRN-0000", "evse_uid": "GRN-0000-1"}


def _with(operation: str) -> Callable[[dict[str, Any]], bool]:
    """Take a step if the version that was agreed on has an operation."""
    return lambda memory: operation in _operations(memory["version"])


def _without(operation: str) -> Callable[[dict[str, Any]], bool]:
    """Take a step in place of one for which the version has no operation."""
    return lambda memory: operation not in _operations(memory["version"])


@cache
def _operations(version: str) -> frozenset[str]:
    interfaces = binding_of(version).interfaces.values()
    return frozenset(name for each in interfaces for name in each.operations)


def _session(memory: dict[str, Any]) -> dict[str, Any]:
    return {"session_id": memory["session_id"]}


_MEETING: Final = (
    ScenarioStep(
        "The CPO opens 200 locations and hands the eMSP a token A, outside of OCPI",
        "cpo",
        "invite",
    ),
    ScenarioStep(
        "The eMSP registers with token A; it gives a token B and gets a token C",
        "emsp",
        "register",
        lambda m: {"versions_url": m["cpo_versions"], "token_a": m["token_a"]},
        lambda m: f"registered for OCPI {m['version']}",
    ),
)
_KNOWING: Final = (
    ScenarioStep(
        "The eMSP pulls all locations through the generated client",
        "emsp",
        "pull_locations",
        fact=lambda m: f"{m['pulled']} locations on {m['pages']} pages are stored",
    ),
    ScenarioStep("The eMSP pulls the tariffs", "emsp", "pull_tariffs"),
    ScenarioStep(
        "The CPO lists what the agreed version cannot represent",
        "cpo",
        "losses",
        fact=lambda m: f"{m['lossy']} objects are incomplete, such as {m['example'] or 'none'}",
        when=lambda m: m["version"] != OWN_VERSION and "hub_versions" not in m,
    ),
    ScenarioStep(
        "A cable is broken: the CPO pushes the status of an EVSE",
        "cpo",
        "push_status",
        lambda _: {"location_id": "GRN-0042", "evse_uid": "GRN-0042-1", "status": "OUTOFORDER"},
        lambda m: f"{m['evse']} is {m['status']} on both sides",
    ),
    ScenarioStep(
        "The eMSP pushes its drivers' tokens",
        "emsp",
        "push_tokens",
        fact=lambda m: f"the CPO knows {m['tokens']} tokens",
    ),
    ScenarioStep(
        "A driver presents a card: the CPO asks in real time",
        "cpo",
        "authorize",
        fact=lambda m: f"the answer is {m['allowed']}",
        when=_with("post_authorize_token"),
    ),
)
_CHARGING: Final = (
    ScenarioStep(
        "Another driver starts from the app: START_SESSION, and later its result",
        "emsp",
        "start_session",
        lambda _: _PLACE,
        lambda m: f"the charge point has {m['started']}",
        _with("post_start_session"),
    ),
    ScenarioStep(
        "A driver presents a card and charges; the CPO pushes the session",
        "cpo",
        "begin_session",
        lambda _: _PLACE,
        lambda m: f"session {m['begun']} has begun",
        _without("post_start_session"),
    ),
    ScenarioStep(
        "The session is known to the eMSP",
        "emsp",
        "find_session",
        fact=lambda m: f"session {m['session_id']} is {m['session_status']}",
    ),
    ScenarioStep(
        "The eMSP limits the session to 11 kW with a charging profile",
        "emsp",
        "set_profile",
        _session,
        lambda m: f"the profile is {m['profile']}",
        _with("put_charging_profile"),
    ),
    ScenarioStep(
        "The eMSP asks which profile is active",
        "emsp",
        "active_profile",
        _session,
        when=_with("put_charging_profile"),
    ),
    ScenarioStep(
        "The car charges for three quarters of an hour; the CPO pushes each period",
        "cpo",
        "charge",
        _session,
        lambda m: f"{m['kwh']} kWh so far",
    ),
    ScenarioStep(
        "The driver stops: STOP_SESSION, and later its result",
        "emsp",
        "stop_session",
        _session,
        lambda m: f"the charge point has {m['stopped']}",
        _with("post_stop_session"),
    ),
    ScenarioStep(
        "The driver presents the card again; the CPO pushes the end of the session",
        "cpo",
        "end_session",
        _session,
        when=_without("post_stop_session"),
    ),
    ScenarioStep(
        "The CPO prices the session by its tariff and posts the CDR",
        "cpo",
        "post_cdr",
        _session,
        lambda m: f"{m['cost']} EUR, to be read at {m['cdr_url']}",
    ),
    ScenarioStep(
        "The eMSP applies the tariff that it pulled to the CDR that it was sent",
        "emsp",
        "check_cdr",
        lambda m: {"cdr_id": m["cdr_id"]},
        lambda m: f"the same to four decimals: {m['checked']}",
    ),
    ScenarioStep("Both tokens are exchanged for new ones", "emsp", "renew"),
)
STEPS_PARTING: Final = (
    ScenarioStep(
        "The eMSP unregisters; its old token opens nothing any more",
        "emsp",
        "unregister",
        fact=lambda m: f"the old token is refused with HTTP {m['refused']}",
    ),
)

STEPS_AT_WORK: Final = _KNOWING + _CHARGING
"""What platforms that are registered do."""
STEPS: Final[tuple[ScenarioStep, ...]] = _MEETING + STEPS_AT_WORK + STEPS_PARTING
"""From the first meeting to the parting."""
STEPS_KEPT: Final[tuple[ScenarioStep, ...]] = _MEETING + STEPS_AT_WORK
"""Without the parting, so that both stay registered."""
