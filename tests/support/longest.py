"""The files of tests that take longest: they begin first, so that none runs alone at the end.

``pytest -n 4 --dist loadfile`` gives files to its processes in this order. A file whose tests take
more than fifteen seconds in all belongs here, the longest first.
"""

from pathlib import Path
from typing import Final

__all__ = ["LONGEST", "place"]

_TESTS: Final = Path(__file__).parent.parent
LONGEST: Final = tuple(
    _TESTS / name
    for name in (
        "conformance/faults/test_faults.py",
        "conformance/fuzz/test_fuzz_platform.py",
        "docs/test_commands.py",
        "server_impl/command_line/test_demo_versions.py",
        "test_walk.py",
        "generator/test_new_version_guide.py",
        "server_impl/sync/test_schedule.py",
        "acceptance/test_other_versions.py",
        "acceptance/test_other_parties.py",
        "docs/test_site.py",
        "server_impl/hub/test_failing_receivers.py",
        "docs/test_guides.py",
        "hostile/test_hostile.py",
        "acceptance/test_released_parties.py",
        "server_impl/serving/test_pull_kills.py",
        "docs/test_readme.py",
        "docs/test_walks.py",
        "generator/overlays/test_overlay_guide.py",
        "server_impl/console/test_browser.py",
        "server_impl/sync/test_nodes.py",
        "conformance/fuzz/test_fuzz_sequences.py",
        "conformance/check/test_check.py",
        "acceptance/test_paging_under_change.py",
        "conformance/vectors/test_vectors.py",
        "server_impl/serving/test_workers.py",
        "docs/test_first_use.py",
        "generator/rendering/test_pydantic_rules.py",
        "generator/lint/test_lint.py",
        "server_impl/hub/test_client_infos_of_a_hub.py",
        "server_impl/sync/test_push_kills.py",
        "acceptance/test_kill.py",
        "acceptance/test_newest.py",
        "generator/rendering/test_generate.py",
        "server_impl/access_control/test_both_roles.py",
    )
)
_PLACES: Final = {path: at for at, path in enumerate(LONGEST)}


def place(path: Path) -> int:
    """Return where a file of tests is in the order of running."""
    return _PLACES.get(path, len(_PLACES))
