"""Renditions: objects in other versions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "renditions",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.String(16), primary_key=True),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("raw", sa.LargeBinary),
        sa.Column("losses", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Remove the table; renditions are made again when they are needed."""
    op.drop_table("renditions")
