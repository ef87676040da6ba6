"""The servers that are measured; each is run as ``python -m bench.servers.NAME PORT``."""

from typing import Any

import uvicorn

__all__ = ["TOKEN", "run"]

TOKEN = "bench-credentials-token"  # noqa: S105 - opens nothing but the benchmark


def run(app: Any, port: int) -> None:
    """Serve with the same HTTP stack for all."""
    uvicorn.run(
        app, port=port, log_level="warning", access_log=False, loop="uvloop", http="httptools"
    )
