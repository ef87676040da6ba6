"""The command that sets the dialect of a partner."""

import json
from pathlib import Path

from ocpi_server.cli import app
from tests.support.commands import run_command

SETTINGS = """
base_url = "http://127.0.0.1:9/ocpi"
[[parties]]
country_code = "NL"
party_id = "CPO"
role = "CPO"
name = "Example Charging"
"""


def test_the_dialect_of_a_partner_is_set_shown_and_removed(tmp_path: Path) -> None:
    config, file = tmp_path / "ocpi.toml", tmp_path / "partner.toml"
    config.write_text(SETTINGS)
    file.write_text('level = "standard"\n[rules]\nmissing-publish = true\n')

    def run(*words: str) -> tuple[int, str, str]:
        return run_command(app, ["partners", *words, "--config", str(config)])

    run("invite", "Guest")
    assert json.loads(run("dialect", "Guest", "--json")[1])["from"] == "platform"
    assert run("dialect", "Guest", str(file))[0] == 0
    shown = json.loads(run("dialect", "Guest", "--json")[1])
    assert (shown["from"], shown["rules"]) == ("partner", {"missing-publish": True})
    assert 'level = "lenient"' in run("dialect", "Guest", "--level", "lenient")[1]
    assert "# from the platform" in run("dialect", "Guest", "--clear")[1]

    file.write_text('lewel = "standard"\n')
    code, _, stderr = run("dialect", "Guest", str(file))
    assert (code, "did you mean 'level'" in stderr) == (2, True)
