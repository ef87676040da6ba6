"""Commands of ``ocpi`` in a separate process: stdout of the server belongs to its protocol."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Final

import anyio
from mcp.server.mcpserver.exceptions import ToolError

__all__ = ["check_package", "run_ocpi"]

_OCPI: Final = "import sys; from ocpi_runtime.cli import main; sys.argv[0] = 'ocpi'; main()"
_USAGE: Final = 2
_MOST: Final = 200_000
"""Maximum number of characters of an answer; an assistant cannot use longer ones."""


def check_package(module: str, command: str) -> None:
    """Raise an error for a tool whose package is not installed.

    Raises:
        ToolError: It is not; the message states how to install it.
    """
    if find_spec(module) is None:
        package = module.replace("_", "-")
        raise ToolError(
            f"`ocpi {command}` is in the package {package}, which is not installed. "
            f"Run: python -m pip install {package}"
        )


async def run_ocpi(
    words: Sequence[str], text: str = "", *, environment: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Run a command that prints JSON.

    Args:
        words: The command and its arguments.
        text: What it reads from stdin.
        environment: Its environment; by default that of this process.

    Returns:
        ``exit_code`` (0: nothing is wrong, 1: something is), ``result``, and ``messages``.

    Raises:
        ToolError: It could not be run; the message is its own.
    """
    command = [sys.executable, "-c", _OCPI, *words]
    done = await anyio.run_process(
        command, input=text.encode(), check=False, stderr=subprocess.PIPE, env=environment
    )
    out, messages = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    try:
        result = json.loads(out)
    except ValueError:
        result = None
    if result is None or done.returncode >= _USAGE:
        raise ToolError(messages.strip() or f"The exit code is {done.returncode}.")
    if len(out) > _MOST:
        raise ToolError(f"The result has {len(out)} characters, more than {_MOST}. Request less.")
    return {"exit_code": done.returncode, "result": result, "messages": messages.strip()}
