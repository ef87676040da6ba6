"""Endpoints with their interface role as on the wire: ``role`` instead of ``side``."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_PARTNERS = sa.table("partners", sa.column("id", sa.String), sa.column("endpoints", sa.Text))


def upgrade() -> None:
    """Rename the key, and write SENDER and RECEIVER."""
    _rewrite("side", "role", {"sender": "SENDER", "receiver": "RECEIVER"})


def downgrade() -> None:
    """Rename the key back, and write them in lower case."""
    _rewrite("role", "side", {"SENDER": "sender", "RECEIVER": "receiver"})


def _rewrite(old: str, new: str, spelled: dict[str, str]) -> None:
    link = op.get_bind()
    for partner_id, text in link.execute(sa.select(_PARTNERS.c.id, _PARTNERS.c.endpoints)).all():
        renamed = _renamed(text, old, new, spelled)
        if renamed is not None:
            row = sa.update(_PARTNERS).where(_PARTNERS.c.id == partner_id)
            link.execute(row.values(endpoints=renamed))


def _renamed(text: str, old: str, new: str, spelled: dict[str, str]) -> str | None:
    """Return the endpoints of a row again; None for a row that is damaged, which stays as it is."""
    try:
        endpoints: list[dict[str, str]] = json.loads(text)
        for each in endpoints:
            role = each.pop(old)
            each[new] = spelled.get(role, role)
    except (ValueError, TypeError, AttributeError, KeyError):
        return None
    return json.dumps(endpoints, ensure_ascii=False, separators=(",", ":"))
