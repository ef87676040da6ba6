"""Clients, written by openapi-python-client with our templates.

The tool gets a reduced document: paths made unique by module and interface, operations,
parameters and bodies without classes. So it can neither drop a schema nor write models; the
types that the templates print come from the plan.
"""

import ast
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ocpi_generator.plan import ModulePlan, VersionPlan
from ocpi_generator.plan.types import Import, ImportGroup, group_imports
from ocpi_generator.render._compiled import CompiledTemplates
from ocpi_generator.render._environment import CLIENT_TEMPLATES, equip, header
from ocpi_generator.render._errors import RenderError

__all__ = ["render_clients"]

JsonObject = dict[str, Any]

_TOOL = "openapi-python-client"
_CLIENT = "ocpi_runtime.client"
_COMPILED = CompiledTemplates()


@dataclass(frozen=True, slots=True)
class ModuleView:
    """A module as the templates of the tool see it."""

    module: ModulePlan
    package: str

    @property
    def requests(self) -> str:
        """The name of the class that builds the requests."""
        return f"{self.module.word.removesuffix('Client')}Requests"

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes in the file of the module."""
        return self.requests, self.module.word, f"Sync{self.module.word}"

    @property
    def imports(self) -> tuple[ImportGroup, ...]:
        """What the file of the module imports."""
        methods, interfaces = self.module.methods, f"{self.package}.interfaces"
        imports = {Import(interfaces, one.constant) for one in methods}
        imports |= {Import(_CLIENT, "ModuleClient"), Import(_CLIENT, "SyncModuleClient")}
        return group_imports(imports.union(*(one.imports for one in methods)))


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
        api = target / "api"
        files = {"clients/__init__.py": (api / "__init__.py").read_text("utf-8")}
        for path in sorted(api.glob("*/__init__.py")):
            files[f"clients/{path.parent.name}.py"] = path.read_text("utf-8")
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
    project.env.bytecode_cache = _COMPILED
    equip(project.env, **_values(plan))
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        problems = project.build()
    if problems:
        warnings = "; ".join(f"{one.header} {one.detail or ''}".strip() for one in problems)
        raise RenderError(f"{_TOOL} warned: {warnings}")


def _values(plan: VersionPlan) -> dict[str, Any]:
    package = plan.facts.package
    return {
        "plans": {one.name: ModuleView(one, package) for one in plan.modules},
        "headers": {one.name: header(one.sources) for one in plan.modules},
        "header": header(plan.named("version.toml")),
        "package": package,
        "title": plan.facts.title,
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
            path = f"/{interface.module}/{interface.interface}{operation.path}"
            yield path, operation.method.lower(), reduced


def _compare(plan: VersionPlan, files: Mapping[str, str]) -> None:
    """Make sure that the tool wrote every class with all operations, and nothing else.

    Raises:
        RenderError: It did not.
    """
    expected = {"clients/__init__.py"}
    for module in plan.modules:
        names = ModuleView(module, plan.facts.package).classes
        expected |= {
            f"clients/{module.name}.py: {name}.{method.name}"
            for name in names
            for method in module.methods
        }
    found = {one for name, text in files.items() for one in _methods(name, text)}
    if expected != found:
        lost, extra = expected - found, found - expected
        raise RenderError(
            f"{_TOOL} dropped {', '.join(sorted(lost)) or 'nothing'}"
            f" and added {', '.join(sorted(extra)) or 'nothing'}"
        )


def _methods(name: str, text: str) -> Iterator[str]:
    """Yield ``file: Class.method`` of the file of a module, and the name of any other file."""
    if name == "clients/__init__.py":
        yield name
        return
    classes = (one for one in ast.parse(text).body if isinstance(one, ast.ClassDef))
    for one in classes:
        for method in one.body:
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}: {one.name}.{method.name}"
