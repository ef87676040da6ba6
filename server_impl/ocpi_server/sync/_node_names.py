"""Names of processes, by which one on the same machine sees that another is gone."""

import os
import socket
from functools import cache
from pathlib import Path
from uuid import uuid4

__all__ = ["is_gone", "node_name"]


def node_name() -> str:
    """Return a name for this process that no other has."""
    return f"{_place()}:{os.getpid()}:{uuid4().hex[:12]}"


def is_gone(name: str) -> bool:
    """Return whether a process was where this one is, and has ended."""
    place, pid, _ = name.rsplit(":", 2)
    return place == _place() and not _is_running(int(pid))


def _place() -> str:
    """Return where the number of a process stands for one process only.

    Containers may have the hostname of their machine, or all the same one, and numbers of their
    own: the namespace and the boot of the machine tell them apart.
    """
    return f"{socket.gethostname()[:64]}/{_boot()}/{_namespace()}"


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii")[:8]
    except OSError:  # no Linux
        return ""


@cache
def _namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return ""


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
