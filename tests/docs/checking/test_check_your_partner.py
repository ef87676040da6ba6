"""The guide on checking a partner: its commands are run as written, against a correct platform."""

import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ocpi_conformance.cli import app
from ocpi_conformance.reports import Verdict, read_report
from tests.support.commands import run_command
from tests.support.fuzz_plans import Plan
from tests.support.fuzz_subject import subject
from tests.support.markdown import REPOSITORY, blocks

GUIDE = REPOSITORY / "docs" / "guides" / "check-your-partner.md"


def _commands() -> list[str]:
    texts = [one.text for one in blocks(GUIDE) if one.language == "sh"]
    return [line for text in texts for line in text.replace("\\\n", " ").splitlines()]


def test_the_commands_of_the_guide_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with subject(tmp_path / "platform", Plan("2.2.1")) as served:
        listed = next(one for one in served.targets if one.interface == "list")
        for line in _commands():
            kind = "post_credentials" if "a-token-a" in line else "get_credentials"
            token = served.knowledge.before(kind) or listed.token
            command, _, file = line.partition(" > ")
            command = command.replace("127.0.0.1:8000", urlsplit(listed.url).netloc)
            words = [
                re.sub("^a-(secret-token|token-a)$", token, one) for one in shlex.split(command)
            ]
            code, out, err = run_command(app, words[1:])
            assert code == 0, out + err
            assert token not in out + err
            if file:
                Path(file).write_text(out)
    report = read_report(Path("emsp.json").read_bytes())
    assert not report.findings
    assert any(one.endswith("is deleted") for one in report.created)
    asked = {one.rule for one in report.rules if one.verdict is Verdict.PASSED}
    assert {"write.read-back", "cdrs.never-changes"} <= asked
    assert "<html" in Path("cpo.html").read_text()
