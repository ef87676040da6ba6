"""The guide on CI: its commands are run as written, and so is the action."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from ocpi_conformance.cli import app
from ocpi_conformance.reports import read_report
from ocpi_runtime.server import Partner, create_app
from tests.conformance.fuzz.tokens import PARTNER, Receiver, Sender
from tests.support.commands import run_command
from tests.support.markdown import REPOSITORY, blocks
from tests.support.serving import serving

pytest_plugins = ["pytester"]
GUIDE = REPOSITORY / "docs" / "guides" / "check-in-ci.md"
ACTION: dict[str, Any] = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))
ADDRESS, TOKEN = "127.0.0.1:8000", "a-secret-token"


async def _authenticate(candidates: Sequence[str]) -> Partner | None:
    return PARTNER if TOKEN in candidates else None


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    handlers = [Sender(), Receiver()]
    with serving(
        lambda base: create_app(handlers, authenticate=_authenticate, base_url=base)
    ) as base_url:
        yield base_url.removeprefix("http://")


def _commands() -> list[str]:
    texts = [one.text for one in blocks(GUIDE) if one.language == "sh"]
    return [line for text in texts for line in text.replace("\\\n", " ").splitlines()]


def test_the_commands_of_the_guide_run(address: str, pytester: pytest.Pytester) -> None:
    ran = []
    for line in _commands():
        command, _, file = line.replace(ADDRESS, address).partition(" > ")
        program, *words = shlex.split(command)
        if program == "pytest":
            plugin = ("-p", "ocpi_conformance.pytest_plugin", "-p", "no:asyncio")
            done = pytester.runpytest_inprocess(*plugin, *words)
            assert done.parseoutcomes()["passed"] > 1
            ran.append((program, int(done.ret)))
            continue
        code, out, err = run_command(app, words)
        ran.append((words[0], code))
        assert not re.search("Usage:", err)
        if file:
            Path(file).write_text(out)
    # The party of this test has no credentials module: the baseline accepts that.
    expected = [("check", 1), ("report", 0), ("check", 0), ("report", 0), ("pytest", 0)]
    assert ran == expected
    assert TOKEN not in Path("report.html").read_text()
    assert Path("report.xml").read_bytes().startswith(b"<?xml")


def _step(name: str) -> dict[str, Any]:
    step: dict[str, Any] = next(one for one in ACTION["runs"]["steps"] if one["name"] == name)
    return step


def test_the_action_checks_a_party_and_writes_reports(address: str, tmp_path: Path) -> None:
    given = {
        "versions-url": f"http://{address}/versions",
        "token": TOKEN,
        "options": "--version 2.2.1 --module tokens --allow-private --allow-http",
        "baseline": "",
        "reports": "out",
    }
    assert set(given) == set(ACTION["inputs"])
    step, environment = _step("Check"), dict(os.environ)
    for name, text in step["env"].items():
        environment[name] = given[re.sub(r"\$\{\{ inputs\.(.*) \}\}", r"\1", text)]
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        environment[name] = str(tmp_path / name)
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    command = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
    done = subprocess.run(  # noqa: S603
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    report = read_report((tmp_path / "out" / "report.json").read_bytes())
    assert done.returncode == 1, done.stderr
    assert report.findings
    assert report.findings[0].title in done.stdout
    names = {one.name for one in (tmp_path / "out").iterdir()}
    assert names == {"report.html", "report.xml", "report.sarif", "report.json", "report.txt"}
    assert (tmp_path / "GITHUB_OUTPUT").read_text() == "reports=out\n"
    assert report.findings[0].rule in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()


def test_scripts_of_the_action_take_inputs_from_the_environment_alone() -> None:
    assert all("${{" not in one["run"] for one in ACTION["runs"]["steps"])
    assert all(one["shell"] == "bash" for one in ACTION["runs"]["steps"])


def test_the_action_installs_what_the_repository_has() -> None:
    script = _step("Install")["run"]
    for folder, extras in re.findall(r"GITHUB_ACTION_PATH/(\w+)(?:\[([\w,]+)\])?", script):
        project = tomllib.loads((REPOSITORY / folder / "pyproject.toml").read_text("utf-8"))
        known = project["project"].get("optional-dependencies", {})
        assert set(filter(None, extras.split(","))) <= set(known), folder


def test_the_plugin_is_an_entry_point_under_its_own_name() -> None:
    project = tomllib.loads((REPOSITORY / "conformance" / "pyproject.toml").read_text("utf-8"))
    name = "ocpi_conformance.pytest_plugin"
    assert project["project"]["entry-points"]["pytest11"] == {name: name}
