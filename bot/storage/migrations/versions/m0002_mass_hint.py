"""A ticket remembers that its scenario suspects a mass incident."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("mass_hint", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("tickets", "mass_hint")
