"""Doing what a guide says: its files are written, its commands run, what it tells is looked for.

A fenced block is a step. One whose first line is a comment with a path is a file, ``at the end of``
and a path is added to one. ``sh`` holds commands; a comment behind one says when it ``ends with``
another code than 0, or ``goes on`` while the next ones run. ``text`` is in the output of the
command before.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.markdown import REPOSITORY, Block, blocks
from tests.support.serving import free_port

_TARGET = re.compile(r"# (at the end of )?([\w./-]+\.\w+)\n")
_CODE = re.compile(r"# ends with (\d)")
_PORT = "8000"
_START_SECONDS = 20.0
_CACHE = ".mypy_cache"
_LEFT_OUT = ("__pycache__", ".*", "tests", "bench", "build", "*.egg-info")


def copy_of_repository(folder: Path) -> Path:
    """Copy what a user has in a clone, with the environment of the tests as ``.venv``.

    What mypy remembers of the repository comes along: it holds for every file that is the same.
    """
    copy = folder / "clone"
    shutil.copytree(REPOSITORY, copy, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    (copy / ".venv").symlink_to(sys.prefix)
    if (REPOSITORY / _CACHE).is_dir():
        with suppress(shutil.Error):  # files that another test has just replaced
            shutil.copytree(REPOSITORY / _CACHE, copy / _CACHE)
    return copy


@dataclass
class Walk:
    """A folder in which guides are followed.

    Attributes:
        folder: Where commands are run.
        rooms: Where Python looks for packages first.
        port: What stands in for the port of the guides.
        python: Which Python files of the guide are compared with our form, for the shell.
        output: What the last command said.
    """

    folder: Path
    rooms: list[Path]
    python: str
    port: str = field(default_factory=lambda: str(free_port()))
    output: str = ""

    def follow(self, guide: Path) -> int:
        """Do all steps of a guide; return how many there are."""
        steps = blocks(guide)
        with ExitStack() as until_the_end:
            for step in steps:
                self._do(step, until_the_end)
        self._check_form()
        return len(steps)

    def _check_form(self) -> None:
        """Compare the Python files of the guide with the form that all code here has."""
        form = "--isolated --no-cache --line-length 100 --target-version py311"
        self._run(f"ruff check {form} --select F,UP,B,SIM {self.python}")
        self._run(f"ruff format {form} --check {self.python}")

    def _do(self, step: Block, until_the_end: ExitStack) -> None:
        text = step.text.replace(_PORT, self.port)
        if step.language == "text":
            assert text.strip() in self.output, f"{text}\nis not in\n{self.output}"
        elif step.language == "sh":
            for line in text.splitlines():
                if "# goes on" in line:
                    until_the_end.enter_context(self._serving(line))
                else:
                    self._run(line)
        else:
            self._write(text)

    def _write(self, text: str) -> None:
        found = _TARGET.match(text)
        assert found, f"no file is named in\n{text}"
        path, rest = self.folder / found[2], text[found.end() :]
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if found[1] else ""
        path.write_text(before + rest, encoding="utf-8")

    def _run(self, line: str) -> None:
        done = subprocess.run(  # noqa: S602 - the guide is ours
            line,
            shell=True,
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        expected = _CODE.search(line)
        self.output = done.stdout
        assert done.returncode == int(expected[1] if expected else 0), f"{line}\n{done.stdout}"

    @contextmanager
    def _serving(self, line: str) -> Iterator[None]:
        command = f"exec {line}"
        process = subprocess.Popen(  # noqa: S602 - the guide is ours
            command,
            shell=True,
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._wait(process)
            yield
        finally:
            process.terminate()
            process.wait(timeout=10)

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            assert process.poll() is None, "the server ended while it started"
            assert time.monotonic() < deadline, "the server did not start in time"
            with socket.socket() as caller:
                if caller.connect_ex(("127.0.0.1", int(self.port))) == 0:
                    return
            time.sleep(0.05)

    def _environment(self) -> dict[str, str]:
        own = self.folder / _CACHE
        cache = own if own.is_dir() else REPOSITORY / _CACHE / "guides"
        rooms = os.pathsep.join(str(room) for room in self.rooms)
        path = os.pathsep.join([str(Path(sys.prefix) / "bin"), os.environ["PATH"]])
        return os.environ | {
            "NO_COLOR": "1",
            "PATH": path,
            "PYTHONPATH": rooms,
            "MYPYPATH": rooms,
            "MYPY_CACHE_DIR": str(cache),
        }
