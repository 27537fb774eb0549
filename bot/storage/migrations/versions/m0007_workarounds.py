"""A ticket keeps the workaround that its employee was given."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("workaround", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("tickets", "workaround")
