"""A late alert knows why it is late."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alerts", sa.Column("late_why", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("alerts", "late_why")
