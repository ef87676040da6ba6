"""The mock as its users meet it: objects, control paths, command, scenario files, fixture."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from ocpi_bindings import v2_0, v2_1_1, v2_2, v2_2_1, v2_3_0
from ocpi_conformance.mock import (
    Mock,
    MockSettings,
    ScenarioError,
    load_scenario,
    running_mock,
    shipped_scenarios,
)
from ocpi_conformance.mock._kinds import KINDS
from ocpi_conformance.reports import read_report
from ocpi_conformance.rules.clients import CLIENT_RULES
from ocpi_runtime import cli
from ocpi_runtime.client import connect_sync
from tests.conformance.mock.our_client import POLICY
from tests.support.commands import run_command
from tests.support.markdown import REPOSITORY

pytest_plugins = ["ocpi_conformance.mock.plugin"]
GUIDE = (REPOSITORY / "docs" / "guides" / "test-your-client.md").read_text(encoding="utf-8")
VERSIONS: dict[str, Any] = {
    one.binding.version: one.binding for one in (v2_0, v2_1_1, v2_2, v2_2_1, v2_3_0)
}


@pytest.mark.parametrize("version", VERSIONS)
def test_objects_are_valid_and_belong_together(version: str) -> None:
    binding = VERSIONS[version]
    with (
        running_mock(binding, MockSettings(count=12)) as mock,
        connect_sync(
            mock.versions_url, "mock-token", bindings=[binding], policy=POLICY, peer_role="CPO"
        ) as peer,
    ):
        locations = {one.id: one for one in peer.locations.get_locations()}
        tariffs = {one.id for one in peer.tariffs.get_tariffs()}
        cdrs = list(peer.cdrs.get_cdrs())
        evses = [evse for one in locations.values() for evse in one.evses]
        named = {
            name
            for evse in evses
            for one in evse.connectors
            for name in (getattr(one, "tariff_ids", None) or [getattr(one, "tariff_id", None)])
        }
    assert (len(locations), len(tariffs)) == (12, 3)
    assert named == tariffs
    places = {(getattr(one, "cdr_location", None) or one.location).id for one in cdrs}
    assert places <= locations.keys()


def test_one_seed_makes_the_same_objects() -> None:
    made = []
    for seed in (1, 1, 2):
        with running_mock(v2_2_1.binding, MockSettings(count=3, seed=seed)) as mock:
            headers = {"authorization": "Token bW9jay10b2tlbg=="}
            url = mock.versions_url.replace("/versions", "/2.2.1/sender/locations")
            made.append(httpx2.get(url, headers=headers).json()["data"])
    assert made[0] == made[1] != made[2]


def test_the_mock_is_controlled_by_http(ocpi_mock: Callable[..., Mock]) -> None:
    mock = ocpi_mock(v2_2_1.binding, "link-loop", count=3)
    base = mock.versions_url.removesuffix("/ocpi/versions") + "/_mock"
    assert httpx2.get(f"{base}/health").json() == {"versions_url": mock.versions_url}
    httpx2.get(mock.versions_url)
    report = read_report(httpx2.get(f"{base}/report").content)
    assert "client.token-sent" in {one.rule for one in report.findings}
    with pytest.raises(AssertionError, match="Authorization is missing"):
        mock.check()
    chosen = httpx2.post(f"{base}/reset", params={"scenario": "gateway-timeout"})
    assert chosen.json() == {"scenarios": ["gateway-timeout"]}
    assert read_report(httpx2.get(f"{base}/report").content).requests == 0
    assert httpx2.post(f"{base}/reset?scenario=nothing").status_code == 400
    assert httpx2.post(f"{base}/commands/START_SESSION").status_code == 409


def test_the_command_prints_a_verdict(tmp_path: Path) -> None:
    file = tmp_path / "client.json"
    words = ["mock", "--port", "0", "--max-seconds", "0", "--json", "--report", f"json={file}"]
    code, out, err = run_command(cli.build(), words)
    assert code == 2
    assert json.loads(out)["tool"] == "mock"
    assert "Versions URL: http://127.0.0.1" in err
    assert read_report(file.read_bytes()).problems == ["The client sent no request."]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title =", "not TOML"),
        ("heading = 'x'", "unknown key 'heading'"),
        ("title = 1", "title is 1"),
        ("title='t'\ndoes='d'\nexpects='e'\nrules=['client.no']", "client.no"),
        ("title='t'\ndoes='d'\nexpects='e'\n[[fault]]\nkind='no'", "kind 'no'"),
        ("title='t'\ndoes='d'\nexpects='e'\n[[fault]]\nkind='link'\nmode='no'", "mode is 'no'"),
        ("title='t'\ndoes='d'\nexpects='e'\n[[fault]]\nkind='delay'\nseconds='1'", "seconds"),
    ],
)
def test_wrong_scenarios_are_refused(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=re.escape(message)):
        load_scenario(str(file))


def test_the_guide_lists_scenarios_kinds_and_rules(tmp_path: Path) -> None:
    listed = set(re.findall(r"^\| `([\w.-]+)` \|", GUIDE, re.MULTILINE))
    assert listed == {*shipped_scenarios(), *KINDS, *CLIENT_RULES}
    for one in shipped_scenarios().values():
        assert f"| {one.does} | {one.expects} |" in GUIDE
    text = GUIDE.partition("```toml\n")[2].partition("```")[0]
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    assert load_scenario(str(file)).title == tomllib.loads(text)["title"]
