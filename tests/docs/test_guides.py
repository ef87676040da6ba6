"""The examples of the guides: mypy accepts them, and those that can be run do what is described."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.cleanroom import run
from tests.support.markdown import (
    REPOSITORY,
    WALKED,
    Block,
    blocks,
    documents,
    name_of,
    shell_lines,
)

GUIDES = REPOSITORY / "docs" / "guides"
OCPI = str(Path(sys.executable).parent / "ocpi")
SERVE = """
import socket, sys, uvicorn
config = uvicorn.Config(sys.argv[1], log_level="critical")
uvicorn.Server(config).run([socket.socket(fileno=int(sys.argv[2]))])
"""
"""As `uvicorn APPLICATION --fd NUMBER`, which forgets that the socket is one of TCP."""
SPEAKERS = ("embed-client.md", "fuzz.md")
OF_BOTH = ("roles.py",)
"""Examples that talk to the server of several versions."""
ADDRESS = "127.0.0.1:8000"
SINGLE = [path for path in documents() if path.name not in WALKED]
EXAMPLES = [one for path in SINGLE for one in blocks(path) if one.language == "python"]


@dataclass(frozen=True)
class GuideFolder:
    """All examples of all documents in one folder.

    Attributes:
        folder: The folder.
        listener: Listens at the port that the examples have in place of 8000.
    """

    folder: Path
    listener: socket.socket

    def adapted(self, text: str) -> str:
        """Put the port of the listener into an example."""
        return text.replace(ADDRESS, f"127.0.0.1:{self.listener.getsockname()[1]}")

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the interpreter in the folder."""
        return run(sys.executable, *arguments, cwd=self.folder)

    @contextmanager
    def serving(self, application: str) -> Iterator[None]:
        """Serve an application; who calls too early waits."""
        number = self.listener.fileno()
        process = subprocess.Popen(  # noqa: S603
            (sys.executable, "-c", SERVE, application, str(number)),
            cwd=self.folder,
            pass_fds=[number],
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=10)


@pytest.fixture(scope="module")
def guides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuideFolder]:
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        guides = GuideFolder(tmp_path_factory.mktemp("guides"), listener)
        for one in (block for path in SINGLE for block in blocks(path) if block.name):
            (guides.folder / one.name).write_text(guides.adapted(one.text), encoding="utf-8")
        yield guides


def listed_outputs(path: Path) -> Iterator[tuple[Block, str]]:
    """Return the examples that are followed by what they print."""
    listed = blocks(path)
    for one, following in pairwise(listed):
        if one.language == "python" and following.language == "text":
            yield one, following.text


def test_names_of_examples_are_unique() -> None:
    names = [one.name for one in EXAMPLES]
    assert "" not in names
    assert len(set(names)) == len(names)


def test_mypy_accepts_all_examples(guides: GuideFolder) -> None:
    # In the repository, and as strict: what `make types` has remembered of our packages is used.
    files = [str(guides.folder / one.name) for one in EXAMPLES]
    search = {**os.environ, "MYPYPATH": str(guides.folder)}
    done = run(sys.executable, "-m", "mypy", *files, cwd=REPOSITORY, env=search)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pyright_accepts_all_examples(guides: GuideFolder) -> None:
    strict = json.dumps({"typeCheckingMode": "strict"})
    (guides.folder / "pyrightconfig.json").write_text(strict, encoding="utf-8")
    files = [one.name for one in EXAMPLES]
    done = guides.run("-m", "basedpyright", "--pythonpath", sys.executable, *files)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_accepts_the_form_of_all_examples(guides: GuideFolder) -> None:
    files = [one.name for one in EXAMPLES]
    options = ("--config", str(REPOSITORY / "pyproject.toml"), "--no-cache")
    for command in (("format", "--check", "--diff"), ("check", "--select", "F,I,UP,B,SIM")):
        done = guides.run("-m", "ruff", *command, *options, *files)
        assert done.returncode == 0, done.stdout + done.stderr


def test_clients_and_fuzzer_of_the_guides_talk_to_the_server_of_the_guide(
    guides: GuideFolder,
) -> None:
    outputs = [one for name in SPEAKERS for one in listed_outputs(GUIDES / name)]
    assert len(outputs) >= 4
    with guides.serving("cpo:app"):
        for example, expected in outputs:
            if example.name not in OF_BOTH:
                done = guides.run(example.name)
                assert (done.stdout, done.stderr) == (expected, ""), example.name
        line = next(one for one in shell_lines(GUIDES / "fuzz.md") if "ocpi fuzz" in one)
        words = shlex.split(guides.adapted(line))
        done = run(OCPI, *words[1:], cwd=guides.folder)
        assert (done.returncode, "errors: 0, warnings: 0" in done.stderr) == (0, True), done.stderr


def test_examples_of_tests_run_without_a_server(guides: GuideFolder) -> None:
    outputs = list(listed_outputs(GUIDES / "test-integration.md"))
    assert len(outputs) == 2
    for example, expected in outputs:
        done = guides.run(example.name)
        assert (done.stdout, done.stderr) == (expected, ""), example.name
    done = guides.run("test_pull.py")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_mock_of_the_guide_judges_the_client_of_the_guide(guides: GuideFolder) -> None:
    ((example, expected),) = listed_outputs(GUIDES / "test-your-client.md")
    done = guides.run(example.name)
    assert done.stdout == expected, done.stderr


def test_clients_of_several_versions_talk_to_the_server_of_several_versions(
    guides: GuideFolder,
) -> None:
    outputs = {one.name: text for name in SPEAKERS for one, text in listed_outputs(GUIDES / name)}
    with guides.serving("both:app"):
        for name in OF_BOTH:
            done = guides.run(name)
            assert (done.stdout, done.stderr) == (outputs[name], "")


def test_the_platform_of_the_guide_lets_an_invited_partner_in(guides: GuideFolder) -> None:
    with guides.serving("platform_app:app"):
        done = run(OCPI, "partners", "invite", "Fun Drive", "--json", cwd=guides.folder)
        assert done.returncode == 0, done.stderr
        made = json.loads(done.stdout)
        text = (guides.folder / "plain.py").read_text(encoding="utf-8")
        plain = re.sub(
            r"URL, SECRET = .*", f"URL, SECRET = {made['versions_url']!r}, {made['token']!r}", text
        )
        done = guides.run("-c", plain)
    assert (done.stdout, done.stderr) == ("True False\n", "")


@pytest.mark.parametrize("path", documents(), ids=name_of)
def test_lines_are_not_too_long(path: Path) -> None:
    long = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if len(line) > 100 and not line.startswith("|") and "](" not in line
    ]
    assert not long
