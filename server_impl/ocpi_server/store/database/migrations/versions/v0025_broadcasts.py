"""The outbox has what a hub passes on, too."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("notes", sa.Column("holder", sa.String(36), nullable=False, server_default=""))
    op.add_column("notes", sa.Column("message", sa.LargeBinary))


def downgrade() -> None:
    """Remove them, and what was to be passed on."""
    op.execute("DELETE FROM notes WHERE holder <> ''")
    op.drop_column("notes", "message")
    op.drop_column("notes", "holder")
