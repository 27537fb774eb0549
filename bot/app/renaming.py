"""`renamed:` of desk.yaml, carried out: every row in use that carries a former name follows, in one transaction."""

from __future__ import annotations

import structlog

from bot.accounts import trail
from bot.accounts.trail import AuditAction
from bot.config.config import Work
from bot.conversation import recall
from bot.escalation import telling
from bot.keys import ADMINS, TeamChat
from bot.knowledge import readings
from bot.people import directory
from bot.problems import outages
from bot.storage.audit_trail import BOT
from bot.telegram import outbox
from bot.telegram.readdressing import new_address, readdress
from bot.tickets import backlog_digest, prompts, renaming, round_robin, transcript

log = structlog.get_logger()


def follow(work: Work) -> None:
    """Done again it changes nothing. The administrators hear how much followed."""
    people = sum(_team(work, *pair) for pair in work.config.desk.file.renamed.teams.items())
    facts = {"tickets": renaming.follow(work), "outages": outages.follow(work), "people": people}
    if any(facts.values()):
        log.info("desk.renamed", **facts)
        outbox.line(work, ADMINS, "reload.renamed", facts)
        trail.note(work, BOT, AuditAction.RENAMED, "desk.yaml", facts)


def _team(work: Work, former: str, today: str) -> int:
    """Everything that a team has besides its tickets; returns how many people work in it."""
    _chat(work, TeamChat(former), TeamChat(today))
    round_robin.rename_team(work.tx, former, today)
    return directory.rename_team(work.tx, former, today)


def _chat(work: Work, former: str, today: str) -> None:
    recall.readdress(work, former, today)
    backlog_digest.readdress(work, former, today)
    telling.readdress(work, former, today)
    if (address := new_address(work, former, today)) is not None:
        transcript.readdress(work.tx, former, address)
        prompts.readdress(work.tx, former, address)
        readings.readdress(work.tx, former, address)
    readdress(work, former, today)
