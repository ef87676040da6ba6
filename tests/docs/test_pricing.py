"""The guide on pricing: its commands are run as written, and it explains every rule."""

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from ocpi_pricing import RULES
from ocpi_pricing.cli import app
from ocpi_pricing.lint import LINT_RULES
from tests.support.commands import run_command
from tests.support.markdown import REPOSITORY, blocks

GUIDE = REPOSITORY / "docs" / "guides" / "pricing.md"
TEXT = GUIDE.read_text(encoding="utf-8")
WARNING = re.compile(r"(?:PriceWarning\(|_warn\(result, )\s*\"([a-z-]+)\"")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in re.findall(
        r"^`([\w.-]+)`:\n\n```json\n(.*?)```", TEXT, re.MULTILINE | re.DOTALL
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_commands_print_what_the_guide_shows(folder: Path) -> None:
    pairs = [one for one in blocks(GUIDE) if one.language in {"sh", "text"}]
    shown = 0
    for command, following in pairwise(pairs):
        if (command.language, following.language) != ("sh", "text"):
            continue
        words = shlex.split(command.text.replace("\\\n", " "))
        code, out, err = run_command(app, words[1:])
        assert code in {0, 1}, err
        printed = iter(out.splitlines())
        missing = [line for line in following.text.splitlines() if line not in printed]
        assert missing == [], words
        shown += 1
    assert shown == 3
    assert "<svg" in (folder / "cost.html").read_text(encoding="utf-8")


def test_every_rule_and_warning_is_explained() -> None:
    explained = set(re.findall(r"`([a-z-]+)`", TEXT))
    code = "".join(path.read_text() for path in (REPOSITORY / "pricing").rglob("*.py"))
    warnings = set(WARNING.findall(code))
    assert len(warnings) > 10
    assert {rule.id for rule in RULES} | set(LINT_RULES) | warnings <= explained
