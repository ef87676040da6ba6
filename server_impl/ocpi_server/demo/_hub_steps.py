"""The steps of the scenario with a hub between both platforms."""

from typing import Final

from ocpi_server.demo._scenario import ScenarioStep
from ocpi_server.demo._steps import STEPS_AT_WORK, STEPS_PARTING

__all__ = ["HUB_STEPS", "HUB_STEPS_KEPT"]


def _invite(name: str, who: str) -> ScenarioStep:
    return ScenarioStep(
        f"The hub hands the {who} a token A, outside of OCPI",
        "hub",
        "invite_party",
        lambda _: {"name": name},
    )


def _join(who: str, title: str) -> ScenarioStep:
    return ScenarioStep(
        f"The {title} registers at the hub",
        who,
        "join",
        lambda m: {"versions_url": m["hub_versions"], "token_a": m["token_a"]},
        lambda m: f"registered for OCPI {m['version']}",
    )


def _meet(who: str, title: str) -> ScenarioStep:
    return ScenarioStep(
        f"The hub pushes to the {title} who is behind it",
        who,
        "meet",
        fact=lambda m: f"{m['met']} is {m['met_status']}",
    )


_AROUND_THE_HUB: Final = (
    ScenarioStep("The CPO opens 200 locations", "cpo", "publish"),
    _invite("Green Current", "CPO"),
    _join("cpo", "CPO"),
    _invite("Fun Drive", "eMSP"),
    _join("emsp", "eMSP"),
    _meet("cpo", "CPO"),
    _meet("emsp", "eMSP"),
)

HUB_STEPS: Final = _AROUND_THE_HUB + STEPS_AT_WORK + STEPS_PARTING
"""From the first meeting to the parting."""
HUB_STEPS_KEPT: Final = _AROUND_THE_HUB + STEPS_AT_WORK
"""Without the parting, so that all stay registered."""
