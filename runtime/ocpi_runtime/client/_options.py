"""How a session behaves: limits, safety, routing, hooks."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypedDict

from ocpi_runtime._codec.depth import DEFAULT_DEPTH
from ocpi_runtime._codec.lists import ListBounds
from ocpi_runtime._validation.bounds import Bounds
from ocpi_runtime._wire.exchange import Exchange, Problem
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.parties import CPO, EMSP, PartyRole
from ocpi_runtime.transport import Transport
from ocpi_runtime.types import PartyId
from ocpi_runtime.urls import UrlPolicy

__all__ = ["Limits", "Options", "Settings"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a session takes from a peer before it raises.

    Attributes:
        connect: Seconds until a connection must be established, to any address of the peer.
        read: Seconds of silence on a connection.
        total: Seconds for one HTTP exchange, from connecting to the last byte.
        idle: Seconds that a connection is kept while nothing is sent over it. Stay well below the
            keep-alive time of the peer, which is 5 s in common servers: a request on a connection
            that the peer is about to close is lost. A client given as ``http`` has its own.
        body: Bytes of an answer's body, after decompression. Where no data are expected, as after a
            PUT, little more than one ``object``.
        depth: Levels of nesting in an answer's JSON.
        values: Values in the JSON of one answer, those of inner arrays and objects included.
        object: Bytes of one object. In a list, a larger one is left out and reported.
        page: Items of one page.
        problems: Broken items of one page that are reported one by one; of further ones only
            the number is.
        pages: Pages of one crawl.
        items: Items of one crawl.
        empty_pages: Pages without items in a row, while the peer still links to a next one.
        retries: How often a GET is sent again after a connection error, 429, 502, 503 or 504.
        backoff: Seconds before it is sent again for the first time; each further wait is twice
            as long, and all vary by half.
        retry_after: The longest wait in seconds. A peer that asks for a longer one is not asked
            again.
    """

    connect: float = 5.0
    read: float = 30.0
    total: float = 60.0
    idle: float = 2.0
    body: int = 16 * 1024 * 1024
    depth: int = DEFAULT_DEPTH
    values: int = 1_000_000
    object: int = 2 * 1024 * 1024
    page: int = 100_000
    problems: int = 100
    pages: int = 10_000
    items: int = 5_000_000
    empty_pages: int = 3
    retries: int = 2
    backoff: float = 0.25
    retry_after: float = 10.0

    def of_transport(self, transport: Transport) -> "Limits":
        """Return the limits with the times that a transport sets."""
        return replace(
            self,
            connect=transport.connect_seconds or self.connect,
            read=transport.read_seconds or self.read,
            total=transport.total_seconds or self.total,
        )

    def of_objects(self) -> ListBounds:
        """Return what is taken of one object, in ``data`` alone or in a list."""
        values = min(self.values, Bounds().values)
        return ListBounds(self.page, self.problems, self.object, Bounds(self.depth, values))


class Options(TypedDict, total=False):
    """The keyword arguments that connect, Peer.at and the registration helpers share.

    They are the attributes of :class:`Settings`.
    """

    limits: Limits
    policy: UrlPolicy
    transport: Transport
    from_party: PartyId | None
    to_party: PartyId | None
    token_base64: bool | None
    peer_role: PartyRole | None
    foreign_links: bool
    dialect: Dialect
    on_exchange: Callable[[Exchange], None] | None
    on_problem: Callable[[Problem], None] | None


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of a session, with their defaults.

    Attributes:
        limits: Sizes, times and counts.
        policy: Which URLs may be called: by default neither private addresses nor plain http.
        transport: Certificates, extra headers, proxy and times of this peer; its times override
            those of the limits.
        from_party: The party that asks, for the routing headers of functional modules.
        to_party: The party that is asked, likewise; None is an open routing request.
        token_base64: Whether the token is Base64-encoded in the header; None leaves it to the
            version, and lets discovery try the other reading when the peer refuses the first.
        peer_role: The role of the peer, where its versions URL is one of one role (2.1.1 and 2.0):
            decides the interface role of an endpoint without one. None: either.
        foreign_links: Whether the Link to a next page may lead to another origin than the page
            that carries it. The token is sent there.
        dialect: How objects of the peer are read that are not valid: the harmless repairs by
            default, ``Dialect.strict`` to read all of them as they are.
        on_exchange: Called with each HTTP exchange, for recording and printing.
        on_problem: Called with what a peer did wrong without harm, such as a broken list item.
    """

    limits: Limits = field(default_factory=Limits)
    policy: UrlPolicy = field(default_factory=UrlPolicy)
    transport: Transport = field(default_factory=Transport)
    from_party: PartyId | None = None
    to_party: PartyId | None = None
    token_base64: bool | None = None
    peer_role: PartyRole | None = None
    foreign_links: bool = False
    dialect: Dialect = Dialect.standard
    on_exchange: Callable[[Exchange], None] | None = None
    on_problem: Callable[[Problem], None] | None = None

    def __post_init__(self) -> None:
        if self.peer_role not in (None, CPO, EMSP):
            raise ValueError(f"peer_role is {CPO!r}, {EMSP!r} or None, not {self.peer_role!r}.")
        if self.token_base64 is None:
            object.__setattr__(self, "token_base64", self.dialect.token_base64)
        if self.dialect.headers:
            named = {**self.dialect.headers, **self.transport.headers}
            object.__setattr__(self, "transport", replace(self.transport, headers=named))
        if self.transport.has_times:
            object.__setattr__(self, "limits", self.limits.of_transport(self.transport))
