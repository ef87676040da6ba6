"""The walk of the guide to the operator API, by curl alone as it stands there."""

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

from tests.support.markdown import REPOSITORY, blocks

GUIDE = REPOSITORY / "docs" / "guides" / "operator-api.md"
_SECONDS = 120


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_cpo_and_an_emsp_are_run_by_curl(tmp_path: Path) -> None:
    commands = [one.text for one in blocks(GUIDE) if one.language == "sh"]
    script = "set -euo pipefail\n" + "\n".join(commands)
    for port in ("8000", "8001"):
        script = script.replace(port, str(free_port()))
    folder = tmp_path / "walk"
    folder.mkdir()
    with subprocess.Popen(  # noqa: S603 - our own guide
        ["bash", "-c", script],  # noqa: S607
        cwd=folder,
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
    lines = [line for line in out.splitlines() if line.strip() not in {"null", "false"}]
    assert lines[:5] == ['"registered"', '"CREATED"', '"CREATED"', '"LOC1"', '"TOKEN1"'], out
    assert lines[5:7] == ['"DONE"', '"ACCEPTED"'], out
    assert '"UPDATED"' in lines
    assert "true" in lines
    assert re.search(r"[1-9] received\.stored", out), out
