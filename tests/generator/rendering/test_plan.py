"""What is decided about names, types and signatures, before anything is printed."""

from dataclasses import replace
from typing import Any

import pytest

from ocpi_generator.bundle import bundle_version
from ocpi_generator.plan import PlanError, VersionInput, VersionPlan, plan_version
from ocpi_generator.plan.methods import Argument
from ocpi_generator.plan.names import constant, identifier, module, stub_class
from ocpi_generator.plan.types import Import, PyType, group_imports
from ocpi_runtime.client import Peer, SyncPeer
from tests.generator.tinyspec import ROOT


def tiny_input() -> VersionInput:
    bundled = bundle_version(ROOT, "1.0")
    return VersionInput(
        version="1.0",
        package="tiny.v1_0",
        token_base64=False,
        schemas=bundled.schemas["components"]["schemas"],
        bundles={
            (one["x-ocpi"]["module"], one["x-ocpi"]["interface"]): one
            for one in bundled.documents.values()
        },
        sources=tuple(path.relative_to(ROOT.parent).as_posix() for path in bundled.sources),
    )


@pytest.fixture(scope="module")
def plan() -> VersionPlan:
    return plan_version(tiny_input())


def spelled(arguments: tuple[Argument, ...]) -> list[str]:
    return [
        f"{'*' if one.keyword else ''}{one.name}: {one.type.text}"
        + (f" = {one.default}" if one.default else "")
        for one in arguments
    ]


CONTEXT = "context: Context[Any]"
STUBS = {
    "get_things": (
        [CONTEXT, "query: PageQuery", "*kind: Kind | None = None"],
        "Page[Thing]",
    ),
    "post_start_result": ([CONTEXT, "id: str", "body: Received[Part]"], "None"),
    "post_thing": ([CONTEXT, "body: Received[Thing]"], "Created"),
    "post_start": ([CONTEXT, "body: Received[Start] | None"], "Part | Raw"),
    "put_thing": (
        [CONTEXT, "owner: str", "id: str", "body: Received[Thing]", "*since: datetime"],
        "Outcome",
    ),
    "patch_thing": (
        [CONTEXT, "owner: str", "id: str", "body: Received[ThingPatch]"],
        "None",
    ),
    "delete_thing": ([CONTEXT, "owner: str", "id: str"], "None"),
    "get_versions": ([CONTEXT], "list[Version] | Raw"),
}


@pytest.mark.parametrize("name", STUBS)
def test_a_handler_method_gets_ids_then_body_then_query(plan: VersionPlan, name: str) -> None:
    methods = {m.name: m for one in plan.modules for stub in one.stubs for m in stub.methods}
    found = methods[name]
    assert (spelled(found.arguments), found.returns.text) == STUBS[name]


CLIENTS = {
    "get_things": (
        [
            "*kind: Kind | None = None",
            "*date_from: datetime | None = None",
            "*limit: int | None = None",
        ],
        "Pages[Thing]",
        "SyncPages[Thing]",
        "Request[list[Thing]]",
    ),
    "post_start_result": (["result_url: str", "body: Part | Raw"], "None", "None", "Request[None]"),
    "post_thing": (["body: Thing | Raw"], "str | None", "str | None", "Request[None]"),
    "post_start": (["body: Start | Raw | None = None"], "Part", "Part", "Request[Part]"),
    "put_thing": (
        ["owner: str", "id: str", "body: Thing | Raw", "*since: datetime"],
        "None",
        "None",
        "Request[None]",
    ),
}


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_method_takes_models_or_json(plan: VersionPlan, name: str) -> None:
    module = next(one for one in plan.modules if any(m.name == name for m in one.methods))
    found = module.method(name)
    assert (
        spelled(found.arguments),
        found.returns.text,
        found.sync_returns.text,
        found.request.text,
    ) == CLIENTS[name]


def test_interfaces_say_what_their_messages_carry(plan: VersionPlan) -> None:
    facts = {one.constant: (one.functional, one.ids) for one in plan.interfaces}
    assert facts == {
        "VERSIONS_LIST": (False, True),
        "THINGS_SENDER": (True, True),
        "THINGS_RECEIVER": (True, True),
    }
    assert not plan.facts.token_base64
    assert not plan.facts.roles


def test_parameters_carry_what_their_text_must_obey(plan: VersionPlan) -> None:
    operations = {one.id: one for interface in plan.interfaces for one in interface.operations}
    found = {
        one.name: (one.kind, one.required, one.max_length, one.minimum)
        for one in operations["get_things"].parameters + operations["put_thing"].parameters
    }
    assert found == {
        "kind": ("enum", False, None, None),
        "date_from": ("datetime", False, 25, None),
        "limit": ("integer", False, None, 1),
        "owner": ("string", True, 3, None),
        "id": ("ci-string", True, 36, None),
        "since": ("datetime", True, 25, None),
    }


def test_a_module_has_all_classes_that_it_needs(plan: VersionPlan) -> None:
    assert plan.module("things").classes == ("Kind", "Part", "Start", "Thing", "ThingPatch")
    assert plan.module("versions").classes == ("Version", "VersionNumber")


def test_a_parameter_that_python_cannot_take_is_refused() -> None:
    given = tiny_input()
    operation = given.bundles["things", "receiver"]["paths"]["/{owner}/{id}"]["delete"]
    operation["parameters"].append(
        {"name": "from", "in": "query", "schema": {"type": "string"}, "description": "x"}
    )
    with pytest.raises(PlanError, match=r"DELETE /\{owner\}/\{id\}: 'from' cannot be a name"):
        plan_version(given)


def test_classes_of_a_module_begin_with_its_prefix() -> None:
    planned = plan_version(replace(tiny_input(), prefixes={"things": "ThInGs"})).module("things")
    assert planned.word == "ThInGsClient"
    assert [one.name for one in planned.stubs] == ["ThInGsSenderStub", "ThInGsReceiverStub"]


def test_two_operations_of_one_name_are_refused() -> None:
    given = tiny_input()
    given.bundles["things", "receiver"]["paths"]["/"]["post"]["operationId"] = "get_things"
    with pytest.raises(PlanError, match="things has two operations get_things"):
        plan_version(given)


@pytest.mark.parametrize(
    ("name", "schema", "message"),
    [
        ("Odd", {"oneOf": [{"type": "string"}]}, "Odd is neither"),
        (
            "Odd",
            {"type": "object", "properties": {"a": {"allOf": []}}},
            "cannot be written as a Python type",
        ),
        (
            "Odd",
            {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/Nowhere"}}},
            "unknown class: #/components/schemas/Nowhere",
        ),
        ("Odd", {"type": "string", "enum": ["a-b", "a/b"]}, "two values of Odd"),
    ],
)
def test_schemas_without_a_python_type_are_refused(
    name: str, schema: dict[str, Any], message: str
) -> None:
    given = tiny_input()
    schemas = {**given.schemas, name: schema}
    changed = VersionInput(
        given.version, given.package, given.token_base64, schemas, given.bundles, given.sources
    )
    with pytest.raises(PlanError, match=message):
        plan_version(changed)


def test_one_name_from_two_modules_is_refused() -> None:
    with pytest.raises(PlanError, match="Page is taken: it is in a and b"):
        group_imports([Import("a", "Page"), Import("b", "Page")])


def test_types_bring_their_imports() -> None:
    found = PyType("Thing", frozenset({Import("m", "Thing")})).inside("Page", "s") | PyType("None")
    assert found.text == "Page[Thing] | None"
    assert found.imports == {Import("m", "Thing"), Import("s", "Page")}


def test_names_are_checked() -> None:
    assert identifier("get_things") == "get_things"
    for name in ("a-b", "class", "ä", "", "1a"):
        with pytest.raises(PlanError):
            identifier(name)


@pytest.mark.parametrize("name", ["acme-fobs", "acme_fobs"])
def test_a_module_of_two_words_has_a_name_in_python(name: str) -> None:
    assert module(name) == "acme_fobs"
    assert constant(name, "sender") == "ACME_FOBS_SENDER"
    assert stub_class(name, "sender") == "AcmeFobsSenderStub"


@pytest.mark.parametrize("peer", [Peer, SyncPeer])
def test_no_module_hides_what_a_peer_has(peer: type) -> None:
    for name in dir(peer):
        if not name.startswith("_"):
            with pytest.raises(PlanError, match="peers have something of that name"):
                module(name)


def test_two_modules_cannot_share_a_name() -> None:
    given = tiny_input()
    (one, _) = (bundle for key, bundle in given.bundles.items() if key[0] == "things")
    twins = {}
    for name in ("a-b", "a_b"):
        twins[name, "sender"] = {**one, "x-ocpi": {**one["x-ocpi"], "module": name}}
    with pytest.raises(PlanError, match="a-b and a_b have the same name"):
        plan_version(replace(given, bundles=twins))
