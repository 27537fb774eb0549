"""A person may have a telephone and an e-mail address, as the company's directory has them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("phone", "email"):
        op.add_column("people", sa.Column(name, sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    for name in ("email", "phone"):
        op.drop_column("people", name)
