"""The dialect of a partner, and what was repaired of its objects."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("partners", sa.Column("dialect", sa.Text))
    op.add_column("objects", sa.Column("repairs", sa.Text))
    op.add_column("objects", sa.Column("sent", sa.LargeBinary))


def downgrade() -> None:
    """Remove the columns."""
    op.drop_column("objects", "sent")
    op.drop_column("objects", "repairs")
    op.drop_column("partners", "dialect")
