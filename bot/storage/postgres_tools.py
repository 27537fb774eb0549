"""PostgreSQL's own programs for backups: pg_dump, pg_restore and psql, run beside the bot."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from bot.errors import FirstlineError
from bot.storage.migrate import MARK
from bot.storage.schema import metadata

MAGIC = b"PGDMP"  # how an archive of pg_dump begins


class ToolFailed(FirstlineError):
    """A program of PostgreSQL failed."""


class ToolMissing(ToolFailed):
    """A backup of PostgreSQL needs pg_dump, pg_restore and psql: install PostgreSQL's client programs."""

    said_as = "fault.tool_missing"


async def dump(url: str, target: Path) -> None:
    """Write an archive of the whole database, as it is at one moment. Raises ToolFailed."""
    await _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    await _run("pg_restore", None, "--list", str(target))  # it can be read


async def revision_in(archive: Path) -> str | None:
    """The schema's revision in an archive; None when it is no archive of Firstline. Raises ToolFailed."""
    said = await _run("pg_restore", None, "--data-only", "--table=alembic_version", "--file=-", str(archive))
    _, is_there, rows = said.partition("COPY public.alembic_version (version_num) FROM stdin;\n")
    revision = rows.partition("\n")[0]
    return revision if is_there and revision != "\\." else None


async def load(url: str, archive: Path) -> None:
    """Replace Firstline's tables by those of the archive, in one transaction. Raises ToolFailed."""
    tables = ", ".join(f"public.{name}" for name in (*metadata.tables, "alembic_version", MARK))
    with TemporaryDirectory() as folder:
        script = Path(folder) / "restore.sql"
        await _run("pg_restore", None, "--no-owner", "--no-privileges", f"--file={script}", str(archive))
        await _run(
            "psql",
            url,
            *("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"),
            *(f"--command=DROP TABLE IF EXISTS {tables} CASCADE", f"--file={script}"),
        )


async def _run(program: str, url: str | None, *arguments: str) -> str:
    """What the program printed. The password goes through its environment: arguments can be read by everyone."""
    if which(program) is None:
        raise ToolMissing
    environment = dict(os.environ)
    where: list[str] = []
    if url is not None:
        parsed = make_url(url)
        given = {
            "host": parsed.host,
            "port": parsed.port,
            "username": parsed.username,
            "dbname": parsed.database,
        }
        where = [f"--{name}={value}" for name, value in given.items() if value is not None]
        if parsed.password is not None:
            environment["PGPASSWORD"] = str(parsed.password)
    process = await asyncio.create_subprocess_exec(
        program,
        *where,
        *arguments,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        printed, complaint = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    if process.returncode != 0:
        last = complaint.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise ToolFailed(f"{program}: {' '.join(last) or process.returncode}")
    return printed.decode("utf-8", "replace")
