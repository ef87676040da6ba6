"""Processes that share a database are listed, and pulls go on where they were."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of running processes and of pulls."""
    op.create_table(
        "nodes",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "pulls",
        sa.Column("partner", sa.String(36), primary_key=True),
        sa.Column("module", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(128)),
        sa.Column("until", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("due", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("whole_due", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error", sa.Text),
        sa.Column("ended", sa.BigInteger),
        sa.Column("since", sa.BigInteger),
        sa.Column("began", sa.BigInteger),
        sa.Column("date_from", sa.BigInteger),
        sa.Column("page_url", sa.Text),
        sa.Column("items", sa.Integer, nullable=False, server_default="0"),
        sa.Column("total", sa.Integer),
        sa.Column("last", sa.BigInteger),
        sa.Column("seen", sa.LargeBinary),
    )


def downgrade() -> None:
    """Remove the tables; pulls start over."""
    op.drop_table("pulls")
    op.drop_table("nodes")
