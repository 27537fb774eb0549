"""What administrators type about accounts: /invite and /audit."""

from __future__ import annotations

from bot.accounts import forgetting, invites, trail
from bot.config.config import Work
from bot.keys import InviteRef
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.teamdesk.commands import meant_person
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets.invocation import Invocation, Misused

INVITE = "invite"
SHOWN, MOST = 15, 50  # rows of /audit: unless a number is given, and at most


def invite(work: Work, admin: Person, words: str, token: str) -> None:
    """/invite E-17: a link for this person, to be passed on to them. Raises NotAllowed or Misused.

    The link leaves the outbox once it is delivered; the database keeps only its hash.
    """
    authorize(admin, "people", Object())
    if not words:
        raise Misused(INVITE, {})
    found = meant_person(work.tx, words)
    if isinstance(found, Line):
        outbox.line(work, admin.key, found.key, found.facts)
        return
    number = invites.make(work, found.id, admin.key, token)
    facts = {"name": found.name, "link": invites.link(work.tx, token), "days": invites.DAYS}
    key = "invite.again" if found.telegram_id is not None else "invite.made"
    outbox.line(work, admin.key, key, facts, about=InviteRef(number))
    trail.announce(work)


def erase(work: Work, asked: Invocation) -> Line | None:
    """/erase E-17: everything about a person, after one question. Raises NotAllowed or Misused."""
    if not asked.words:
        raise asked.misused()
    found = directory.meant(work.tx, asked.words)
    if len(found) != 1:
        return Line("people.not_found", {"who": asked.words})
    return forgetting.ask_to_erase(work, asked.person, found[0])


def show_audit(work: Work, asked: Invocation) -> Line:
    """/audit: the newest rows of the audit trail; /audit 50: more of them. Raises NotAllowed."""
    authorize(asked.person, "people", Object())
    most = min(asked.number, MOST) if asked.words else SHOWN
    return trail.listed(work, asked.person.language, max(1, most))
