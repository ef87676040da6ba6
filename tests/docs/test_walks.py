"""The walks of guides with two platforms, as they stand there."""

import faulthandler
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

from tests.support.markdown import REPOSITORY, blocks

GUIDES = REPOSITORY / "docs" / "guides"
_SECONDS = 300


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def walked(guide: str, folder: Path) -> str:
    """Run all commands of a guide in an empty folder, and return what they print."""
    commands = [one.text for one in blocks(GUIDES / guide) if one.language == "sh"]
    script = "set -euo pipefail\n" + "\n".join(commands)
    for port in ("8000", "8001"):
        script = script.replace(port, str(free_port()))
    faulthandler.cancel_dump_traceback_later()  # the walk has a bound of its own
    folder /= "walk"
    folder.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "OCPI_CONFIG"}
    with subprocess.Popen(  # noqa: S603 - our own guide
        ["bash", "-c", script],  # noqa: S607
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            process.wait(_SECONDS)
        finally:
            os.killpg(process.pid, signal.SIGTERM)  # the two platforms
            out, err = process.communicate()
    assert process.returncode == 0, (out, err)
    return out


def test_a_cpo_and_an_emsp_are_run_by_curl(tmp_path: Path) -> None:
    out = walked("operator-api.md", tmp_path)
    lines = [line for line in out.splitlines() if line.strip() not in {"null", "false"}]
    assert lines[:5] == ['"registered"', '"CREATED"', '"CREATED"', '"LOC1"', '"TOKEN1"'], out
    assert lines[5:7] == ['"DONE"', '"ACCEPTED"'], out
    assert '"UPDATED"' in lines
    assert "true" in lines
    assert re.search(r"[1-9] received\.stored", out), out


def test_the_first_steps_send_a_location_to_a_partner(tmp_path: Path) -> None:
    out = walked("first-steps.md", tmp_path)
    assert re.search(r"\n[0-9a-f-]{36} +Charging +registered +2\.3\.0 +NL-CPO:CPO", out), out
    assert out.splitlines()[-2:] == ['"CREATED"', '"LOC1"'], out
