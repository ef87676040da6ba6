"""The tables of those who operate the platform by HTTP, and of their console."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from ocpi_server.store.database.tables import metadata

__all__ = [
    "console_checks",
    "console_sessions",
    "deferred_results",
    "operator_answers",
    "operator_events",
    "operator_keys",
    "operator_orders",
    "operator_requests",
    "operator_webhooks",
]

_SEQUENCE = BigInteger().with_variant(Integer, "sqlite")

operator_keys = Table(
    "operator_keys",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(255), nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger),
)
"""The keys of operators and their back ends.

``digest`` is the SHA-256 of the secret, which is random and kept nowhere. ``scopes`` is a JSON
array. ``expires`` is when the key ends, null where it does not; instants count microseconds.
"""

operator_answers = Table(
    "operator_answers",
    metadata,
    Column("operator", String(48), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("status", Integer),
    Column("body", LargeBinary),
)
"""Answers to requests with an Idempotency-Key, ``name``, for a day.

``fingerprint`` is a digest of the request. ``status`` is null until it is answered; ``body`` is
encrypted.
"""

Index("operator_answers_created", operator_answers.c.created)

operator_events = Table(
    "operator_events",
    metadata,
    Column("seq", _SEQUENCE, primary_key=True, autoincrement=True),
    Column("txid", BigInteger, nullable=False, server_default="0"),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("partner", String(36), nullable=False, server_default=""),
    Column("module", String(32), nullable=False, server_default=""),
    Column("country_code", String(2), nullable=False, server_default=""),
    Column("party_id", String(3), nullable=False, server_default=""),
    Column("uid", String(64), nullable=False, server_default=""),
    sqlite_autoincrement=True,
)
"""What has changed, as back ends follow it; old events are deleted.

Events are read in the order of ``txid`` and ``seq``. On PostgreSQL ``txid`` is the transaction, and
nothing is read of those behind the oldest that still runs: a transaction that ends late would else
leave events behind a place that was read already. On SQLite, which writes one after the other, it
is 0.
"""

Index("operator_events_order", operator_events.c.txid, operator_events.c.seq)
Index("operator_events_at", operator_events.c.at)

operator_webhooks = Table(
    "operator_webhooks",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("url", Text, nullable=False),
    Column("kinds", Text, nullable=False),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("position", String(48), nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("due", BigInteger, nullable=False, server_default="0"),
    Column("error", Text),
    Column("until", BigInteger, nullable=False, server_default="0"),
)
"""URLs that events are posted to, in order: all up to ``position`` were delivered.

``kinds`` is a JSON array of what their kinds begin with. ``tries`` counts failures in a row,
``due`` is when the next try is, ``until`` is how long one process alone delivers. Secrets are
sealed.
"""

operator_requests = Table(
    "operator_requests",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("partner", String(36), nullable=False),
    Column("command", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("response", String(64)),
    Column("message", Text),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
)
"""Commands that a back end has sent; the result is in ``exchanges``, by the same id.

``until`` is when a request without response or result has failed.
"""

Index("operator_requests_created", operator_requests.c.created)

operator_orders = Table(
    "operator_orders",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("state", String(8), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("result", LargeBinary),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
)
"""What the back end has to do or to decide: ``OPEN``, ``DONE`` or ``TIMEOUT``."""

Index("operator_orders_created", operator_orders.c.created)
Index("operator_orders_open", operator_orders.c.state, operator_orders.c.expires)

deferred_results = Table(
    "deferred_results",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("partner", String(36), nullable=False),
    Column("post", String(64), nullable=False),
    Column("response_url", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("headers", Text, nullable=False),
    Column("due", BigInteger, nullable=False),
)
"""Results that a partner waits for. A process that sends one deletes its row; what is left behind
``due`` was accepted by a process that has ended, and ``body`` is sent for it: the result, or a
TIMEOUT where that process had none.
"""

Index("deferred_results_due", deferred_results.c.due)

console_sessions = Table(
    "console_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("key_id", String(36), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
)
"""Sessions of operators. ``digest`` is the SHA-256 of the random token in the cookie, ``key_id``
the API key that the session was begun with. Instants count microseconds.
"""

console_checks = Table(
    "console_checks",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("partner", String(36), nullable=False, index=True),
    Column("started", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("state", String(16), nullable=False),
    Column("message", Text),
    Column("report", LargeBinary),
    Column("page", LargeBinary),
)
"""Runs of ``ocpi check`` that were started in the console. ``state`` is ``running``, ``passed``,
``failed`` (there are findings) or ``broken`` (it could not run, as ``message`` states); ``report``
is the report as JSON, ``page`` as HTML.
"""
