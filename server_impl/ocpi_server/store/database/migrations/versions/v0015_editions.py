"""Renditions by version and edition: longer names."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_INDEX = "renditions_refused"
_renditions = sa.table("renditions", sa.column("version"))


def upgrade() -> None:
    """Widen the column."""
    _resize(64)


def downgrade() -> None:
    """Remove the renditions in editions, which are made again when needed."""
    op.execute(sa.delete(_renditions).where(_renditions.c.version.contains("@")))
    _resize(16)


def _resize(length: int) -> None:
    """Change the length; SQLite copies the table for that, and its partial index is made again."""
    op.drop_index(_INDEX, table_name="renditions")
    with op.batch_alter_table("renditions") as batch:
        batch.alter_column("version", type_=sa.String(length), existing_nullable=False)
    refused = sa.text("raw IS NULL")
    op.create_index(
        _INDEX,
        "renditions",
        ["version", "seq"],
        sqlite_where=refused,
        postgresql_where=refused,
    )
