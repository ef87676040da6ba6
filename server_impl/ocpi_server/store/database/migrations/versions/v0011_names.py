"""Plain names for two columns of partners."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NAMES = (("met_as", "own_role"), ("beside", "linked_partner_id"))


def upgrade() -> None:
    """Rename the columns."""
    for old, new in _NAMES:
        op.execute(f"ALTER TABLE partners RENAME COLUMN {old} TO {new}")


def downgrade() -> None:
    """Rename the columns back."""
    for old, new in reversed(_NAMES):
        op.execute(f"ALTER TABLE partners RENAME COLUMN {new} TO {old}")
