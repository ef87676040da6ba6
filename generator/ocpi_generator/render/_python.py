"""The files that our own templates print: interfaces, stubs, re-exports, the binding."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ocpi_generator.plan import ModulePlan, VersionPlan
from ocpi_generator.plan.methods import handler_method
from ocpi_generator.plan.types import Import, group_imports
from ocpi_generator.plan.version import StubPlan
from ocpi_generator.render._environment import environment, header
from ocpi_generator.render._models import render_models

__all__ = ["render_pydantic", "render_root", "render_scaffold", "render_version"]

_OPERATIONS = "ocpi_runtime.operations"
_RECORDS = ("Interface", "Operation", "Parameter")


def render_root(sources: list[str]) -> str:
    """Print the ``__init__.py`` above all versions."""
    template = environment().get_template("root_init.py.jinja")
    return template.render(header=header(sources))


def render_version(plan: VersionPlan) -> Mapping[str, str]:
    """Print the files of a version that need no other tool.

    Returns:
        Texts by path below the folder of the version, not yet formatted.
    """
    return dict(_Printer(plan).files())


def render_pydantic(plan: VersionPlan) -> Mapping[str, str]:
    """Print the package of a version that has pydantic models and nothing else.

    Returns:
        Texts by path below the folder of the version, not yet formatted.

    Raises:
        RenderError: The model tool failed.
    """
    printer = _Printer(plan)
    models = plan.facts.models
    modules = {f"models/{one.name}.py": printer.models(one, models) for one in plan.modules}
    return {
        "__init__.py": printer.page("pydantic_init"),
        "models/__init__.py": render_models(plan, "pydantic"),
        "models/_base.py": printer.page("pydantic_base"),
        **modules,
    }


def render_scaffold(plan: VersionPlan, module: ModulePlan) -> str:
    """Print handler classes of a module whose methods are still to be filled in."""
    module = replace(module, stubs=tuple(map(_begun, module.stubs)))
    stubs = f"{plan.facts.package}.stubs"
    imports = frozenset().union(*(stub.imports for stub in module.stubs))
    own = {Import(stubs, stub.name) for stub in module.stubs}
    own |= {Import("typing", "final"), Import("ocpi_runtime.errors", "NotSupported")}
    return (
        environment()
        .get_template("scaffold.py.jinja")
        .render(
            plan=plan,
            module=module,
            imports=group_imports(imports | own),
            exported=[stub.handler for stub in module.stubs],
        )
    )


def _begun(stub: StubPlan) -> StubPlan:
    return replace(stub, methods=tuple(map(handler_method, stub.methods)))


class _Printer:
    """Prints the templates of one version."""

    def __init__(self, plan: VersionPlan) -> None:
        self._plan = plan
        self._environment = environment()

    def files(self) -> Iterator[tuple[str, str]]:
        yield "__init__.py", self.page("version_init")
        yield "_binding.py", self.page("binding")
        yield "interfaces.py", self._interfaces()
        yield "models/_base.py", self.page("models_base")
        yield "stubs/__init__.py", self._stubs()
        for module in self._plan.modules:
            yield f"models/{module.name}.py", self.models(module, self._plan.facts.models)
            yield f"stubs/{module.name}.py", self._stub(module)

    def page(self, template: str, sources: tuple[str, ...] = (), **values: Any) -> str:
        head = header(sources or self._plan.named("version.toml"))
        found = self._environment.get_template(f"{template}.py.jinja")
        return found.render(plan=self._plan, header=head, **values)

    def _interfaces(self) -> str:
        plan = self._plan
        operations = [one for interface in plan.interfaces for one in interface.operations]
        types = [one for operation in operations for one in (operation.body, operation.result)]
        types += [
            p.type for operation in operations for p in operation.parameters if p.kind == "enum"
        ]
        imports = {one for kind in types if kind is not None for one in kind.imports}
        imports |= {Import(_OPERATIONS, name) for name in _RECORDS} | {Import("typing", "Final")}
        sources = tuple(one for one in plan.sources if not one.endswith("/schemas.yaml"))
        exported = ["INTERFACES", *(one.constant for one in plan.interfaces)]
        return self.page("interfaces", sources, imports=group_imports(imports), exported=exported)

    def models(self, module: ModulePlan, package: str) -> str:
        """Print the re-exports of a module from the package that has all models."""
        return self.page("models_module", module.sources, module=module, models=package)

    def _stub(self, module: ModulePlan) -> str:
        imports = frozenset().union(*(stub.imports for stub in module.stubs))
        constants = {
            Import(f"{self._plan.facts.package}.interfaces", s.constant) for s in module.stubs
        }
        base = {Import("abc", "ABC"), Import("abc", "abstractmethod")}
        base.add(Import("ocpi_runtime.server", "Stub"))
        exported = [stub.name for stub in module.stubs]
        return self.page(
            "stubs_module",
            module.sources,
            module=module,
            imports=group_imports(imports | constants | base),
            exported=exported,
        )

    def _stubs(self) -> str:
        names = [stub.name for module in self._plan.modules for stub in module.stubs]
        return self.page("stubs_init", exported=["STUBS", *names])
