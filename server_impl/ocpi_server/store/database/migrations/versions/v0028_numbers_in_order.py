"""Lists show in their index which texts have changed."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_ORDER = ("module", "source", "audience", "seq", "last_updated")
_COVERED = ("country_code", "party_id", "version")


def upgrade() -> None:
    """Make the index again, with the numbers of changes."""
    _index(*_COVERED, "number")


def downgrade() -> None:
    """Make it again without them."""
    _index(*_COVERED)


def _index(*covered: str) -> None:
    op.drop_index("objects_order", "objects")
    op.create_index("objects_order", "objects", [*_ORDER, *covered])
