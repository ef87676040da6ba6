"""What a check is asked to do."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ocpi_runtime.binding import Binding
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.transport import Transport
from ocpi_runtime.types import PartyId
from ocpi_runtime.urls import UrlPolicy

__all__ = ["CallbackAddress", "Options"]


@dataclass(frozen=True, slots=True)
class CallbackAddress:
    """Where the party reaches us.

    Attributes:
        host: The address to listen at.
        port: The port; 0 for a free one.
        public_url: How the party reaches it, if not as it listens.
    """

    host: str = "127.0.0.1"
    port: int = 0
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """What a check is asked to do.

    Attributes:
        bindings: The versions that may be spoken.
        all_versions: Whether all of them are checked that the party has; else the newest.
        edition: The earlier edition of the version, such as ``core-1``.
        role: The role in which the party is checked, ``cpo``, ``emsp`` or ``hub``; empty for all
            that it offers.
        modules: Only these; empty for all.
        rules: Only these rules, or groups of rules such as ``paging``, and the checks that ask
            them; empty for all. For a rule that looks at every message all checks run.
        skip_rules: Rules, or groups, that are left out.
        stop_at_first: Whether the run ends as soon as something is found.
        dialect: What is known of how the party writes: what it repairs is advice and no error.
        own: The party that the token speaks for; None where that does not matter.
        token_base64: How the token is coded in the header; None tries both.
        transport: What the party demands of connections.
        policy: Which URLs may be called.
        rate: Maximum number of requests in a second; 0 for no limit.
        timeout: Seconds until an answer must be there.
        seed: What random choices come from, and part of the ids of objects that are made.
        write: Whether objects may be made and changed; it needs ``own``.
        callback: Where we listen for the party, with a registration or where objects may be made.
        result_timeout: Seconds to wait for a result of a command.
        register: Whether the token is a token A, with which a registration is made.
        keep_registration: Whether that registration is left at the end.
    """

    bindings: Sequence[Binding[Any, Any]]
    all_versions: bool = False
    edition: str = ""
    role: str = ""
    modules: Sequence[str] = ()
    rules: Sequence[str] = ()
    skip_rules: Sequence[str] = ()
    stop_at_first: bool = False
    dialect: Dialect | None = None
    own: PartyId | None = None
    token_base64: bool | None = None
    transport: Transport = field(default_factory=Transport)
    policy: UrlPolicy = field(default_factory=UrlPolicy)
    rate: float = 0.0
    timeout: float = 10.0
    seed: int = 1
    write: bool = False
    callback: CallbackAddress | None = None
    result_timeout: float = 30.0
    register: bool = False
    keep_registration: bool = False

    def __post_init__(self) -> None:
        if self.dialect is None:
            return
        if self.token_base64 is None:
            object.__setattr__(self, "token_base64", self.dialect.token_base64)
        headers = {**self.dialect.headers, **self.transport.headers}
        object.__setattr__(self, "transport", replace(self.transport, headers=headers))
