"""An environment in which of our packages only some wheels are installed.

It is a virtual environment of its own. Wheels of ours are built and installed as they are; of the
libraries of others, it gets those that the wheels say they need and nothing else, file by file
from the environment in which the tests run. So nothing is fetched, and a dependency that a
package forgot to declare is missing.
"""

import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.markdown import REPOSITORY

_PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


@dataclass(frozen=True)
class CleanRoom:
    """The environment.

    Attributes:
        folder: A folder to work in.
        python: The interpreter.
        site: Where packages are installed.
    """

    folder: Path
    python: Path
    site: Path

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the interpreter in the folder; what it says is kept."""
        return run(str(self.python), *arguments, cwd=self.folder)


def run(*command: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run a command; what it says is kept."""
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # noqa: S603


def make_clean_room(folder: Path, requirements: Sequence[str]) -> CleanRoom:
    """Build wheels and install them.

    Args:
        folder: A folder to work in.
        requirements: As ``pip install`` takes them in the repository: a path such as
            ``./runtime[client]`` is a package of ours, everything else a library.
    """
    packages = [each.partition("[")[0] for each in requirements if each.startswith("./")]
    room = _with_wheels(folder, packages)
    for each in _needed([_by_name(each) for each in requirements], room.site):
        _link(each, room.site)
    return room


def make_clean_room_of(
    folder: Path, packages: Sequence[str], libraries: Iterable[Distribution]
) -> CleanRoom:
    """Build wheels and install them with these libraries and no other.

    Args:
        folder: A folder to work in.
        packages: Paths of our packages, such as ``./runtime``.
        libraries: What else is installed, whatever the packages need.
    """
    room = _with_wheels(folder, packages)
    for each in libraries:
        _link(each, room.site)
    return room


def _with_wheels(folder: Path, packages: Sequence[str]) -> CleanRoom:
    venv.create(folder / "environment", symlinks=True)
    python = folder / "environment" / "bin" / "python"
    where = run(str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    room = CleanRoom(folder, python, Path(where.stdout.strip()))
    wheels = _wheels(packages, folder / "wheels")
    _must(*_PIP, "--python", str(python), "install", "--no-index", "--no-deps", *wheels)
    return room


def _wheels(packages: Sequence[str], folder: Path) -> list[str]:
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder))
    _must(*_PIP, "wheel", *options, *(str(REPOSITORY / each) for each in packages))
    return [str(path) for path in folder.glob("*.whl")]


def _must(*command: str) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def _by_name(requirement: str) -> Requirement:
    """Read a requirement; a path becomes the name of the package that lies there."""
    path, bracket, extras = requirement.partition("[")
    if path.startswith("./"):
        text = (REPOSITORY / path / "pyproject.toml").read_text(encoding="utf-8")
        path = tomllib.loads(text)["project"]["name"]
    return Requirement(path + bracket + extras)


def _needed(requirements: list[Requirement], site: Path) -> Iterator[Distribution]:
    """Return the libraries that follow from requirements; what is installed is followed only."""
    installed = {_key(each.name): each for each in distributions(path=[str(site)])}
    waiting = [(_key(one.name), extra) for one in requirements for extra in ("", *one.extras)]
    seen: set[tuple[str, str]] = set()
    given: set[str] = set()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        found = installed.get(name) or distribution(name)
        if name not in installed and name not in given:
            given.add(name)
            yield found
        for one in map(Requirement, found.requires or ()):
            if one.marker is None or one.marker.evaluate({"extra": extra}):
                waiting += [(_key(one.name), each) for each in ("", *one.extras)]


def _key(name: str) -> str:
    return str(canonicalize_name(name))


def _link(library: Distribution, site: Path) -> None:
    for file in library.files or ():
        if ".." in file.parts or "__pycache__" in file.parts:
            continue
        target = site.joinpath(*file.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(Path(str(library.locate_file(file))).resolve())
