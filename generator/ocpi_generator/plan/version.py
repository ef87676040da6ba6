"""The plan of one version: everything that templates print."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ocpi_generator.plan import names
from ocpi_generator.plan._errors import PlanError
from ocpi_generator.plan._operations import InterfacePlan, VersionFacts, plan_interface
from ocpi_generator.plan.methods import ClientMethod, StubMethod, client_method, stub_method
from ocpi_generator.plan.models import ModelsPlan, Types, plan_models, reachable
from ocpi_generator.plan.text import docstring
from ocpi_generator.plan.types import Import

__all__ = ["ModulePlan", "StubPlan", "VersionInput", "VersionPlan", "plan_version"]

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class VersionInput:
    """What a plan is made from.

    Attributes:
        version: The version number as on the wire.
        package: The import name of the package to generate for it.
        token_base64: Whether the token is Base64-encoded in its header.
        schemas: All class schemas of the version, by name.
        bundles: The bundles by ``(module, interface)``, in the order of the version.
        sources: The documents that they were made from, as headers name them.
        prefixes: By module, how the names of its classes begin, where its identifier does not
            show the words that it is made of.
        name: What it is a version of.
    """

    version: str
    package: str
    token_base64: bool
    schemas: Mapping[str, JsonObject]
    bundles: Mapping[tuple[str, str], JsonObject]
    sources: tuple[str, ...]
    prefixes: Mapping[str, str] = field(default_factory=dict)
    name: str = "OCPI"


@dataclass(frozen=True, slots=True)
class StubPlan:
    """The abstract handler class of one interface.

    Attributes:
        name: Its name.
        handler: The name of a class that implements it, for scaffolds.
        interface: Which interface of the module it is.
        constant: The record of the interface.
        methods: What a handler has to implement.
        doc: The lines of the docstring.
    """

    name: str
    handler: str
    interface: str
    constant: str
    methods: tuple[StubMethod, ...]
    doc: tuple[str, ...]

    @property
    def imports(self) -> frozenset[Import]:
        """What its methods refer to."""
        return frozenset().union(*(method.imports for method in self.methods))


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """One OCPI module: its handler classes, its client, its part of the models.

    Attributes:
        module: The module identifier.
        name: The name of the Python modules.
        word: The name of the client class.
        stubs: One for each interface.
        methods: The client operations of all interfaces.
        classes: The models that its interfaces use.
        sources: The documents of its interfaces and classes, as headers name them.
    """

    module: str
    name: str
    word: str
    stubs: tuple[StubPlan, ...]
    methods: tuple[ClientMethod, ...]
    classes: tuple[str, ...]
    sources: tuple[str, ...]

    def method(self, name: str) -> ClientMethod:
        """Find a client operation by its id.

        Raises:
            PlanError: There is none.
        """
        for method in self.methods:
            if method.name == name:
                return method
        raise PlanError(f"operation {name} not found in {self.module}")


@dataclass(frozen=True, slots=True)
class VersionPlan:
    """Everything that is printed for one version.

    Attributes:
        facts: What holds for all of it.
        models: All classes.
        interfaces: All bundles.
        modules: The interfaces by module.
        sources: All documents, as headers name them.
    """

    facts: VersionFacts
    models: ModelsPlan
    interfaces: tuple[InterfacePlan, ...]
    modules: tuple[ModulePlan, ...]
    sources: tuple[str, ...]

    def named(self, *names: str) -> tuple[str, ...]:
        """The documents with certain file names."""
        return tuple(one for one in self.sources if one.rpartition("/")[2] in names)

    @property
    def folder(self) -> str:
        """The last part of the package name, the folder that is written."""
        return self.facts.package.rpartition(".")[2]

    def module(self, name: str) -> ModulePlan:
        """Find a module by its identifier.

        Raises:
            PlanError: There is none.
        """
        for module in self.modules:
            if module.module == name:
                return module
        raise PlanError(f"module {name} not found in OCPI {self.facts.version}")


def plan_version(given: VersionInput) -> VersionPlan:
    """Decide about everything that is generated for a version.

    Raises:
        PlanError: The bundles say something that cannot become Python code.
    """
    roles = _names_roles(given.schemas)
    title = f"{given.name} {given.version}"
    facts = VersionFacts(given.version, title, given.package, given.token_base64, roles)
    types = Types(given.schemas, facts.models)
    interfaces = tuple(plan_interface(one, facts, types) for one in given.bundles.values())
    models = plan_models(given.schemas, types)
    _refuse_clashes(interfaces)
    by_module: dict[str, list[InterfacePlan]] = {}
    for interface in interfaces:
        by_module.setdefault(interface.module, []).append(interface)
    known = frozenset(models.names)
    modules = tuple(
        _plan_module(module, own, _classes(own, given.schemas) & known, given)
        for module, own in by_module.items()
    )
    return VersionPlan(facts, models, interfaces, modules, given.sources)


def _plan_module(
    module: str,
    interfaces: list[InterfacePlan],
    classes: frozenset[str],
    given: VersionInput,
) -> ModulePlan:
    prefix = given.prefixes.get(module, "")
    return ModulePlan(
        module=module,
        name=names.module(module),
        word=names.client_class(module, prefix),
        stubs=tuple(_plan_stub(one, prefix) for one in interfaces),
        methods=tuple(
            client_method(operation, one.constant)
            for one in interfaces
            for operation in one.operations
        ),
        classes=tuple(sorted(classes)),
        sources=tuple(one for one in given.sources if one.split("/")[-2] == module),
    )


def _plan_stub(interface: InterfacePlan, prefix: str) -> StubPlan:
    see = f"Specification: {interface.url}" if interface.url else ""
    return StubPlan(
        name=names.stub_class(interface.module, interface.interface, prefix),
        handler=names.handler_class(interface.module, interface.interface, prefix),
        interface=interface.interface,
        constant=interface.constant,
        methods=tuple(stub_method(one) for one in interface.operations),
        doc=docstring(interface.summary, see),
    )


def _classes(interfaces: list[InterfacePlan], schemas: Mapping[str, JsonObject]) -> frozenset[str]:
    return reachable(schemas, frozenset().union(*(one.classes for one in interfaces)))


def _names_roles(schemas: Mapping[str, JsonObject]) -> bool:
    return "role" in schemas.get("Endpoint", {}).get("properties", {})


def _refuse_clashes(interfaces: tuple[InterfacePlan, ...]) -> None:
    """Make sure that each module can have a client, with one method for each operation."""
    modules: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for interface in interfaces:
        other = modules.setdefault(interface.name, interface.module)
        if other != interface.module:
            raise PlanError(f"{other} and {interface.module} have the same name in Python")
        for operation in interface.operations:
            key = (interface.module, operation.id)
            if key in seen:
                raise PlanError(f"{interface.module} has two operations {operation.id}")
            seen.add(key)
