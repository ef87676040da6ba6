"""A party that judges the client that calls it, and misbehaves on demand.

with running_mock(v2_2_1.binding, MockSettings(role="cpo"), [load_scenario("...")]) as mock:
    ...  # a client calls mock.versions_url with mock.settings.token
assert mock.report().errors == []
"""

from ocpi_conformance.mock._mock import Mock, MockSettings
from ocpi_conformance.mock._running import mock_at, running_mock
from ocpi_conformance.mock._scenario import (
    Scenario,
    ScenarioError,
    ScenarioFault,
    load_scenario,
    shipped_scenarios,
)

__all__ = [
    "Mock",
    "MockSettings",
    "Scenario",
    "ScenarioError",
    "ScenarioFault",
    "load_scenario",
    "mock_at",
    "running_mock",
    "shipped_scenarios",
]
