"""Compile requirements/*.txt, the pinned and hashed lock files, from requirements/*.in.

Run by `make lock`; arguments go to `uv pip compile` (`--upgrade`). Each group is bound to the
versions of the group before it, so that all of them fit into one environment; `peers` and `pyocpi`
have one each of their own.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
GROUPS = {
    "run": None,
    "dev": "run",
    "bench": "dev",
    "mutants": "dev",
    "peers": None,
    "pyocpi": None,
}
OPTIONS = [
    "--generate-hashes",
    "--universal",
    "--python-version=3.11",
    "--no-emit-index-url",
    "--no-header",
    "--quiet",
]


def main() -> None:
    """Compile the groups in order, smallest first."""
    for group, below in GROUPS.items():
        constraint = [f"--constraint=requirements/{below}.txt"] if below else []
        command = ["uv", "pip", "compile", *OPTIONS, *constraint, *sys.argv[1:]]
        files = [f"requirements/{group}.in", "--output-file", f"requirements/{group}.txt"]
        subprocess.run([*command, *files], check=True, cwd=HERE.parent)


if __name__ == "__main__":
    main()
