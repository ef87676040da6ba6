"""The documents of the made-up versions."""

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
URL = "https://devices.example/blob/"


def documents(version: str) -> dict[str, Json]:
    """Make the bundles of a version, ``schemas.json`` among them."""
    new = version == "9.2"
    schemas = _classes(new)
    bundles = {
        "devices.sender.json": _document(version, "sender", _sender(new), schemas),
        "devices.receiver.json": _document(version, "receiver", _receiver(new), schemas),
    }
    if new:
        bundles["spouts.sender.json"] = _document(
            version, "sender", _spouts(), schemas, module="spouts"
        )
    return {**bundles, "schemas.json": {"components": {"schemas": schemas}}}


def _ci(length: int) -> Json:
    return {"type": "string", "format": "ci-string", "maxLength": length, "pattern": "^[ -~]*$"}


def _text(length: int | None = None, pattern: str = "^[^#]*$") -> Json:
    limit = {"x-ocpi-unbounded": True} if length is None else {"maxLength": length}
    return {"type": "string", **limit, "pattern": pattern}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _link(new: bool, anchor: str, old: str, module: str = "devices") -> Json:  # noqa: FBT001 - a flavour
    if new:
        branch = "devices-9.2" if module == "devices" else "devices-9.2-spouts"
        file = "types" if anchor.startswith("types") else f"mod_{module}"
        return {"url": f"{URL}{branch}/{file}.asciidoc#{anchor}"}
    file = "types" if anchor.startswith("types") else "mod_devices"
    return {"url": f"{URL}devices-9.1/old/{file}.md#{old}"}


def _object(link: Json, required: list[str], properties: Json, **more: Any) -> Json:
    fields = {"type": "object", "required": required, "properties": properties}
    return {"externalDocs": link, **fields, **more}


_TIME = "^([0-1][0-9]|2[0-3]):[0-5][0-9]$"


def _device() -> Json:
    return {
        "id": _ci(36),
        "alias": _text(64),
        "material": _ref("Material"),
        "lids": {"type": "array", "minItems": 1, "items": _ref("Lid")},
        "labels": {"type": "array", "items": _ref("Label")},
        "volume": {"type": "number", "format": "decimal", "minimum": 0, "maximum": 9},
        "tea_time": _text(5, _TIME),
        "coffee_time": _text(5, _TIME),
        "manual": _ref("URL"),
        "degrees": {"type": "integer", "minimum": 0, "maximum": 999},
        "on": {"type": "boolean"},
        "alarm": _ref("Alarm"),
        "last_updated": _ref("DateTime"),
    }


def _classes(new: bool) -> dict[str, Json]:  # noqa: FBT001 - a flavour
    needed = ["id", "material", "lids", "volume", "on", "last_updated"]
    device = _link(new, "mod_devices_device_object", "31-device-object")
    patch = {"x-ocpi-patch-of": "Device", "x-ocpi-not-null": needed}
    stamped = ["last_updated"] if new else []
    lid = {"id": _ci(8), "colour": _ref("Colour"), "last_updated": _ref("DateTime")}
    alarm = {"tone": _text(2), "tune": _text(32), "loud": {"type": "boolean"}}
    choice = [{"required": ["tone"]}, {"required": ["tune"]}]
    found = {
        "Start": _object(
            _link(new, "mod_devices_start_object", "33-start-object"),
            ["response_url", "degrees"],
            {"response_url": _ref("URL"), "degrees": {"type": "integer"}},
        ),
        "Colour": {
            "externalDocs": _link(new, "mod_devices_colour_enum", "41-colour-openenum"),
            **_text(),
            "x-extensible-enum": ["RED", "BLUE"],
        },
        "DateTime": {
            "externalDocs": _link(new, "types_datetime_type", "12-datetime-type"),
            **_text(25),
            "format": "date-time",
        },
        "Device": _object(device, needed, _device()),
        "DevicePatch": _object(device, stamped, _device(), **patch),
        "Label": _object(
            _link(new, "types_label_class", "13-label-class"),
            ["language", "text"],
            {"language": _text(2), "text": _text(64)},
        ),
        "Lid": _object(
            _link(new, "mod_devices_lid_object", "32-lid-object"), ["id", "last_updated"], lid
        ),
        "Material": {
            "externalDocs": _link(new, "mod_devices_material_enum", "42-material-enum"),
            "type": "string",
            "enum": ["STEEL", "GLASS"],
        },
        "URL": {"externalDocs": _link(new, "types_url_type", "16-url-type"), **_text(255)},
        "Alarm": _object(
            _link(new, "mod_devices_alarm_class", "43-alarm-class"),
            ["loud"],
            alarm,
            oneOf=choice,
        ),
    }
    if new:
        found["Material"]["enum"].append("CLAY")
        found["Material"]["x-ocpi-extension"] = {"CLAY": "spouts"}
        spout = {"id": _ci(8), "bent": {"type": "boolean"}}
        link = _link(new, "mod_spouts_spout_object", "", "spouts")
        found["Spout"] = _object(link, ["id"], spout)
    return found


def _parameter(name: str, place: str, schema: Json, *, required: bool = True) -> Json:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _sender(new: bool) -> Json:  # noqa: FBT001 - a flavour
    get = _link(new, "mod_devices_get", "211-get-method")
    device, lid = _parameter("device_id", "path", _ci(36)), _parameter("lid_id", "path", _ci(8))
    page = [
        _parameter("date_from", "query", _ref("DateTime"), required=False),
        _parameter("limit", "query", {"type": "integer", "minimum": 1}, required=False),
    ]
    start = _operation(
        _link(new, "mod_devices_post", "212-post-method"), new, [device], body="Start"
    )
    start["callbacks"] = {"started": {"{$request.body#/response_url}": {"post": {"responses": {}}}}}
    return {
        "/": {"get": _operation(get, new, page, data="Device", many=True)},
        "/{device_id}": {"get": _operation(get, new, [device], data="Device")},
        "/{device_id}/{lid_id}": {"get": _operation(get, new, [device, lid], data="Lid")},
        "/{device_id}/start": {"post": start},
    }


def _receiver(new: bool) -> Json:  # noqa: FBT001 - a flavour
    ids = [_parameter("party_id", "path", _ci(3)), _parameter("device_id", "path", _ci(36))]
    put = _link(new, "mod_devices_put", "221-put-method")
    patch = _link(new, "mod_devices_patch", "222-patch-method")
    return {
        "/{party_id}/{device_id}": {
            "put": _operation(put, new, ids, body="Device", created=True),
            "patch": _operation(patch, new, ids, body="DevicePatch"),
        }
    }


def _spouts() -> Json:
    get = _link(True, "mod_spouts_get", "", "spouts")  # noqa: FBT003 - a flavour
    spout = _parameter("spout_id", "path", _ci(8))
    return {"/{spout_id}": {"get": _operation(get, True, [spout], data="Spout", routed=False)}}  # noqa: FBT003


def _operation(
    link: Json,
    new: bool,  # noqa: FBT001 - a flavour
    parameters: list[Json],
    *,
    body: str = "",
    data: str = "",
    many: bool = False,
    created: bool = False,
    routed: bool = True,
) -> Json:
    names = (["X-Request-ID"] + ["OCPI-to-party-id"] * routed) if new else []
    codes = ["400", "401", "403", "405", "429", "500", "503"] + (["413", "415"] if body else [])
    codes += ["404"] if any(each["in"] == "path" for each in parameters) else []
    wrapped = f"{data}{'List' if many else ''}Response" if data else "EmptyResponse"
    own = ["Link", "X-Total-Count", "X-Limit"] if many else ["Location"] if created else []
    good = ["200", "201"] if created else ["200"]
    common = [{"$ref": f"#/components/parameters/{name}"} for name in names]
    operation = {
        "externalDocs": link,
        "parameters": [*parameters, *common],
        "responses": {
            **{code: _answer(wrapped, [*names, *own]) for code in good},
            **{code: _answer("ErrorResponse", names) for code in codes},
        },
    }
    if body:
        content = {"application/json": {"schema": _ref(body)}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _answer(schema: str, headers: list[str]) -> Json:
    shown = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    return {"headers": shown, "content": {"application/json": {"schema": _ref(schema)}}}


_HEADERS: Json = {
    "X-Request-ID": {"required": True, "schema": _text()},
    "OCPI-to-party-id": {"required": False, "schema": _ci(3)},
    "Link": {"required": False, "schema": _text()},
    "X-Total-Count": {"required": True, "schema": {"type": "integer", "minimum": 0}},
    "X-Limit": {"required": True, "schema": {"type": "integer", "minimum": 1}},
    "Location": {"required": True, "schema": _ref("URL")},
}


def _document(
    version: str, interface: str, paths: Json, schemas: dict[str, Json], module: str = "devices"
) -> Json:
    parameters = {
        name: {"name": name, "in": "header", **_HEADERS[name]}
        for name in ("X-Request-ID", "OCPI-to-party-id")
    }
    wrapped = dict(_envelopes(schemas))
    return {
        "openapi": "3.0.3",
        "x-ocpi": {"version": version, "module": module, "interface": interface},
        "security": [{"Token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "Token": {"type": "apiKey", "in": "header", "name": "Authorization"}
            },
            "parameters": parameters,
            "headers": dict(_HEADERS),
            "schemas": _used({**schemas, **wrapped}, [paths, _HEADERS, parameters]),
        },
    }


def _envelopes(schemas: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    fields = {
        "status_code": {"type": "integer", "minimum": 1000, "maximum": 9999},
        "status_message": _text(),
        "timestamp": _ref("DateTime"),
    }
    bodies: Json = {"Empty": {}, "Error": {}}
    for name in schemas:
        bodies[name] = _ref(name)
        bodies[f"{name}List"] = {"type": "array", "items": _ref(name)}
    for name, data in bodies.items():
        properties = {"data": data, **fields}
        required = ["status_code", "timestamp"]
        yield f"{name}Response", {"type": "object", "required": required, "properties": properties}


def _used(schemas: dict[str, Json], roots: list[Any]) -> dict[str, Json]:
    """Keep what is referred to; each document has a copy of its own."""
    found: dict[str, Json] = {}
    waiting = list(_references(roots))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = json.loads(json.dumps(schemas[name]))
            waiting.extend(_references(found[name]))
            waiting.extend([found[name]["x-ocpi-patch-of"]] if name == "DevicePatch" else [])
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        target = str(node.get("$ref", ""))
        if "/schemas/" in target:
            yield target.rpartition("/")[2]
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _references(each)
