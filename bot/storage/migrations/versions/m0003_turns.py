"""Words remember how they were answered, and until when their turn goes on."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("utterances", sa.Column("asked", sa.Text(), server_default="", nullable=False))
    op.add_column("utterances", sa.Column("last_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("utterances", "last_at")
    op.drop_column("utterances", "asked")
