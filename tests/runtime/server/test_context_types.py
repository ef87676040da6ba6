"""Type checkers know the partner of a handler whose methods name its class."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
from collections.abc import Sequence
from dataclasses import dataclass

from ocpi_bindings.v2_2_1.models import Tariff
from ocpi_bindings.v2_2_1.stubs import TariffsSenderStub
from ocpi_runtime.server import Context, Page, PageQuery, Partner


@dataclass(frozen=True)
class Customer(Partner):
    discount: int = 0


class Typed(TariffsSenderStub):
    async def get_tariffs(self, context: Context[Customer], query: PageQuery) -> Page[Tariff]:
        discount: int = context.partner.discount
        logged(context)
        return Page([], total=discount, more=False)


class Plain(TariffsSenderStub):
    async def get_tariffs(self, context: Context, query: PageQuery) -> Page[Tariff]:
        name: str = context.partner.id
        logged(context)
        return Page([], total=len(name), more=False)


def logged(context: Context) -> None:
    print(context.partner.id)


async def authenticate(tokens: Sequence[str]) -> Customer | None:
    return Customer("fun", discount=5) if tokens else None
"""

WRONG = PROGRAM.replace("context: Context[Customer]", "context: Context")


REPOSITORY = Path(__file__).parents[3]
PYRIGHT = ["basedpyright", "--level", "error", "--pythonpath", sys.executable]


@pytest.mark.parametrize("command", [["mypy"], PYRIGHT])
def test_a_type_checker_knows_the_class_of_the_partner(command: list[str], tmp_path: Path) -> None:
    for name, program in (("right", PROGRAM), ("wrong", WRONG)):
        (tmp_path / f"{name}.py").write_text(program)
    paths = json.dumps({"extraPaths": list(filter(None, sys.path))})
    (tmp_path / "pyrightconfig.json").write_text(paths)
    files = [str(tmp_path / "right.py"), str(tmp_path / "wrong.py")]
    # mypy is strict by the settings of the repository, and knows our packages from `make types`.
    folder = REPOSITORY if command == ["mypy"] else tmp_path
    tool = [sys.executable, "-m", *command, *files]
    done = subprocess.run(tool, capture_output=True, text=True, check=False, cwd=folder)  # noqa: S603 - ours
    found = [line for line in done.stdout.splitlines() if "error:" in line]
    assert found, done.stdout + done.stderr
    assert all("wrong.py" in line for line in found)
    assert "discount" in done.stdout
    assert "Partner" in done.stdout
