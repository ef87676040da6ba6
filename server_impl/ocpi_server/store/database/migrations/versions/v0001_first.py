"""The first tables: objects and their lists, partners, exchanges."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _objects()
    _listings()
    _partners()
    op.create_table(
        "exchanges",
        sa.Column("uid", sa.String(36), primary_key=True),
        sa.Column("partner_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("answered", sa.BigInteger),
        sa.Column("result", sa.LargeBinary),
    )


def downgrade() -> None:
    """Remove the tables with all that is in them."""
    for table in ("exchanges", "parties", "partners", "listings", "objects"):
        op.drop_table(table)


def _objects() -> None:
    op.create_table(
        "objects",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("module", sa.String(32), nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("party_id", sa.String(3), nullable=False),
        sa.Column("uid", sa.String(64), nullable=False),
        sa.Column("variant", sa.String(64), nullable=False),
        sa.Column("source", sa.String(36), nullable=False),
        sa.Column("audience", sa.String(8), nullable=False),
        sa.Column("last_updated", sa.BigInteger, nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint(
            "module", "country_code", "party_id", "uid", "variant", name="objects_id"
        ),
        sqlite_autoincrement=True,
    )
    scope = ["module", "source", "audience"]
    op.create_index("objects_order", "objects", [*scope, "seq", "last_updated"])
    op.create_index("objects_updated", "objects", [*scope, "last_updated"])


def _listings() -> None:
    op.create_table(
        "listings",
        sa.Column("module", sa.String(32), primary_key=True),
        sa.Column("source", sa.String(36), primary_key=True),
        sa.Column("audience", sa.String(8), primary_key=True),
        sa.Column("country_code", sa.String(2), primary_key=True),
        sa.Column("party_id", sa.String(3), primary_key=True),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("changes", sa.BigInteger, nullable=False),
        sa.Column("shifts", sa.BigInteger, nullable=False),
    )


def _partners() -> None:
    op.create_table(
        "partners",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("pending_digest", sa.String(64), unique=True),
        sa.Column("token_digest", sa.String(64), unique=True),
        sa.Column("sealed_token", sa.LargeBinary),
        sa.Column("token_base64", sa.Integer),
        sa.Column("versions_url", sa.Text),
        sa.Column("version", sa.String(16)),
        sa.Column("endpoints", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "parties",
        sa.Column("country_code", sa.String(2), primary_key=True),
        sa.Column("party_id", sa.String(3), primary_key=True),
        sa.Column("partner_id", sa.String(36), nullable=False, index=True),
    )
