"""Every command that a document names exists, and every link in it leads somewhere."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from ocpi_runtime import cli
from tests.docs.markdown import REPOSITORY, anchors, commands, documents, links, name_of

TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
SETTING = re.compile(r"[A-Z_]+=")


@pytest.fixture(scope="module")
def ocpi() -> Any:
    """Give the command line; typer brings its own kind of click, which has no types of use here."""
    return get_command(cli.build())


def faults_of_ocpi(root: Any, words: list[str]) -> list[str]:
    """Name what a command line says that there is not: commands, options."""
    command = root
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        name = words.pop(0)
        found = command.commands.get(name)
        if found is None:
            return [f"no command {name}"]
        command = found
    known = {"--help"} | {option for each in command.params for option in each.opts}
    used = {word.partition("=")[0] for word in words if word.startswith("--")}
    return [f"{command.name} has no {option}" for option in sorted(used - known)]


@pytest.mark.parametrize("path", documents(), ids=name_of)
def test_commands_exist(path: Path, ocpi: Any) -> None:
    targets = set(TARGET.findall((REPOSITORY / "Makefile").read_text(encoding="utf-8")))
    faults = []
    for line in commands(path):
        program, *words = shlex.split(line)
        if program == "make":
            named = [word for word in words if not SETTING.match(word)]
            faults += [f"{line}: no target {word}" for word in named if word not in targets]
        else:
            faults += [f"{line}: {fault}" for fault in faults_of_ocpi(ocpi, words)]
    assert not faults


def test_every_target_of_the_user_is_in_the_documents() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    shown = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    named = {line.split()[1] for path in documents() for line in commands(path) if "make " in line}
    assert shown <= named


@pytest.mark.parametrize("path", documents(), ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    faults = []
    for link in links(path):
        if link.startswith(("https://", "http://")):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists():
            faults.append(f"{link}: no such file")
        elif anchor and anchor not in set(anchors(target)):
            faults.append(f"{link}: no such heading")
    assert not faults
