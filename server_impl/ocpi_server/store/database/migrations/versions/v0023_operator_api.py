"""What the operator API remembers, and results that outlive the process that owes them."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TABLES = (
    "operator_answers",
    "operator_events",
    "operator_webhooks",
    "operator_requests",
    "operator_orders",
    "deferred_results",
)


def upgrade() -> None:
    """Create the tables."""
    _answers()
    _events()
    _webhooks()
    _requests()
    _orders()
    _results()


def downgrade() -> None:
    """Remove them."""
    for name in _TABLES:
        op.drop_table(name)


def _answers() -> None:
    op.create_table(
        "operator_answers",
        sa.Column("operator", sa.String(48), primary_key=True),
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("body", sa.LargeBinary),
    )
    op.create_index("operator_answers_created", "operator_answers", ["created"])


def _events() -> None:
    op.create_table(
        "operator_events",
        sa.Column("seq", _SEQUENCE, primary_key=True, autoincrement=True),
        sa.Column("txid", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("partner", sa.String(36), nullable=False, server_default=""),
        sa.Column("module", sa.String(32), nullable=False, server_default=""),
        sa.Column("country_code", sa.String(2), nullable=False, server_default=""),
        sa.Column("party_id", sa.String(3), nullable=False, server_default=""),
        sa.Column("uid", sa.String(64), nullable=False, server_default=""),
        sqlite_autoincrement=True,
    )
    op.create_index("operator_events_order", "operator_events", ["txid", "seq"])
    op.create_index("operator_events_at", "operator_events", ["at"])


def _webhooks() -> None:
    op.create_table(
        "operator_webhooks",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("position", sa.String(48), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("due", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("error", sa.Text),
        sa.Column("until", sa.BigInteger, nullable=False, server_default="0"),
    )


def _requests() -> None:
    op.create_table(
        "operator_requests",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("partner", sa.String(36), nullable=False),
        sa.Column("command", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("response", sa.String(64)),
        sa.Column("message", sa.Text),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_index("operator_requests_created", "operator_requests", ["created"])


def _orders() -> None:
    op.create_table(
        "operator_orders",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("result", sa.LargeBinary),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
    op.create_index("operator_orders_created", "operator_orders", ["created"])
    op.create_index("operator_orders_open", "operator_orders", ["state", "expires"])


def _results() -> None:
    op.create_table(
        "deferred_results",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("partner", sa.String(36), nullable=False),
        sa.Column("post", sa.String(64), nullable=False),
        sa.Column("response_url", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
    )
    op.create_index("deferred_results_due", "deferred_results", ["due"])
