"""The package by itself: it needs nothing of what the checks of running parties need."""

from pathlib import Path

from tests.support.cleanroom import make_clean_room

USE = """
import sys
from importlib.metadata import entry_points
from importlib.util import find_spec
(entry,) = (one for one in entry_points(group="ocpi.commands") if one.name == "audit")
sys.argv = ["ocpi", "audit", "--help"]
try:
    __import__("ocpi_runtime.cli", fromlist=["main"]).main()
except SystemExit as end:
    print(end.code)
import yaml
print(*(name for name in "ocpi_conformance schemathesis hypothesis".split() if find_spec(name)))
"""


def test_the_audit_runs_without_the_checks(tmp_path: Path) -> None:
    room = make_clean_room(tmp_path, ["./runtime[cli]", "./generated", "./audit"])
    done = room.run("-I", "-c", USE)
    assert "specification" in done.stdout, done.stderr
    assert done.stdout.endswith("\n0\n\n"), done.stdout + done.stderr
