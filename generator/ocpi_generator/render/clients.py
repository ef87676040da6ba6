"""Clients, written by openapi-python-client with our templates.

The tool gets a reduced document: paths made unique by module and interface, operations,
parameters and bodies without classes. So it can neither drop a schema nor write models; the
types that the templates print come from the plan.
"""

from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ocpi_generator.plan import ModulePlan, VersionPlan
from ocpi_generator.plan.methods import ClientMethod
from ocpi_generator.plan.types import Import, ImportGroup, group_imports
from ocpi_generator.render.environment import CLIENT_TEMPLATES, equip, header
from ocpi_generator.render.errors import RenderError

__all__ = ["render_clients"]

JsonObject = dict[str, Any]

_TOOL = "openapi-python-client"
_CLIENT = "ocpi_runtime.client"


@dataclass(frozen=True, slots=True)
class ModuleView:
    """A module as the templates of the tool see it."""

    module: ModulePlan
    package: str

    @property
    def module_imports(self) -> tuple[ImportGroup, ...]:
        """What the file with the two client classes imports."""
        own = f"{self.package}.clients.{self.module.name}"
        imports = {Import(own, one.name) for one in self.module.methods}
        imports |= {Import(_CLIENT, "ModuleClient"), Import(_CLIENT, "SyncModuleClient")}
        return group_imports(imports.union(*(one.method_imports for one in self.module.methods)))

    def request_imports(self, method: ClientMethod) -> tuple[ImportGroup, ...]:
        """What the file of one operation imports."""
        own = {Import(f"{self.package}.interfaces", method.constant), Import("typing", "Final")}
        return group_imports(method.imports | own)


def render_clients(plan: VersionPlan) -> Mapping[str, str]:
    """Write the clients of a version.

    Returns:
        Texts by path below the folder of the version, not yet formatted.

    Raises:
        RenderError: The tool failed, warned, or left an operation out.
    """
    with TemporaryDirectory(prefix="ocpi-clients-") as folder:
        target = Path(folder) / "client"
        _run_tool(plan, target)
        files = {
            f"clients/{path.relative_to(target / 'api').as_posix()}": path.read_text("utf-8")
            for path in sorted((target / "api").rglob("*.py"))
        }
    _compare(plan, files)
    return files


def _run_tool(plan: VersionPlan, target: Path) -> None:
    try:
        from openapi_python_client import Project  # noqa: PLC0415 - slow to import
        from openapi_python_client.config import Config, ConfigFile, MetaType  # noqa: PLC0415
        from openapi_python_client.parser import GeneratorData  # noqa: PLC0415
        from openapi_python_client.parser.errors import GeneratorError  # noqa: PLC0415
    except ImportError as error:
        raise RenderError(f"{_TOOL} is missing: {error}") from error
    config = Config.from_sources(
        ConfigFile(post_hooks=[]),
        MetaType.NONE,
        target,
        "utf-8",
        overwrite=False,
        output_path=target,
    )
    parsed = GeneratorData.from_dict(_document(plan), config=config)
    if isinstance(parsed, GeneratorError):
        raise RenderError(f"{_TOOL} failed: {parsed.header}: {parsed.detail}")
    project = Project(openapi=parsed, config=config, custom_template_path=CLIENT_TEMPLATES)
    equip(project.env, **_values(plan))
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        problems = project.build()
    if problems:
        told = "; ".join(f"{one.header} {one.detail or ''}".strip() for one in problems)
        raise RenderError(f"{_TOOL} warned: {told}")


def _values(plan: VersionPlan) -> dict[str, Any]:
    package = plan.facts.package
    return {
        "plans": {one.name: ModuleView(one, package) for one in plan.modules},
        "headers": {one.name: header(one.sources) for one in plan.modules},
        "header": header(plan.named("version.toml")),
        "package": package,
        "version": plan.facts.version,
    }


def _document(plan: VersionPlan) -> JsonObject:
    paths: JsonObject = {}
    for path, method, operation in _operations(plan):
        paths.setdefault(path, {})[method] = operation
    info = {"title": "client", "version": plan.facts.version}
    return {"openapi": "3.0.3", "info": info, "paths": paths}


def _operations(plan: VersionPlan) -> Iterator[tuple[str, str, JsonObject]]:
    for interface in plan.interfaces:
        for operation in interface.operations:
            reduced: JsonObject = {
                "operationId": operation.id,
                "tags": [interface.name],
                "parameters": [
                    {
                        "name": one.name,
                        "in": one.place,
                        "required": one.required,
                        "schema": {"type": "string"},
                    }
                    for one in operation.parameters
                ],
                "responses": {"200": {"description": "-"}},
            }
            if operation.body is not None:
                reduced["requestBody"] = {"content": {"application/json": {"schema": {}}}}
            path = f"/{interface.module}/{interface.side}{operation.path}"
            yield path, operation.method.lower(), reduced


def _compare(plan: VersionPlan, files: Mapping[str, str]) -> None:
    """Make sure that the tool wrote one module for each operation, under its name.

    Raises:
        RenderError: It did not.
    """
    expected = {"clients/__init__.py"}
    for module in plan.modules:
        expected.add(f"clients/{module.name}/__init__.py")
        expected |= {f"clients/{module.name}/{one.name}.py" for one in module.methods}
    if expected != set(files):
        lost, extra = expected - set(files), set(files) - expected
        raise RenderError(
            f"{_TOOL} dropped {', '.join(sorted(lost)) or 'nothing'}"
            f" and added {', '.join(sorted(extra)) or 'nothing'}"
        )
