"""Commands of the README with the libraries of the platform alone, as after `make demo`."""

import os
import re
import shutil
import subprocess
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.support.cleanroom import CleanRoom, make_clean_room_of
from tests.support.markdown import REPOSITORY, shell_lines

README = REPOSITORY / "README.md"
PROGRAM = ".venv/bin/ocpi "
LINES = [line for line in shell_lines(README) if line.startswith(PROGRAM)]
FAR = ("serve", "demo")
"""Commands that run until they are stopped, or for minutes; other tests start them."""


def libraries() -> list[Distribution]:
    """Return the libraries that `make demo` installs on this system."""
    text = (REPOSITORY / "requirements" / "run.txt").read_text(encoding="utf-8")
    names = set(re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==", text, re.MULTILINE))
    return [each for each in distributions() if canonicalize_name(each.name) in names]


def packages() -> list[str]:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"^PACKAGES := (.+)$", makefile, re.MULTILINE)
    assert found is not None
    return [f"./{each}" for each in found[1].split()]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> CleanRoom:
    folder = tmp_path_factory.mktemp("first")
    room = make_clean_room_of(folder, packages(), libraries())
    (folder / ".venv").symlink_to(folder / "environment")
    for name in ("openapi", "docs", "generated"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / name, folder / name, ignore=ignored)
    return room


def run(line: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(  # noqa: S602
        line, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("line", [each for each in LINES if each.split()[1] not in FAR])
def test_a_command_runs_or_says_in_one_line_what_to_do(line: str, clone: CleanRoom) -> None:
    done = run(line, clone.folder)
    assert "Traceback" not in done.stderr
    if done.returncode != 0:
        assert done.returncode in {1, 2}
        assert len(done.stderr.splitlines()) == 1
        remedy = (
            r"-m pip install 'ocpi-\w+'|build/ocpi\.git (is not a folder|lacks the commit \w+ of)"
        )
        assert re.search(remedy, done.stderr)


def test_what_is_missing_is_named_with_the_package_that_brings_it(clone: CleanRoom) -> None:
    for command, package in (("lint", "generator"), ("fuzz http://h/ --token t", "conformance")):
        done = run(f"{PROGRAM}{command}", clone.folder)
        assert done.returncode == 1
        assert done.stderr.endswith(f"environment/bin/python -m pip install 'ocpi-{package}'\n")
