"""500 hostile shapes; ``python -m tests.hostile --count 5000`` runs more of them.

The program also bounds how long they keep an event loop, and how much memory they take.
"""

from collections.abc import Callable

import pytest

from tests.hostile.client import attack_client
from tests.hostile.report import Report
from tests.hostile.server import attack_server


@pytest.mark.parametrize(("attack", "count"), [(attack_server, 300), (attack_client, 200)])
def test_every_shape_is_answered_cleanly(attack: Callable[[range], Report], count: int) -> None:
    report = attack(range(count))
    data = report.as_data()
    assert not report.faults, data["faults"]
    assert len(data["outcomes"]) > 5
