"""Whose lanes are free at once: those of a process that ran where this one does."""

import subprocess
import sys

import pytest

from ocpi_server.sync._node_names import is_gone, node_name

_PRINT = "from ocpi_server.sync._node_names import node_name; print(node_name())"


def ended() -> str:
    """Return the name of a process that has ended."""
    command = [sys.executable, "-c", _PRINT]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own
    return done.stdout.strip()


def test_a_process_that_has_ended_here_is_gone() -> None:
    assert is_gone(ended())
    assert not is_gone(node_name())
    assert node_name() != node_name()


@pytest.mark.parametrize("at", [0, 1, 2], ids=["hostname", "boot", "namespace"])
def test_nothing_is_known_of_processes_elsewhere(at: int) -> None:
    place, *number = ended().rsplit(":", 2)
    parts = place.split("/")
    parts[at] = f"{parts[at]}0"
    assert not is_gone(":".join(["/".join(parts), *number]))
