"""Names of processes, by which one on the same machine sees that another is gone."""

import os
import socket
from uuid import uuid4

__all__ = ["is_gone", "node_name"]


def node_name() -> str:
    """Return a name for this process that no other has."""
    return f"{_host()}:{os.getpid()}:{uuid4().hex[:12]}"


def is_gone(name: str) -> bool:
    """Return whether a process was on this machine and has ended."""
    host, pid, _ = name.rsplit(":", 2)
    return host == _host() and not _is_running(int(pid))


def _host() -> str:
    return socket.gethostname()[:64]


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
