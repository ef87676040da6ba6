"""How late pushes were at regular instants of the last day."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; what it holds begins now."""
    op.create_table(
        "push_lags",
        sa.Column("partner", sa.String(36), primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True),
        sa.Column("seconds", sa.BigInteger, nullable=False),
        sa.Column("pending", sa.BigInteger, nullable=False),
    )
    op.create_index("push_lags_at", "push_lags", ["at"])


def downgrade() -> None:
    """Remove it."""
    op.drop_table("push_lags")
