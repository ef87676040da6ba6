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


def check(command: list[str], program: str, folder: Path) -> str:
    source = folder / "program.py"
    source.write_text(program)
    (folder / "pyrightconfig.json").write_text(
        json.dumps({"extraPaths": list(filter(None, sys.path))})
    )
    tool = [sys.executable, "-m", *command, str(source)]
    done = subprocess.run(tool, capture_output=True, text=True, check=False, cwd=folder)  # noqa: S603 - ours
    return done.stdout if done.returncode else ""


@pytest.mark.parametrize(
    "command",
    [["mypy", "--strict"], ["basedpyright", "--level", "error", "--pythonpath", sys.executable]],
)
def test_a_type_checker_knows_the_class_of_the_partner(command: list[str], tmp_path: Path) -> None:
    assert check(command, PROGRAM, tmp_path) == ""
    found = check(command, WRONG, tmp_path)
    assert "discount" in found
    assert "Partner" in found
