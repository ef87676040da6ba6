"""What a partner demands of connections, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("partners", sa.Column("sealed_transport", sa.LargeBinary))


def downgrade() -> None:
    """Remove the column."""
    op.drop_column("partners", "sealed_transport")
