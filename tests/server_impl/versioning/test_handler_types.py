"""mypy compares the methods of the reference handlers with the generated stubs."""

import subprocess
import sys
from pathlib import Path

import pytest

WRONG = '''
from ocpi_bindings.v2_2_1.stubs import tariffs
from ocpi_runtime.server import Context
from ocpi_server.modules.tariffs.handlers import TariffsSenderMethods


class Renamed(TariffsSenderMethods):
    async def get_tariffs(self, context: Context, page: int) -> None:  # type: ignore[override]
        """Return a wrong thing for a wrong argument."""


class Handler(Renamed, tariffs.TariffsSenderStub):
    """Joined with the stub."""
'''

RIGHT = WRONG.replace("Handler(Renamed, ", "Handler(TariffsSenderMethods, ")


@pytest.mark.parametrize(("program", "status"), [(WRONG, 1), (RIGHT, 0)])
def test_a_wrong_signature_is_reported(tmp_path: Path, program: str, status: int) -> None:
    source = tmp_path / "program.py"
    source.write_text(program)
    command = [sys.executable, "-m", "mypy", "--strict", str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert done.returncode == status, done.stdout
    if status:
        assert 'Definition of "get_tariffs" in base class "Renamed" is incompatible' in done.stdout
