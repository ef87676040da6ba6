"""Mutation testing of a part: ``python -m tests.mutants paging``, parts in ``mutants.toml``.

``--sample 100`` tests so many of the mutants of a large part, drawn with a fixed seed.

cosmic-ray changes the code in place, so it works in a clone of the last commit in
``build/mutants``. Mutants that no test refuses are listed with their difference; each is a test
that is missing, code that does nothing, or equal to the original.
"""

import argparse
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[1]
_CLONE: Final = _ROOT / "build" / "mutants"
_SESSION: Final = "mutants.sqlite"
_TIMEOUT: Final = 120.0
"""Seconds for the tests of one mutant; those that never end are killed by it."""


def _config(part: dict[str, list[str]]) -> str:
    tests = f"{sys.executable} -m pytest -q -x -p no:cacheprovider {' '.join(part['tests'])}"
    values = {
        "module-path": part["modules"],
        "timeout": _TIMEOUT,
        "excluded-modules": [],
        "test-command": tests,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    return "\n".join(["[cosmic-ray]", *lines, "[cosmic-ray.distributor]", 'name = "local"', ""])


def main() -> None:
    """Clone, mutate, test, and report the survivors of a part."""
    parts = tomllib.loads((_ROOT / "tests" / "mutants.toml").read_text("utf-8"))
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("part", choices=parts)
    parser.add_argument("--sample", type=int, help="number of mutants; all by default")
    options = parser.parse_args()
    shutil.rmtree(_CLONE, ignore_errors=True)
    _run("git", "clone", "--quiet", str(_ROOT), str(_CLONE), at=_ROOT)
    (_CLONE / "mutants.toml").write_text(_config(parts[options.part]), "utf-8")
    _run("cosmic-ray", "init", "mutants.toml", _SESSION)
    if options.sample:
        _draw(_CLONE / _SESSION, options.sample)
    _run("cosmic-ray", "baseline", "mutants.toml")
    _run("cosmic-ray", "exec", "mutants.toml", _SESSION)
    _run("cr-report", "--surviving-only", "--show-diff", _SESSION)


def _draw(session: Path, count: int) -> None:
    with closing(sqlite3.connect(session)) as database, database:
        rows = database.execute(
            "SELECT job_id FROM mutation_specs ORDER BY module_path, operator_name, occurrence"
        ).fetchall()
        ids = [row[0] for row in rows]
        kept = random.Random(1).sample(ids, min(count, len(ids)))  # noqa: S311 - no secret
        dropped = [(each,) for each in set(ids) - set(kept)]
        for table in ("mutation_specs", "work_items"):
            database.executemany(f"DELETE FROM {table} WHERE job_id = ?", dropped)  # noqa: S608 - named here


def _run(*command: str, at: Path = _CLONE) -> None:
    # The clone comes before what is installed from here.
    packages = [str(each.parent) for each in sorted(_CLONE.glob("*/pyproject.toml"))]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(packages)}
    subprocess.run(command, cwd=at, env=environment, check=True)  # noqa: S603 - of our own


if __name__ == "__main__":
    main()
