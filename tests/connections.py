"""One partner overloads the platform while others work; run as ``python -m tests.connections``.

It prints what the others saw as JSON and fails if one request in a hundred took a second or more.
A smaller load is part of the tests of the platform.
"""

import asyncio
import json
import resource
import sys
import tempfile
from pathlib import Path

from tests.server_impl.connection_load import ConnectionLoad, under_load

_LOAD = ConnectionLoad(half_open=1300, unread=200, commands=1100, probes=1000)
_FILES = 8192
_MOST_SECONDS = 1.0


def main() -> int:
    """Apply the whole load once; return the exit code."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(_FILES, hard)), hard))
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(under_load(Path(folder), _LOAD))
        log = (Path(folder) / "server.log").read_text()
    slow = figures.quantile(0.99)
    json.dump(
        {
            "half": round(figures.quantile(0.5), 4),
            "p99": round(slow, 4),
            "longest": round(max(figures.times), 4),
            "registration": round(figures.registration, 3),
            "statuses": figures.statuses,
            "commands": figures.commands,
            "tracebacks": log.count("Traceback"),
        },
        sys.stdout,
        indent=2,
    )
    sys.stdout.write("\n")
    fine = slow < _MOST_SECONDS and set(figures.statuses) == {200} and "Traceback" not in log
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
