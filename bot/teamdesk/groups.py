"""The groups the desk lives in: which Telegram group is which team's, and what happens when Telegram renumbers one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.accounts import trail
from bot.accounts.trail import AuditAction
from bot.config.config import Work
from bot.keys import ADMINS, SUPERVISORS, PersonChat, RawChat, TeamChat
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.teamdesk.board import placing
from bot.telegram import chats, outbox, posts
from bot.telegram.card import Drawing
from bot.telegram.group_rights import GroupRights
from bot.texts import speak
from bot.tickets import unreachable

CALLED = {SUPERVISORS: "chat.supervisors", ADMINS: "chat.admins"}


@dataclass(frozen=True, slots=True)
class TelegramGroup:
    """A Telegram group as it introduces itself; `rights` is what we may do there, if Telegram could be asked."""

    chat_id: int
    is_forum: bool
    rights: GroupRights | None = None


def names(desk: Desk) -> list[str]:
    """Every name a group can be bound to: the teams', the supervisors', the administrators'."""
    return [*(TeamChat(team) for team in desk.team_ids()), SUPERVISORS, ADMINS]


def bind(work: Work, person: Person, group: TelegramGroup, wanted: str) -> None:
    """/bind NAME: from now on this group is NAME. A team may be named without its "team:"."""
    authorize(person, "bind_chat", Object())
    here = RawChat(group.chat_id)
    known = names(work.config.desk)
    key = wanted if wanted in known else TeamChat(wanted)
    language = person.language
    listed = ", ".join(f"{_called(name)} ({title(work.config.desk, name, language)})" for name in known)
    if not wanted:
        outbox.line(work, here, "how.bind", {"keys": listed})
    elif key not in known:
        outbox.line(work, here, "bind.unknown", {"key": wanted, "keys": listed})
    else:
        chats.bind(work, key, group.chat_id, is_forum=group.is_forum, language=language)
        outbox.line(work, key, "bind.done", {"key": title(work.config.desk, key, language)})
        trail.note(work, person.key, AuditAction.CHAT, key, {"chat": group.chat_id})
        trail.announce(work, loud=True)
        placing.place(work, key)
        if group.rights is not None:
            _observe(work, person, key, group.chat_id, group.rights)


def _observe(work: Work, person: Person, key: str, chat_id: int, seen: GroupRights) -> None:
    """Say which rights are missing before the first ticket finds out."""
    chats.observe(work, key, chat_id, seen)
    for right in seen.lacks:
        outbox.line(
            work,
            person.key if right == "write" else key,
            f"bind.lacks.{right}",
            {"key": title(work.config.desk, key, person.language)},
        )


def named(work: Work, about: str, chat: str) -> Drawing:
    """What the readers of `chat` call the chat `about`: a group, or the private chat with a person."""
    language, desk = chats.language(work.tx, chat), work.config.desk
    if (private := PersonChat.among(about)) is not None:
        person = directory.find(work.tx, private.number)
        return Drawing(person.name if person is not None else about)
    team = TeamChat.among(about)
    is_known = about in CALLED or (team is not None and team.name in desk.teams)
    return Drawing(title(desk, about, language) if is_known else about)


def title(desk: Desk, key: str, language: str) -> str:
    """What people call the group: a team's title, or whose chat it is."""
    if not TeamChat.names(key):
        return speak.voice(language).say(CALLED[key])
    return desk.team(TeamChat.read(key).name).title[language]


def _called(key: str) -> str:
    return TeamChat.read(key).name if TeamChat.names(key) else key


def migrated(work: Work, old_id: int, new_id: int) -> None:
    """Telegram says that a group became a supergroup; administrators hear of it (T11)."""
    chats.move(work, old_id, new_id)


def stands(work: Work, chat_id: int, out: str | None, seen: GroupRights) -> None:
    """We were thrown out of a chat, for the reason `out`, or let in again (None) with these rights; a person's private chat is
    one too (T13)."""
    if chat_id > 0:
        person = directory.known(work.tx, chat_id)
        if out is not None and person is not None:
            unreachable.unreachable(work, person)
        return
    key = chats.name(work.tx, chat_id)
    if key is not None and out is not None:
        chats.lose(work, key, out)
    elif key is not None:
        chats.regain(work, key)
        chats.rights(work, key, seen)


def turned(work: Work, key: str, *, is_forum: bool) -> None:
    """Topics were switched on or off in a group; there is no news of it, but every message of the group shows it."""
    if is_forum:
        chats.with_topics(work, key)
    else:
        chats.without_topics(work, key, chats.NO_FORUM)


def topic_stands(work: Work, chat_id: int, thread: int, *, closed: bool) -> None:
    """A topic of a group was closed, or reopened."""
    key = chats.name(work.tx, chat_id)
    topic = posts.about_message(work.tx, key, thread) if key is not None else None
    if key is not None and topic is not None:
        posts.shut_topic(work.tx, key, topic.about, shut=closed)


def tidy(work: Work, chat_id: int, message_id: int) -> None:
    """Delete our own service message: a pinned card and a renamed topic are seen without it."""
    key = chats.name(work.tx, chat_id)
    if key is not None:
        about, dedupe = f"{outbox.TIDY}:{message_id}", f"{outbox.TIDY}:{chat_id}:{message_id}"
        target = {"message_id": message_id}
        outbox.call(work, key, "deleteMessage", target, about=about, dedupe=dedupe, priority=outbox.ORDER)


def adopt(work: Work, language: str) -> None:
    """Bind the groups that desk.yaml gives by number, unless the name has a group or the group a name already.

    They read `language` until an administrator who reads another one sends /bind there.
    """
    given: dict[str, int | None] = {
        TeamChat(team.id): team.chat_id for team in work.config.desk.teams.values()
    }
    given[SUPERVISORS] = work.config.desk.file.supervisors_chat_id
    for key, chat_id in given.items():
        free = (
            chat_id is not None and chats.find(work.tx, key) is None and chats.name(work.tx, chat_id) is None
        )
        if chat_id is not None and free:
            chats.bind(work, key, chat_id, is_forum=False, language=language)
            trail.note(work, "desk.yaml", AuditAction.CHAT, key, {"chat": chat_id})
            trail.announce(work)
            placing.place(work, key)
