"""A person may have a time zone of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("zone", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("people", "zone")
