"""The migrations build the schema of the tables page, on both databases, safely."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage import migrate as module
from bot.storage.migrate import MIGRATIONS, DatabaseInUse, SchemaIsNewer, lock_file, migrate
from bot.storage.schema import metadata

T = TypeVar("T")


async def on(url: str, look: Callable[[Connection], T]) -> T:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        found = await connection.run_sync(look)
    await engine.dispose()
    return found


def tables(tx: Connection) -> set[str]:
    return set(inspect(tx).get_table_names())


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    return made


def newest() -> str:
    head = ScriptDirectory.from_config(config()).get_current_head()
    assert head is not None
    return head


async def test_migrations_build_the_schema_that_the_code_believes_in(bare_database_url: str) -> None:
    await migrate(bare_database_url)
    differences = await on(
        bare_database_url, lambda tx: compare_metadata(MigrationContext.configure(tx), metadata)
    )
    assert differences == []


async def test_a_second_start_has_nothing_to_do(bare_database_url: str) -> None:
    assert (await migrate(bare_database_url))[-1] == newest()
    assert await migrate(bare_database_url) == []


async def test_every_migration_can_be_taken_back_and_done_again(bare_database_url: str) -> None:
    await migrate(bare_database_url)
    full = await on(bare_database_url, tables)

    def to(revision: str, way: Callable[[Config, str], None]) -> Callable[[Connection], None]:
        def go(tx: Connection) -> None:
            made = config()
            made.attributes["connection"] = tx
            way(made, revision)

        return go

    await on(bare_database_url, to("base", command.downgrade))
    assert await on(bare_database_url, tables) <= {"alembic_version"}
    await on(bare_database_url, to("head", command.upgrade))
    assert await on(bare_database_url, tables) == full


async def test_a_database_of_a_newer_firstline_is_refused_by_name(bare_database_url: str) -> None:
    await migrate(bare_database_url)
    await on(
        bare_database_url,
        lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = 'm9999'")).close(),
    )
    with pytest.raises(SchemaIsNewer, match="m9999"):
        await migrate(bare_database_url)
    assert (
        await on(bare_database_url, lambda tx: tx.scalar(text("SELECT version_num FROM alembic_version")))
        == "m9999"
    )


async def test_a_file_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as old:
        old.execute("CREATE TABLE treasure (word TEXT)")
        old.execute("INSERT INTO treasure VALUES ('gold')")
    old.close()
    ahead = await migrate(f"sqlite+aiosqlite:///{path}")
    copy = sqlite3.connect(tmp_path / f"old.db.before-{ahead[0]}")
    assert copy.execute("SELECT word FROM treasure").fetchall() == [("gold",)]
    assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert "inbox" not in {row[0] for row in copy.execute("SELECT name FROM sqlite_master")}
    copy.close()


async def test_a_fresh_file_needs_no_copy(tmp_path: Path) -> None:
    await migrate(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    assert not [name for name in os.listdir(tmp_path) if "before" in name]


async def test_a_migration_that_dies_leaves_nothing_behind(
    bare_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = module.upgrade

    def dies_at_the_end(connection: Connection) -> None:
        real(connection)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "upgrade", dies_at_the_end)
        with pytest.raises(KeyboardInterrupt):
            await migrate(bare_database_url)
    assert await on(bare_database_url, tables) == set()
    assert (await migrate(bare_database_url))[-1] == newest()


async def test_two_processes_never_share_a_file(tmp_path: Path) -> None:
    with lock_file(tmp_path / "firstline.db"), pytest.raises(DatabaseInUse, match=r"firstline\.db"):
        lock_file(tmp_path / "firstline.db")
    lock_file(tmp_path / "firstline.db").close()
