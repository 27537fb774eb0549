"""A test ticket: opened like any other, delivered to the team's group, and where it is seen there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.app.files import open_files, router_of
from bot.app.registries import hooks, renderers
from bot.app.setup.bot_line import is_running
from bot.clock import Clock
from bot.config.config import Config, Work
from bot.keys import TeamChat
from bot.knowledge.company.phrasebook import Learnt
from bot.people import directory
from bot.settings import Settings
from bot.sla.policy import OTHER
from bot.storage.readonly import opened_beside
from bot.storage.unit import Units
from bot.teamdesk import topic_links
from bot.telegram import chats, posts
from bot.telegram.api import Api
from bot.telegram.clock_client import clock_of
from bot.telegram.sender import Sender
from bot.texts.speak import Voice
from bot.tickets import actions, store
from bot.tickets.actions import Draft

PATIENCE = 30.0  # real seconds for the card to appear
LOOK = 0.2  # real seconds between two looks


@dataclass(frozen=True, slots=True)
class TrialTicket:
    """The test ticket; `address` opens its topic, None in a group without topics."""

    number: int
    team: str
    seen: bool
    address: str | None


def configuration(settings: Settings) -> Config | None:
    """The desk's files; None when they have a fault, which `firstline check` names."""
    opened = open_files(settings.desk_file, settings.scenarios_file, settings.knowledge_dir)
    if opened.errors or opened.desk is None or opened.program is None or opened.library is None:
        return None
    router = router_of(opened.program, opened.library, Learnt())
    program = opened.program.for_engineers(settings.engineers_language)
    return Config(opened.desk, program, opened.library, router, settings.knowledge_dir)


async def send(
    api: Api, settings: Settings, config: Config, account: int, voice: Voice
) -> TrialTicket | None:
    """Open the ticket for the person with this account and wait until its card is in the team's group. None when no team
    that could have it has a group."""
    db = await opened_beside(settings.database_url.get_secret_value())
    try:
        clock, _ = await clock_of(api.session, settings.clock_url)
        units = Units(db, clock.now, lambda: config)
        opened = await units.run(_open, account, voice.say("setup.trial_words"))
        if opened is None:
            return None
        seen = await _delivered(units, api, clock, opened, alone=not is_running(settings))
        address = await units.read(_address, opened[0])
        return TrialTicket(*opened, seen, address)
    finally:
        await db.close()


async def _delivered(
    units: Units[Config], api: Api, clock: Clock, opened: tuple[int, str], *, alone: bool
) -> bool:
    """Whether the card was delivered: by the running bot, or by us where there is none."""
    sender = Sender(units, api, clock, renderers(), hooks(), lambda: None)
    sending = asyncio.create_task(sender.run()) if alone else None
    tries = int(PATIENCE / LOOK)
    while not (seen := await units.read(_is_seen, *opened)) and tries > 0:
        await asyncio.sleep(LOOK)
        tries -= 1
    if sending is not None:
        await sender.stop()
        await asyncio.gather(sending, return_exceptions=True)
    return seen


def _open(work: Work, account: int, words: str) -> tuple[int, str] | None:
    person = directory.known(work.tx, account)
    category = work.config.desk.category(OTHER)
    teams = [category.team, *work.config.desk.with_chats()]
    team = next((team for team in teams if chats.find(work.tx, TeamChat(team)) is not None), None)
    if person is None or team is None:
        return None
    draft = Draft(category=category.id, team=team, type=category.type, summary=words, words=words)
    return actions.open_ticket(work, person, draft).id, team


def _is_seen(work: Work, number: int, team: str) -> bool:
    return posts.find(work.tx, TeamChat(team), "team_card", store.peek(work.tx, number).about) is not None


def _address(work: Work, number: int) -> str | None:
    return topic_links.addresses(work.tx, [store.peek(work.tx, number)]).get(number)
