"""The command run on made-up specifications, and what it reports."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from ocpi_audit.cli import app
from tests.audit import devices

PROFILES = devices.HERE / "profiles.toml"
ERRATA = devices.HERE / "errata.toml"


def run(spec: Path, package: Path, *words: str, errata: Path = ERRATA) -> Result:
    given = ["--spec", str(spec), "--bundles", str(package), "--profiles", str(PROFILES)]
    return CliRunner().invoke(app, ["audit", *given, "--errata", str(errata), *words])


def report_of(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def differences(result: Result) -> list[str]:
    return [
        f"{each['subject']} {each['aspect']}: {each['specified']} -> {each['bundled']}"
        for audit in report_of(result)["audits"]
        for each in audit["differences"]
        if not each["erratum"]
    ]


def edited(own: Path, old: str, new: str, file: str = "mod_devices.asciidoc") -> Path:
    devices.rewrite(own, "devices-9.2", file, old, new)
    return own
