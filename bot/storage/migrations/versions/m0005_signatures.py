"""Words to an employee may have a line that names their author and ticket."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("relays", sa.Column("signature", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("relays", "signature")
