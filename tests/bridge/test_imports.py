"""What a conversion loads."""

import subprocess
import sys

STEP = """
import sys
from ocpi_bindings.v2_3_0 import models
from ocpi_bridge import convert
answer = models.ClearProfileResult(result=models.ChargingProfileResultType.ACCEPTED)
convert(answer, "2.2.1")
print(sorted(name for name in sys.modules if name.startswith("ocpi_bindings.v")
             and name.endswith(".models")), "typer" in sys.modules)
"""


def test_a_step_loads_its_two_versions_and_no_others() -> None:
    done = subprocess.run(  # noqa: S603 - a program of ours
        [sys.executable, "-c", STEP], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = ["ocpi_bindings.v2_2_1.models", "ocpi_bindings.v2_3_0.models"]
    assert done.stdout == f"{loaded} False\n"
