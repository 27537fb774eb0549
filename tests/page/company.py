"""The demo's company in either language, in a sandbox and in the directory, and a bot that serves it in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from sqlalchemy import Connection

from bot.demo import stage
from bot.demo.demo import company_of
from bot.demo.stage import Cast
from bot.people.importer import take_in
from bot.people.roster import read_roster
from bot.storage.db import open_database
from bot.telegram import chats
from tests.databases import copied_sqlite
from tests.desk import ROOT, UNLIMITED, Desk, served
from tests.units import work


@asynccontextmanager
async def demo_desk(root: str, folder: Path, language: str) -> AsyncIterator[Desk]:
    """What `firstline demo` starts, but for the processes."""
    url = copied_sqlite(folder / f"{language}.db")
    async with aiohttp.ClientSession() as http:
        db = open_database(url)
        desk = Desk(root, http, db)
        try:
            await desk.sim("reset", {})
            company = company_of(language)
            await asyncio.to_thread(stage.settle, root, company)
            await desk.sim("clock", {"zone": "Europe/Moscow"})
            await db.run(enlist, company, language)
            async with served(desk, url, ROOT, UNLIMITED, language=language):
                yield desk
        finally:
            await db.close()


def enlist(tx: Connection, company: Cast, language: str) -> None:
    entries, complaints = read_roster("people.csv", stage.people_file(company))
    assert not complaints
    take_in(tx, "people.csv", entries)
    for chat in company.chats:
        chats.bind(work(tx, 0), chat.key, chat.id, is_forum=chat.is_forum, language=language)
