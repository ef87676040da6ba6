"""One bundle: the document of a version, module and interface, complete in itself."""

from collections.abc import Mapping
from typing import Any, Final

from ocpi_generator.bundle._answers import Answers, content
from ocpi_generator.bundle._schemas import ClassSet, absolute
from ocpi_generator.bundle.components import reachable, reference
from ocpi_generator.documents import Head, InterfaceKey, Operation, Part, Version, by_path, class_at

__all__ = ["bundle_interface"]

_RESULT_URL: Final = "response_url"
_ENDPOINT: Final = "endpoint"
_OF_REQUEST: Final = "_of_"
_ORDER: Final = (
    "operationId",
    "tags",
    "summary",
    "description",
    "externalDocs",
    "x-ocpi-paged",
    "x-ocpi-patch",
    "x-ocpi-result-of",
    "parameters",
    "requestBody",
    "responses",
    "callbacks",
)


def bundle_interface(version: Version, classes: ClassSet, key: InterfaceKey) -> dict[str, Any]:
    """Build one document."""
    return _Bundle(version, classes, key).document()


def _parts_for(version: Version, module: str) -> tuple[Part, ...]:
    functional = version.meta.modules[module].functional
    return tuple(part for part in version.parts if functional or part.applies != "functional")


class _Bundle:
    """The bundling of one document."""

    def __init__(self, version: Version, classes: ClassSet, key: InterfaceKey) -> None:
        self._version, self._classes = version, classes
        self._module, self._interface = key
        self._parts = _parts_for(version, self._module)
        self._answers = Answers(classes, self._parts)

    def document(self) -> dict[str, Any]:
        """Put the document together, in the order in which people read it."""
        version = self._version.meta.version
        paths = self._paths()
        identity = {"version": version, "module": self._module, "interface": self._interface}
        document: dict[str, Any] = {"openapi": "3.0.3", "info": self._info(), "x-ocpi": identity}
        document |= self._external_docs()
        schemes = self._section("security")
        if server := self._section("server"):
            document["servers"] = [_server(server, version, self._module, self._interface)]
        if schemes:
            document["security"] = [{name: [] for name in schemes}]
        document["tags"] = [{"name": self._module, "description": self._description()}]
        document["paths"] = paths
        components = reachable(paths, self._candidates())
        document["components"] = {"securitySchemes": schemes} | components
        return document

    def _paths(self) -> dict[str, dict[str, Any]]:
        operations = self._version.operations[self._module, self._interface]
        return {
            path: {one.method: self._operation(one) for one in group}
            for path, group in by_path(operations).items()
        }

    def _info(self) -> dict[str, str]:
        """Take over what the nearest head says, under the number of this version."""
        version = self._version.meta.version
        title = f"{self._version.meta.name} {version} {self._module}: {self._interface} interface"
        head = self._head
        shared = self._section("info")
        if head is None or "info" not in head.data:
            return {"title": title, "version": version, **shared}
        stated = head.data["info"]
        title = stated["title"].replace(head.version, version)
        return {**stated, "title": title, "version": version, **shared}

    def _description(self) -> str:
        """Return what the interface is for; its operations have one tag, that of the module."""
        info = self._info()
        return info.get("description", info["title"])

    @property
    def _head(self) -> Head | None:
        return self._version.heads.get((self._module, self._interface))

    def _external_docs(self) -> dict[str, Any]:
        data = self._head.data if self._head else {}
        docs = {"externalDocs": data["externalDocs"]} if "externalDocs" in data else {}
        return absolute(docs, self._version.meta.specification_of(self._module))

    # -- operations ------------------------------------------------------------------------------

    def _operation(self, operation: Operation) -> dict[str, Any]:
        merged = absolute(operation.body, self._version.meta.specification_of(self._module))
        merged["tags"] = [self._module]
        if "summary" in merged:
            merged.setdefault("description", f"{merged['summary'].rstrip('.')}.")
        merged["parameters"] = self._parameters(operation)
        if "requestBody" in merged:
            merged["requestBody"] = self._request_body(operation)
        if operation.method == "patch":
            merged["x-ocpi-patch"] = True
        merged["responses"] = self._answers.of(operation)
        callbacks = self._callbacks(operation)
        if callbacks:
            merged["callbacks"] = callbacks
        return {key: merged[key] for key in _ORDER if key in merged} | merged

    def _parameters(self, operation: Operation) -> list[dict[str, Any]]:
        own = [
            {**one, "schema": self._classes.inline(one["schema"], operation.module)}
            for one in operation.body.get("parameters", ())
        ]
        stated = {one["name"].lower() for one in own}
        paged = bool(operation.body.get("x-ocpi-paged"))
        parts = [part for part in self._parts if paged or part.applies != "paged"]
        shared = [name for part in parts for name in part["parameters"]]
        shared += [name for part in parts for name in part["message-headers"]]
        return own + [reference("parameters", one) for one in shared if one.lower() not in stated]

    def _request_body(self, operation: Operation) -> dict[str, Any]:
        body = operation.body["requestBody"]
        schema = body["content"]["application/json"]["schema"]
        key, _ = class_at(schema, operation.module)
        if operation.method == "patch" and key is not None:
            merged = reference("schemas", self._classes.patch_of(key[1]))
        else:
            merged = self._classes.inline(schema, operation.module)
        return {**body, "content": content(merged, body)}

    def _callbacks(self, operation: Operation) -> dict[str, Any]:
        """Show where the asynchronous results of a request are sent."""
        if self._interface != "receiver":
            return {}
        asked = {one["name"]: one["in"] for one in operation.body.get("parameters", ())}
        place = f"{asked[_RESULT_URL]}." if _RESULT_URL in asked else "body#/"
        url = f"{{$request.{place}{_RESULT_URL}}}"
        return {
            result.id: {url: {result.method: self._callback(result, operation)}}
            for result in self._version.operations.get((self._module, "sender"), ())
            if operation.id in result.body.get("x-ocpi-result-of", ())
        }

    def _callback(self, result: Operation, request: Operation) -> dict[str, Any]:
        # The URL is the requester's own, so no ids of its path can be described; and an
        # operationId may be in a document only once, while a result may have several requests.
        merged = self._operation(result)
        merged["operationId"] = f"{result.id}{_OF_REQUEST}{request.id}"
        merged["parameters"] = [one for one in merged["parameters"] if one.get("in") != "path"]
        return {key: value for key, value in merged.items() if key != "x-ocpi-result-of"}

    # -- components ------------------------------------------------------------------------------

    def _section(self, key: str) -> dict[str, Any]:
        return {name: value for part in self._parts for name, value in part[key].items()}

    def _candidates(self) -> dict[str, dict[str, dict[str, Any]]]:
        messages = {
            name: self._header(one) for name, one in self._section("message-headers").items()
        }
        answers = {
            name: self._header(one) for name, one in self._section("response-headers").items()
        }
        parameters = {
            name: {"name": name, **self._header(one)}
            for name, one in self._section("parameters").items()
        }
        parameters |= {
            name: {"name": name, "in": "header", **one} for name, one in messages.items()
        }
        return {
            "parameters": parameters,
            "headers": messages | answers,
            "responses": self._answers.responses,
            "schemas": self._classes.schemas | self._answers.envelopes,
        }

    def _header(self, header: Mapping[str, Any]) -> dict[str, Any]:
        return {**header, "schema": self._classes.inline(header["schema"], "common")}


def _server(stated: Mapping[str, Any], version: str, module: str, interface: str) -> dict[str, Any]:
    """Complete the server of a document: where its endpoint is by default."""
    variables = {name: dict(one) for name, one in stated["variables"].items()}
    steps = ["ocpi", version, interface, module]
    if module == "versions":
        steps = steps[:2] if interface == "details" else ["ocpi", "versions"]
    elif interface == "both":
        steps.remove(interface)
    for name, one in variables.items():
        variables[name] = {"default": "/".join(steps), **one} if name == _ENDPOINT else one
    return {**stated, "variables": variables}
