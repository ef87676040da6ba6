"""mypy compares the methods of the reference handlers with the generated stubs."""

import subprocess
import sys
from pathlib import Path

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


def test_a_wrong_signature_is_reported_and_a_right_one_is_not(tmp_path: Path) -> None:
    for name, text in (("wrong", WRONG), ("right", RIGHT)):
        (tmp_path / f"{name}.py").write_text(text)
    files = [str(tmp_path / "wrong.py"), str(tmp_path / "right.py")]
    command = [sys.executable, "-m", "mypy", "--strict", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert done.returncode == 1, done.stdout
    assert 'Definition of "get_tariffs" in base class "Renamed" is incompatible' in done.stdout
    assert "right.py" not in done.stdout
    assert "checked 2 source files" in done.stdout
