"""What mypy says about handlers and clients that use generated code."""

import subprocess
import sys
from pathlib import Path

import pytest

from ocpi_generator.generate import GenerationRequest, scaffold

REPOSITORY = Path(__file__).parents[3]

HANDLER = """
from typing import final

from ocpi_bindings.v2_2_1.models import Credentials
from ocpi_bindings.v2_2_1.stubs import CredentialsStub
from ocpi_runtime.server import Context, Received
from ocpi_runtime.types import Raw


@final
class Handler(CredentialsStub):
    async def get_credentials(self, context: Context) -> Credentials:
        raise NotImplementedError

    async def post_credentials(self, context: Context, body: Received[Credentials]) -> Raw:
        return body.raw

    async def put_credentials(self, context: Context, body: Received[Credentials]) -> Credentials:
        return body.value

    async def delete_credentials(self, context: Context) -> None:
        return None
"""
CLIENT = """
from ocpi_bindings.v2_2_1 import binding
from ocpi_bindings.v2_2_1.clients import Clients


async def names(peer: Clients) -> list[str]:
    assert binding.version == peer.version
    return [location.id async for location in peer.locations.get_locations(limit=3)]
"""
MISSING = HANDLER.replace("delete_credentials", "remove_credentials")
WRONG = HANDLER.replace("-> Raw:\n        return body.raw", "-> int:\n        return 1")
WRONG_CLIENT = CLIENT.replace("limit=3", 'limit="3"')


COMPLAINTS = {
    "right": "",
    "scaffold": "",
    "unfilled": 'abstract attributes "patch_evse"',
    "client": "",
    "missing": 'Final class missing.Handler has abstract attributes "delete_credentials"',
    "wrong": 'Return type "Coroutine[Any, Any, int]" of "post_credentials" incompatible',
    "wrong_client": 'incompatible type "str"; expected "int | None"',
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return what mypy prints about all sources at once, each a module of its own."""
    request = GenerationRequest(
        REPOSITORY / "openapi", Path("ocpi_bindings"), ("2.2.1",), ("locations",)
    )
    made = scaffold(request)
    sources = {
        "right": HANDLER,
        "scaffold": made,
        "unfilled": made.replace("def patch_evse", "def change_evse"),
        "client": CLIENT,
        "missing": MISSING,
        "wrong": WRONG,
        "wrong_client": WRONG_CLIENT,
    }
    folder = tmp_path_factory.mktemp("sources")
    paths = [folder / f"{name}.py" for name in sources]
    for path in paths:
        path.write_text(sources[path.stem], encoding="utf-8")
    settings = ("--config-file", "pyproject.toml")
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "mypy", *settings, *map(str, paths)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"checked {len(sources)} source files" in run.stdout, run.stdout + run.stderr
    return run.stdout.splitlines()


@pytest.mark.parametrize(("name", "complaint"), COMPLAINTS.items())
def test_mypy_holds_users_to_the_interface(name: str, complaint: str, printed: list[str]) -> None:
    of_source = [line for line in printed if Path(line.partition(":")[0]).stem == name]
    errors = [line for line in of_source if " error: " in line]
    assert bool(errors) == bool(complaint), errors
    assert complaint in "".join(errors)
