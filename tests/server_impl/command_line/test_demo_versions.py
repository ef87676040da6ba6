"""The demo between platforms of any versions."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

_RUN = (
    "import sys; from ocpi_server.cli import app;"
    "sys.argv = ['ocpi', 'demo', '--json', *sys.argv[1:]]; app()"
)


def lines_of(*options: str) -> list[dict[str, Any]]:
    """Run the demo to its end and return its output."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-W", "ignore", "-c", _RUN, *options],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env=os.environ,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def facts(lines: list[dict[str, Any]]) -> str:
    return "\n".join(line["fact"] for line in lines if "fact" in line)


@pytest.mark.parametrize("version", ["2.0", "2.1.1", "2.2", "2.3.0"])
def test_every_version_has_its_story(version: str) -> None:
    lines = lines_of("--version", version)
    output = facts(lines)
    assert f"registered for OCPI {version}" in output
    assert "the same to four decimals: 6.7708 EUR" in output
    operations = {line["operation"] for line in lines if "operation" in line}
    assert ("post_start_session" in operations) == (version != "2.0")
    assert ("put_charging_profile" in operations) == (version in {"2.2", "2.3.0"})


def test_the_newest_common_version_is_agreed_on() -> None:
    output = facts(lines_of("--cpo-version", "2.3.0", "--emsp-version", "2.1.1"))
    assert "registered for OCPI 2.1.1" in output
    assert "201 objects are incomplete" in output
    assert "/help_phone" in output


def test_when_both_speak_several_the_newest_is_agreed_on() -> None:
    output = facts(lines_of("--cpo-version", "2.2", "--emsp-version", "2.3.0"))
    assert "registered for OCPI 2.2\n" in output


def test_a_hub_stands_between_platforms_of_three_versions() -> None:
    lines = lines_of("--hub", "--cpo-version", "2.2", "--emsp-version", "2.3.0")
    output = facts(lines)
    assert "DE-FUN is CONNECTED" in output
    assert "200 locations on 4 pages are stored" in output
    assert "the same to four decimals: 6.7708 EUR" in output
    ways = {(line["from"], line["to"]) for line in lines if "from" in line}
    assert ways == {("CPO", "hub"), ("hub", "CPO"), ("eMSP", "hub"), ("hub", "eMSP")}
    asked = {line["operation"]: line["url"] for line in lines if line.get("from") == "hub"}
    assert "/2.2/" in asked["post_start_session"]
    assert "/2.3.0/" in asked["post_cdr"]
