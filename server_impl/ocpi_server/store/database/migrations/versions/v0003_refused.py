"""An index of the objects that a version cannot represent."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    nothing = sa.text("raw IS NULL")
    op.create_index(
        "renditions_refused",
        "renditions",
        ["version", "seq"],
        sqlite_where=nothing,
        postgresql_where=nothing,
    )


def downgrade() -> None:
    """Remove the index."""
    op.drop_index("renditions_refused", "renditions")
