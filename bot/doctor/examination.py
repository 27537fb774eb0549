"""The whole examination, in one order, with calls that change nothing at Telegram and nothing in the database."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.doctor import account, machine
from bot.doctor.finding import Diagnosis, Finding
from bot.doctor.groups import GroupRound
from bot.doctor.records import Records
from bot.settings import Settings
from bot.sla.policy import Desk
from bot.telegram.api import Api
from bot.texts.speak import Voice


@dataclass(frozen=True, slots=True)
class Installation:
    """What is examined. `records` is None when the database cannot be read yet, `desk` when desk.yaml has faults."""

    settings: Settings
    api: Api
    clock: Clock
    desk: Desk | None
    records: Records | None


async def examine(installation: Installation, voice: Voice) -> list[Finding]:
    """Everything that was found, good or bad, in the language of `voice`."""
    found = Diagnosis(voice)
    settings, api, clock = installation.settings, installation.api, installation.clock
    records, desk = installation.records, installation.desk
    machine.versions(settings, found)
    machine.disk(settings, found)
    machine.last_backup(settings, clock.now(), found)
    if records is not None:
        machine.directory(records, found)
    if desk is None:
        found.fault("bad_desk", file=settings.desk_file)
    me = await account.whose_token(api, records.bot_id if records is not None else None, found)
    if me is None:
        return found.all
    await account.same_time(api, clock, found)
    await account.way_in(api, settings, clock, found)
    is_admin_everywhere = False
    if records is not None and desk is not None:
        groups = GroupRound(api, desk, voice, found)
        await groups.look(records)
        is_admin_everywhere = groups.is_admin_everywhere
    account.abilities(me, is_admin_everywhere=is_admin_everywhere, found=found)
    if records is not None:
        await machine.private_chats(api, records.chiefs, str(me["username"]), found)
    return found.all
