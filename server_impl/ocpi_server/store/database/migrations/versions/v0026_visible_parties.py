"""A hub keeps which parties it has sent to each platform."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "hub_contacts", sa.Column("visible", sa.Text, nullable=False, server_default="{}")
    )


def downgrade() -> None:
    """Remove it: all platforms are sent all parties again."""
    op.drop_column("hub_contacts", "visible")
