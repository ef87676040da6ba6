"""The console: sessions of operators, checks that they start, and what its pages look up."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of the console, and indexes for its pages."""
    op.create_table(
        "console_sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("key_id", sa.String(36), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "console_checks",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("partner", sa.String(36), nullable=False, index=True),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("message", sa.Text),
        sa.Column("report", sa.LargeBinary),
        sa.Column("page", sa.LargeBinary),
    )
    op.add_column("partners", sa.Column("agreed", sa.BigInteger))
    op.create_index("exchanges_created", "exchanges", ["created", "uid"])
    lossy = sa.text("losses != '[]'")
    op.create_index(
        "renditions_lossy",
        "renditions",
        ["seq", "version"],
        sqlite_where=lossy,
        postgresql_where=lossy,
    )


def downgrade() -> None:
    """Remove them; operators are logged out."""
    op.drop_index("renditions_lossy", "renditions")
    op.drop_index("exchanges_created", "exchanges")
    op.drop_column("partners", "agreed")
    op.drop_table("console_checks")
    op.drop_table("console_sessions")
