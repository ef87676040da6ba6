"""The files of tests that take longest: they begin first, so that none runs alone at the end.

``pytest -n 3 --dist loadfile`` gives files to its processes in this order. A file whose tests take
more than ten seconds of a processor in all belongs here, the longest first.
"""

from pathlib import Path
from typing import Final

__all__ = ["LONGEST", "place"]

_TESTS: Final = Path(__file__).parent.parent
LONGEST: Final = tuple(
    _TESTS / name
    for name in (
        "conformance/faults/test_faults.py",
        "test_walk.py",
        "conformance/fuzz/test_fuzz_platform.py",
        "docs/test_commands.py",
        "acceptance/test_other_versions.py",
        "server_impl/command_line/test_demo_versions.py",
        "acceptance/test_other_parties.py",
        "generator/test_new_version_guide.py",
        "docs/test_guides.py",
        "conformance/fuzz/test_fuzz_sequences.py",
        "acceptance/test_released_parties.py",
        "conformance/check/test_check.py",
        "acceptance/test_paging_under_change.py",
        "docs/test_site.py",
        "generator/overlays/test_overlay_guide.py",
        "hostile/test_hostile.py",
        "acceptance/test_kill.py",
        "server_impl/sync/test_push_kills.py",
        "docs/test_first_use.py",
        "docs/test_walks.py",
        "generator/lint/test_lint.py",
        "docs/test_readme.py",
        "acceptance/test_newest.py",
        "generator/rendering/test_generate.py",
        "server_impl/access_control/test_both_roles.py",
    )
)
_PLACES: Final = {path: at for at, path in enumerate(LONGEST)}


def place(path: Path) -> int:
    """Return where a file of tests is in the order of running."""
    return _PLACES.get(path, len(_PLACES))
