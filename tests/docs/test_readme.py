"""The examples of the README, run as a user would: with wheels of runtime and bindings alone."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.cleanroom import CleanRoom, make_clean_room, run
from tests.support.markdown import REPOSITORY, blocks, shell_lines

README = REPOSITORY / "README.md"
ADDRESS = "127.0.0.1:8000"
MOST_LINES = 14
IMPORT = """
import sys
from ocpi_bindings.v2_2_1.models import Location
print(*sorted({"httpx2", "connexion", "starlette", "jsonschema_rs"} & sys.modules.keys()))
"""
OURS = """
from importlib.metadata import distributions
from importlib.util import find_spec
print(*sorted(name for each in distributions() if (name := each.name).startswith("ocpi")))
others = "server generator conformance audit bridge pricing".split()
print(*(name for each in others if find_spec(name := f"ocpi_{each}")))
print(*(name for name in "sqlalchemy typer schemathesis".split() if find_spec(name)))
"""


def requirements() -> list[str]:
    """Return what pip installs, with the folders of our packages, whose wheels are in ``dist``."""
    line = next(one for one in shell_lines(README) if one.startswith("pip install "))
    _, _, option, folder, bindings, *others = shlex.split(line)
    assert (option, folder) == ("--find-links", "dist")
    return ["./runtime", bindings.replace("ocpi-bindings", "./generated"), *others]


def examples() -> dict[str, str]:
    """Return the examples by the name of their file."""
    found = {one.name: one.text for one in blocks(README) if one.language == "python"}
    found["tariffs.json"] = next(one.text for one in blocks(README) if one.language == "json")
    return found


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> CleanRoom:
    room = make_clean_room(tmp_path_factory.mktemp("readme"), requirements())
    for name, text in examples().items():
        (room.folder / name).write_text(text, encoding="utf-8")
    return room


@contextmanager
def served(room: CleanRoom) -> Iterator[str]:
    """Serve the example on a free port; returns the address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        text = (room.folder / "server.py").read_text(encoding="utf-8")
        (room.folder / "served.py").write_text(text.replace(ADDRESS, address), encoding="utf-8")
        number = str(listener.fileno())
        command = [str(room.python), "-m", "uvicorn", "served:app", "--fd", number]
        process = subprocess.Popen(  # noqa: S603
            command, cwd=room.folder, pass_fds=[listener.fileno()], stderr=subprocess.DEVNULL
        )
    try:
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


CHECKERS = {
    "mypy": ("--strict", "--config-file=", "--python-executable"),
    "basedpyright": ("--pythonpath",),
    "pyrefly": ("check", "--preset", "strict", "--python-interpreter-path"),
}
"""Type checkers, as strict as they are, with the option that names the interpreter."""


def checked(room: CleanRoom, checker: str, *files: str) -> "subprocess.CompletedProcess[str]":
    """Check files with nothing but what is installed in the clean room."""
    strict = json.dumps({"typeCheckingMode": "strict"})
    (room.folder / "pyrightconfig.json").write_text(strict, encoding="utf-8")
    command = (sys.executable, "-m", checker, *CHECKERS[checker], str(room.python), *files)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return run(*command, cwd=room.folder, env=environment)


def test_only_runtime_and_bindings_are_there(room: CleanRoom) -> None:
    done = room.run("-c", OURS)
    assert done.stdout == "ocpi-bindings ocpi-runtime\n\n\n", done.stderr


def test_the_examples_are_short() -> None:
    for name in ("server.py", "client.py"):
        lines = [line for line in examples()[name].splitlines()[1:] if line.strip()]
        assert len(lines) <= MOST_LINES, name


def test_the_matrix_is_that_of_the_bundles() -> None:
    rows = re.findall(r"^\| (\w+) \|((?: (?:yes )?\|){5})$", README.read_text(), re.MULTILINE)
    listed = {module: ["yes" in cell for cell in cells.split("|")[:5]] for module, cells in rows}
    bindings = REPOSITORY / "generated" / "ocpi_bindings"
    found: dict[str, list[bool]] = {}
    for number, version in enumerate(("v2_0", "v2_1_1", "v2_2", "v2_2_1", "v2_3_0")):
        for path in (bindings / version / "documents").glob("*.*.json"):
            found.setdefault(path.name.partition(".")[0], [False] * 5)[number] = True
    assert listed == found


def test_client_and_server_talk_to_each_other(room: CleanRoom) -> None:
    printed = re.search(r"it prints `([^`]+)`", README.read_text(encoding="utf-8"))
    assert printed is not None
    with served(room) as address:
        client = (room.folder / "client.py").read_text(encoding="utf-8")
        done = room.run("-c", client.replace(ADDRESS, address))
    assert done.stdout == f"{printed[1]}\n", done.stderr


@pytest.mark.parametrize(
    ("checker", "complaint"),
    [
        ("mypy", 'error: Final class without.Tariffs has abstract attributes "get_tariffs"'),
        ("basedpyright", '"TariffsSenderStub.get_tariffs" is not implemented'),
        ("pyrefly", "`Tariffs` cannot have unimplemented abstract members: `get_tariffs`"),
    ],
)
def test_type_checkers_accept_the_examples_and_miss_a_method(
    room: CleanRoom, checker: str, complaint: str
) -> None:
    accepted = checked(room, checker, "server.py", "client.py")
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    server = (room.folder / "server.py").read_text(encoding="utf-8")
    method = re.search(r"^    async def get_tariffs.*?\n\n", server, re.MULTILINE | re.DOTALL)
    assert method is not None
    without = server.replace(method[0], "    pass\n\n")
    (room.folder / "without.py").write_text(without, encoding="utf-8")
    refused = checked(room, checker, "without.py")
    assert refused.returncode == 1
    assert complaint in refused.stdout


def test_models_import_no_client_server_or_validator(room: CleanRoom) -> None:
    assert room.run("-c", IMPORT).stdout.strip() == ""
