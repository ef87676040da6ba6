"""Every command that a document names exists, and every link in it leads somewhere."""

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from ocpi_conformance.rules.catalogue import RULES
from ocpi_runtime import cli, errors
from tests.support.markdown import REPOSITORY, anchors, commands, documents, links, name_of

TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
SETTING = re.compile(r"[A-Z_]+=")


@pytest.fixture(scope="module")
def ocpi() -> Any:
    """Return the command line; the kind of click that typer brings has no types of use here."""
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


def test_parts_for_mutation_testing_are_there() -> None:
    parts = tomllib.loads((REPOSITORY / "tests" / "mutants.toml").read_text(encoding="utf-8"))
    paths = [path for part in parts.values() for path in (*part["modules"], *part["tests"])]
    assert [path for path in paths if not (REPOSITORY / path).exists()] == []


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


def rules_of_lint() -> Iterator[str]:
    """Return the names of rules in the generator, those that cannot be taken for other words."""
    for path in (REPOSITORY / "generator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and "problem" in ast.unparse(node.func).lower():
                texts = [str(one.value) for one in node.args if isinstance(one, ast.Constant)]
                yield from (one for one in texts if re.fullmatch(r"[a-z]+(-[a-z]+)+", one))


def test_every_rule_of_lint_is_explained() -> None:
    guide = (REPOSITORY / "docs" / "guides" / "documents.md").read_text(encoding="utf-8")
    rows = guide.partition("| rule |")[2].splitlines()
    explained = {rule for row in rows for rule in re.findall(r"`([^`]+)`", row.split(" | ")[0])}
    code = "".join(path.read_text() for path in (REPOSITORY / "generator").rglob("*.py"))
    unknown = {rule for rule in explained if f'"{rule}"' not in code and "no-" not in rule}
    assert (set(rules_of_lint()) - explained, unknown) == (set(), set())


def test_the_guide_of_the_fuzzer_names_rules_of_the_catalogue() -> None:
    guide = (REPOSITORY / "docs" / "guides" / "fuzz.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z]+\.[a-z0-9-]+)`", guide.partition("## Rules")[2]))
    assert named
    assert named <= set(RULES)


def test_the_table_of_errors_is_that_of_the_code() -> None:
    text = (REPOSITORY / "docs" / "decisions" / "errors-on-the-wire.md").read_text(encoding="utf-8")
    listed = {
        name: (int(http), int(code))
        for name, http, code in re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \|", text, re.MULTILINE)
    }
    answered = (errors.StatusError, errors.HttpError)
    classes = [each for each in vars(errors).values() if isinstance(each, type)]
    real = {
        each.__name__: (each.http_status, int(each.status_code))
        for each in classes
        if issubclass(each, answered) and each is not errors.StatusError
    }
    assert listed == real
