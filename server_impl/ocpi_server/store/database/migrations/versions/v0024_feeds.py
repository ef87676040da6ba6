"""Feeds of open data: the ETag of what was pulled last."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("pulls", sa.Column("etag", sa.Text))


def downgrade() -> None:
    """Remove it: the next pull reads each feed whether it has changed or not."""
    op.drop_column("pulls", "etag")
