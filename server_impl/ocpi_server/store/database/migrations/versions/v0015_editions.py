"""Renditions by version and edition: longer names."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_renditions = sa.table("renditions", sa.column("version"))


def upgrade() -> None:
    """Widen the column; SQLite does not limit its length."""
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("renditions", "version", type_=sa.String(64), existing_nullable=False)


def downgrade() -> None:
    """Remove the renditions in editions, which are made again when needed."""
    op.execute(sa.delete(_renditions).where(_renditions.c.version.contains("@")))
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("renditions", "version", type_=sa.String(16), existing_nullable=False)
