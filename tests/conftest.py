"""What all tests share: plain logs, and both databases. Must be quick to import: no aiogram."""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import shutil
import subprocess
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from bot.observe import logs
from tests.databases import copied_sqlite, drop_postgres, emptied_postgres, fresh_postgres, postgres_or_skip
from tests.undone import shared_postgres, shared_sqlite

__all__ = ["shared_postgres", "shared_sqlite"]

TESTS = Path(__file__).parent
MEMORY = Path("/dev/shm")
ENOUGH = 1 << 30  # bytes
STORIES = TESTS / "stories"
UPGRADE = TESTS / "upgrade"
LONG = {TESTS / "storm", UPGRADE}
PLAYED_ONCE = {STORIES, UPGRADE}  # on one of the two databases, chosen by name
DATABASES = ("sqlite", "postgresql")
NO_PARAMETERS = SimpleNamespace(params={})
_BEGIN = subprocess.Popen.__init__


def _begin_nothing(_process: object, *_: Any, **__: Any) -> NoReturn:
    raise AssertionError("a test that starts a process is marked `processes`")


def pytest_configure() -> None:
    """Files of tests are in memory where there is room: commits wait for a disk otherwise, and no test cuts the power. The
    terminal has no language, whatever the developer's has."""
    os.environ["LC_ALL"] = "C.UTF-8"
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--both",
        action="store_true",
        help="play every story on both databases; without it half of them on each, chosen by name",
    )


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[object]:
    """What is collected stays until the end: it is not searched for garbage again and again."""
    gc.disable()
    try:
        _compile_a_share(session.config)
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def _compile_a_share(config: pytest.Config) -> None:
    """Each worker needs every test file compiled: on a fresh clone they share that work, rather than all do all of it."""
    worker = getattr(config, "workerinput", None)
    if worker is None or config.option.file_or_dir:
        return
    files = sorted(TESTS.rglob("test_*.py"))
    for file in files[int(worker["workerid"].removeprefix("gw")) :: worker["workercount"]]:
        importlib.import_module(".".join(file.relative_to(TESTS.parent).with_suffix("").parts))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that need PostgreSQL or another process are recognised by their fixtures; `make quick` leaves them out."""
    for item in items:
        if "postgresql" in _parameters(item):
            item.add_marker("postgres")
        if {"sandbox", "launcher"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("processes")
    # The long ones first: begun last, one worker would run them while the other has nothing left.
    items.sort(key=lambda item: not LONG & set(item.path.parents))
    if not config.getoption("--both"):
        stories = (item for item in items if PLAYED_ONCE & set(item.path.parents))
        twins = [
            item for item in stories if not item.get_closest_marker("both") and _has_its_other_database(item)
        ]
        config.hook.pytest_deselected(items=twins)
        items[:] = [item for item in items if item not in set(twins)]


def _has_its_other_database(item: pytest.Item) -> bool:
    """Whether this story is played on the other database. What is done in SQL has its own tests on both."""
    database = next((name for name in DATABASES if name in _parameters(item)), None)
    if database is None:
        return False
    name = item.nodeid.replace(database, "")
    return DATABASES[zlib.crc32(name.encode()) % 2] != database


def _parameters(item: pytest.Item) -> list[object]:
    return list(getattr(item, "callspec", NO_PARAMETERS).params.values())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that starts a process without the marker would also run in `make quick`."""
    subprocess.Popen.__init__ = _BEGIN if item.get_closest_marker("processes") else _begin_nothing  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> None:
    """The product's own logs: one line each, no local variables in tracebacks (P15)."""
    logs.begin("WARNING", "text", ())


@pytest.fixture(scope="session")
def _postgres_of_this_worker() -> Iterator[str]:
    """The name of a database that tests use one after the other; parallel runs and workers have their own."""
    postgres_or_skip()
    name = f"firstline_test_{os.getpid()}"
    yield name
    asyncio.run(drop_postgres(name))


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with every table and no row."""
    if request.param == "sqlite":
        return copied_sqlite(tmp_path / "firstline.db")
    return await emptied_postgres(request.getfixturevalue("_postgres_of_this_worker"))


@pytest.fixture(params=["sqlite", "postgresql"])
async def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database without a table."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}"
        return
    postgres_or_skip()
    name = f"firstline_bare_{os.getpid()}"
    yield await fresh_postgres(name)
    await drop_postgres(name)
