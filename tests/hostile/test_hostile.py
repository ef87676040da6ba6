"""500 hostile shapes; ``python -m tests.hostile --count 5000`` runs more of them.

What is held against the limit is CPU time between two turns of an event loop, which other work on
the machine does not change, and not the clock.
"""

from collections.abc import Callable

import pytest

from tests.hostile.client import attack_client
from tests.hostile.report import Report
from tests.hostile.server import attack_server


@pytest.mark.parametrize(("attack", "count"), [(attack_server, 300), (attack_client, 200)])
def test_no_shape_holds_others_up_or_costs_much_memory(
    attack: Callable[[range], Report], count: int
) -> None:
    report = attack(range(count))
    data = report.as_data()
    assert not report.faults, data["faults"]
    assert report.held < 0.2, data["slowest"]
    assert report.grown < 100, data
    assert len(data["outcomes"]) > 5
