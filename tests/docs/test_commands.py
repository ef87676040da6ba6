"""Commands of the documents that can be run anywhere are run as they are written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.markdown import REPOSITORY, WALKED, blocks, documents, name_of, shell_lines

PROGRAM = ".venv/bin/ocpi "
PLATFORM = REPOSITORY / "docs" / "guides" / "run-the-platform.md"
ELSEWHERE = ("serve", "demo", "docs", "fuzz", "audit", "init", "mock")
"""Commands that other tests start: they go on until they are stopped, run for minutes, or need a
clone of the specification; or they would write what the others read."""
READING = ("lint", "diff", "errata")
"""Commands that write nothing: what one document shows is not shown again for the next."""


def runnable(path: Path) -> list[str]:
    if path.name in WALKED:
        return []
    lines = [line for line in shell_lines(path) if line.startswith(PROGRAM)]
    return [line for line in lines if line.split()[1] not in ELSEWHERE]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what the commands read, with the environment of the tests as ``.venv``.

    What the guide of the platform has as settings and as an array of objects lies there too.
    """
    copy = tmp_path_factory.mktemp("copy")
    for name in ("openapi", "docs", "generated"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / name, copy / name, ignore=ignored)
    (copy / ".venv").symlink_to(sys.prefix)
    texts = {one.language: one.text for one in reversed(list(blocks(PLATFORM)))}  # the first ones
    (copy / "ocpi.toml").write_text(texts["toml"], encoding="utf-8")
    (copy / "locations.json").write_text(texts["json"], encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def shown() -> set[str]:
    """Return the commands that were run before."""
    return set()


@pytest.mark.parametrize("path", [each for each in documents() if runnable(each)], ids=name_of)
def test_commands_do_what_they_should(path: Path, copy: Path, shown: set[str]) -> None:
    for line in runnable(path):
        if line in shown:
            continue
        shown |= {line} if line.split()[1] in READING else set()
        done = subprocess.run(  # noqa: S602
            line,
            shell=True,
            cwd=copy,
            env=os.environ | {"NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
