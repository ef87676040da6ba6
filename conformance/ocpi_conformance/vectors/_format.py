"""The format of test vectors: what a file with them holds. Its JSON Schema is made from here."""

import re
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

__all__ = [
    "FORMAT",
    "Answer",
    "ClientOutcome",
    "Expected",
    "Index",
    "IndexedFile",
    "Step",
    "StoredObject",
    "Vector",
    "VectorFile",
    "VectorParty",
    "VectorRequest",
    "WrongPart",
    "schema_of_files",
]

FORMAT = 1
"""The number of the format. Members may be added to it; what is there keeps its meaning."""

_ATTRIBUTE: Final = re.compile(r"^ {8}(\w+): (.+(?:\n {12}.+)*)", re.MULTILINE)
_RENAMED: Final = {"kind": "class"}


class VectorParty(Struct):
    """A party of the vectors.

    Attributes:
        country_code: Its country.
        party_id: Its id in that country.
        versions_url: The versions URL of its platform.
        token: The credentials token that the other one sends to it, as in credentials objects.
    """

    country_code: str
    party_id: str
    versions_url: str
    token: str


class StoredObject(Struct):
    """An object that the party under test holds before a vector is run.

    Attributes:
        name: What it is called in `holds` of vectors.
        kind: The class of the object; the member is called `class`.
        object: The object itself; its ids are those of the vectors.
        note: What is special about it.
    """

    name: str
    kind: str = msgspec.field(name="class")
    object: Any
    note: str


class VectorRequest(Struct, omit_defaults=True):
    """A request.

    Attributes:
        method: The HTTP method.
        path: The template of the path below the endpoint URL; `/` is the endpoint URL itself.
        parameters: The values of the path parameters, decoded.
        query: The values of the query parameters, decoded.
        target: What is appended to the endpoint URL (without a slash at its end).
        headers: The headers.
        body: The JSON body; absent where there is none, or `body_text` is used instead.
        body_text: The body as text, where it is not JSON.
    """

    method: str
    path: str
    parameters: dict[str, str]
    query: dict[str, str]
    target: str
    headers: dict[str, str]
    body: Any = UNSET
    body_text: str | UnsetType = UNSET


class Expected(Struct):
    """An answer that is allowed.

    Attributes:
        http_status: The HTTP status.
        status_code: The OCPI status code; an `x` stands for any digit. Empty where the answer need
            not have the OCPI form.
    """

    http_status: int
    status_code: str


class Answer(Struct, omit_defaults=True):
    """An answer as it may be sent.

    Attributes:
        http_status: The HTTP status.
        headers: The headers.
        body: The JSON body.
        body_text: The body as text, where it is not JSON.
        schema: Where the schema of the body is: a file below the folder of the index, and a
            JSON pointer in it.
    """

    http_status: int
    headers: dict[str, str]
    body: Any = UNSET
    body_text: str | UnsetType = UNSET
    schema: str | UnsetType = UNSET


class WrongPart(Struct, omit_defaults=True):
    """What is wrong in a malformed message.

    Attributes:
        rule: A word for the kind of fault, such as `max-length`.
        what: A sentence.
        section: The URL of the section of the specification that is broken.
        pointer: Where it is in the body, as JSON pointer (RFC 6901).
        parameter: The path or query parameter, or the header, that is wrong.
    """

    rule: str
    what: str
    section: str
    pointer: str | UnsetType = UNSET
    parameter: str | UnsetType = UNSET


class Step(Struct, omit_defaults=True):
    """A request before or after the one that a vector is about.

    Attributes:
        module: The module whose endpoint is called.
        interface: The interface of that module.
        operation: The operation id in the OpenAPI documents.
        request: What is sent.
        expected: The allowed answers, the right one first.
        data: Values that must be in `data` of the answer, by JSON pointer.
        absent: JSON pointers of what must not be in `data`, or be null there.
    """

    module: str
    interface: str
    operation: str
    request: VectorRequest
    expected: list[Expected]
    data: dict[str, Any] = {}
    absent: list[str] = []


class ClientOutcome(Struct):
    """What a client makes of an answer.

    Attributes:
        result: `accepted`; `refused` where the call must fail; `reported` where the readable rest
            of a list is used and the fault is reported.
        cause: Why it is refused: `unreadable` for an answer that is not as the specification has
            it, `unauthorized`, `not-found`, `client-error` for OCPI 2xxx, `server-error` for OCPI
            3xxx and HTTP 5xx. Empty where nothing is wrong.
    """

    result: Literal["accepted", "refused", "reported"]
    cause: Literal["", "unreadable", "unauthorized", "not-found", "client-error", "server-error"]


class Vector(Struct, omit_defaults=True):
    """One test vector.

    Attributes:
        id: Its stable name: version, module, interface, operation, and what is tried.
        title: What is tried, in words.
        operation: The operation id in the OpenAPI documents.
        kind: `good`; `malformed_request`, which the party under test must answer as `expected`;
            or `malformed_answer`, for tests of clients.
        tests: Who can be tested with it: a `server` that gets the request, a `client` that sends
            the request and gets the answer.
        request: What is sent.
        answer: An answer to it. For a `malformed_answer` the wrong one; else a right one.
        holds: The objects of `state` that must be there.
        bind: Path parameters whose values the party under test chose, and where they come from.
        before: Steps that lead to the state in which the request is sent; each must succeed.
        expected: The allowed answers of a server, the right one first.
        wrong: What is wrong with the request or the answer.
        outcome: What a client makes of the answer.
        after: Steps that show what the request did.
    """

    id: str
    title: str
    operation: str
    kind: Literal["good", "malformed_request", "malformed_answer"]
    tests: list[Literal["server", "client"]]
    request: VectorRequest
    answer: Answer
    holds: list[str] = []
    bind: dict[str, str] = {}
    before: list[Step] = []
    expected: list[Expected] = []
    wrong: WrongPart | UnsetType = UNSET
    outcome: ClientOutcome | UnsetType = UNSET
    after: list[Step] = []


class VectorFile(Struct):
    """The vectors of one version, module and interface.

    Attributes:
        format: The number of the format.
        version: The OCPI version.
        module: The module identifier.
        interface: `sender`, `receiver`; `list` and `details` of versions; `both` of credentials.
        openapi: The OpenAPI document of the interface, below the folder of the index.
        peer: The party that sends the requests; the tester of a server, the client under test.
        subject: The party that answers them; the server under test, the tester of a client.
        state: The objects that `holds` of vectors name.
        vectors: The vectors.
    """

    format: int
    version: str
    module: str
    interface: str
    openapi: str
    peer: VectorParty
    subject: VectorParty
    state: list[StoredObject]
    vectors: list[Vector]


class IndexedFile(Struct):
    """One file in the index.

    Attributes:
        file: Its path below the folder of the index.
        version: The OCPI version.
        module: The module identifier.
        interface: The interface.
        openapi: The OpenAPI document of the interface.
        vectors: How many vectors it has.
    """

    file: str
    version: str
    module: str
    interface: str
    openapi: str
    vectors: int


class Index(Struct):
    """What was written.

    Attributes:
        format: The number of the format.
        schema: The JSON Schema of the files with vectors.
        files: The files.
    """

    format: int
    schema: str
    files: list[IndexedFile]


def schema_of_files() -> dict[str, Any]:
    """Return the JSON Schema of a file with vectors."""
    schema = msgspec.json.schema(VectorFile)
    for definition in schema["$defs"].values():
        summary, _, attributes = definition["description"].partition("\n\n")
        definition["description"] = summary
        for name, text in _ATTRIBUTE.findall(attributes):
            renamed = definition["title"] == "StoredObject"
            part = definition["properties"][_RENAMED.get(name, name) if renamed else name]
            part["description"] = " ".join(text.split())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Test vectors of one OCPI interface",
        **schema,
    }
