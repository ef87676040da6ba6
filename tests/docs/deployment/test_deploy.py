"""The files of `deploy/`: what they name exists, and its commands take these options."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from ocpi_server.cli import app
from ocpi_server.settings import load_settings

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
TEMPLATE = (DEPLOY / "chart/templates/platform.yaml").read_text()


def options_of(words: list[str]) -> dict[str, Any]:
    """Return what `ocpi` understands of words, without running it."""
    root = get_command(app)
    name, *rest = words
    command = root.commands[name]  # type: ignore[attr-defined]
    return dict(command.make_context(name, rest).params)


def filled(template: str) -> list[Any]:
    """Return the objects of a template, with its values put in."""
    values = yaml.safe_load((DEPLOY / "chart/values.yaml").read_text())

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name.startswith(".Release"):
            return "ocpi"
        words = name.split()
        (path,) = [word for word in words if word.startswith(".Values.")]
        return str(values[path.removeprefix(".Values.")])

    return list(yaml.safe_load_all(re.sub(r"\{\{ (.*?) \}\}", value, template)))


def test_what_is_copied_into_the_image_is_there() -> None:
    sources = re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE)
    assert sources
    assert all((ROOT / source).exists() for source in sources)
    installed = re.findall(r"\./(\w+)", DOCKERFILE)
    assert all((ROOT / each / "pyproject.toml").exists() for each in installed)


def test_the_image_serves_and_drains() -> None:
    words = re.findall(r"^CMD \[(.*)\]$", DOCKERFILE, re.MULTILINE)[0]
    options = options_of([word.strip().strip('"') for word in words.split(",")])
    assert (options["host"], options["port"], options["drain"]) == ("0.0.0.0", 8000, 10)  # noqa: S104


def test_the_unit_serves_by_several_workers() -> None:
    unit = (DEPLOY / "ocpi.service").read_text()
    words = shlex.split(re.findall(r"^ExecStart=\S+ (.*)$", unit, re.MULTILINE)[0])
    options = options_of(words)
    assert options["workers"] > 1
    stop = int(re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)[0])
    assert stop > options["drain"] + 10


def test_the_settings_are_valid(tmp_path: Path) -> None:
    text = (DEPLOY / "ocpi.toml").read_text()
    file = tmp_path / "ocpi.toml"
    file.write_text(text.replace("/var/lib/ocpi", str(tmp_path)))
    settings = load_settings(file)
    assert settings.database.startswith("postgresql+asyncpg://")


def test_services_wait_for_services_that_are_there() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    waited = {name for each in services.values() for name in each.get("depends_on", ())}
    assert waited <= services.keys()
    assert services["upgrade"]["command"] == ["db", "upgrade"]
    balanced = re.findall(r"server \w+ (\w+):8000", (DEPLOY / "haproxy.cfg").read_text())
    assert set(balanced) <= services.keys()


@pytest.mark.parametrize("probe", [("readinessProbe", "/readyz"), ("livenessProbe", "/livez")])
def test_the_chart_serves_drains_and_is_probed(probe: tuple[str, str]) -> None:
    deployment, _service = filled(TEMPLATE)
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    drain = options_of(container["args"])["drain"]
    assert drain >= 2 * container["readinessProbe"]["periodSeconds"]
    assert container[probe[0]]["httpGet"]["path"] == probe[1]
