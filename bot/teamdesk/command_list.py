"""A row of the table of commands: where it may be typed, who may use it, and what /help and Telegram's menus list of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from bot.config.config import Work
from bot.conversation import exchange, twins
from bot.people.access import NotAllowed, could, reason
from bot.people.directory import Person
from bot.teamdesk import twin_topics
from bot.telegram import chats, outbox
from bot.telegram.incoming import Incoming
from bot.texts import speak
from bot.texts.speak import Line, Voice
from bot.tickets.actions import NoWords
from bot.tickets.invocation import Invocation
from bot.yamlfiles import nearest

Verb = Callable[[Work, Invocation], Line | None]
"""What a command does: one transaction. It returns what is said below the command, None when it has shown something."""


OF_ONE_SENDER = frozenset({"recall"})
"""Commands whose answer concerns no one else in the chat: what came of them, the card and a reaction show."""
OF_ONE_TICKET = frozenset({"access.not_your_team", "access.not_assignee"})
"""Reasons that speak of the ticket in question: they say nothing to a person who works on none."""


class ChatKind(StrEnum):
    """Where a message comes from."""

    PRIVATE = "private"
    TEAM = "team"
    CHIEFS = "chiefs"  # the supervisors' or the administrators' chat
    UNBOUND = "unbound"  # a group that is bound to no name of the desk

    @classmethod
    def of(cls, chat: str | None) -> ChatKind:
        """The kind of the chat with this key."""
        if chat is None:
            return cls.UNBOUND
        kinds = {"person": cls.PRIVATE, "team": cls.TEAM}
        return kinds.get(chat.partition(":")[0], cls.CHIEFS)


class Where(StrEnum):
    """Where a command may be typed; `where.<value>` in the catalogues says so to those who type it elsewhere."""

    PRIVATE = "private"
    CHIEFS = "chiefs"  # in private too
    DESK = "desk"  # in private, and in every group that is bound
    TOPIC = "topic"  # the same, but about the ticket of a topic, or of the message that is answered
    ANYWHERE = "anywhere"  # in private, and in any group, ours or not

    def takes(self, kind: ChatKind) -> bool:
        """Whether it may be typed in a chat of this kind."""
        match self:
            case Where.PRIVATE:
                return kind is ChatKind.PRIVATE
            case Where.CHIEFS:
                return kind in (ChatKind.PRIVATE, ChatKind.CHIEFS)
            case Where.DESK | Where.TOPIC:
                return kind is not ChatKind.UNBOUND
            case Where.ANYWHERE:
                return True


@dataclass(frozen=True, slots=True)
class Listed:
    """One command. `right` is an action of bot/people/access.py; `command.<name>` and `how.<name>` are its sentences.

    `menu` is False for what acts at one tap and would do harm by a slip: Telegram's menu sends a command at once.
    """

    name: str
    right: str
    where: Where
    menu: bool = field(default=True, kw_only=True)


@dataclass(frozen=True, slots=True)
class Command(Listed):
    """A command that one transaction carries out."""

    verb: Verb


def run(work: Work, command: Command, person: Person, chat: str, message: Incoming, words: str) -> None:
    """Do the command and say what came of it, below the command itself. Raises Misused where a reason is missing."""
    twin_topics.claim(work, chat, message)
    message = twins.known(work, chat, person, message)
    here = exchange.ticket_of_topic(work.tx, chat, message.place, message.thread, message.reply_to)
    asked = Invocation(command.name, words, person, chat, message, here)
    try:
        line = command.verb(work, asked)
    except NoWords:
        raise asked.misused() from None
    if line is not None:
        alone = person if line.alert or command.name in OF_ONE_SENDER else None
        _say(work, chat, message, line, alone)


def misplaced(work: Work, command: Listed, person: Person, chat: str, message: Incoming) -> None:
    """The command was typed in a chat where it does nothing: say where it works."""
    _say(work, chat, message, Line(f"where.{command.where}", {"name": command.name}), person)


def mistyped(
    work: Work, person: Person, chat: str, message: Incoming, name: str, known: Iterable[str]
) -> None:
    """A command that we do not have, about a ticket or as an answer to us: its sender believes that it was done."""
    ticket = exchange.ticket_of_topic(work.tx, chat, message.place, message.thread, message.reply_to)
    if ticket is None and not message.answers_us:
        return  # another bot's, perhaps
    near = nearest(name, known)
    line = Line("unknown.command.near", {"near": near}) if near else Line("unknown.command")
    _say(work, chat, message, Line(line.key, {**line.facts, "name": name[:40]}), person)


def may(person: Person, commands: Iterable[Listed]) -> list[Listed]:
    """The commands that are of use to a person, somewhere."""
    return [command for command in commands if could(person, command.right)]


def check(person: Person, command: Listed) -> None:
    """Raises NotAllowed for a person who could do it nowhere: they read that, not how the command is written."""
    if could(person, command.right):
        return
    why = reason(command.right)
    raise NotAllowed(command.right, "access.engineers" if why in OF_ONE_TICKET else why)


def in_menu(person: Person, kind: ChatKind, commands: Iterable[Listed]) -> list[str]:
    """The names that Telegram shows when such a person types a slash in such a chat."""
    topics = kind is ChatKind.TEAM
    return [
        command.name
        for command in may(person, commands)
        if command.menu and command.where.takes(kind) and (topics or command.where is not Where.TOPIC)
    ]


def show_help(work: Work, asked: Invocation, commands: Iterable[Listed]) -> Line:
    """/help: what the person may type here; in private also what they may type elsewhere."""
    voice, kind = speak.voice(chats.language(work.tx, asked.chat)), ChatKind.of(asked.chat)
    found = may(asked.person, commands)
    sections = {
        "help.here": [one for one in found if one.where.takes(kind) and one.where is not Where.TOPIC],
        "help.topic": [one for one in found if one.where is Where.TOPIC],
    }
    text = "\n\n".join(
        "\n".join(_section(voice, head, listed)) for head, listed in sections.items() if listed
    )
    return Line("help.said", {"text": text})


def _section(voice: Voice, head: str, commands: Iterable[Listed]) -> Iterator[str]:
    yield voice.say(head)
    for command in commands:
        yield f"/{command.name} - {voice.say(f'command.{command.name}')}"


def _say(work: Work, chat: str, message: Incoming, line: Line, alone: Person | None = None) -> None:
    """Below the command; `alone`: what concerns no one else in the chat."""
    reader = alone.telegram_id if alone is not None else None
    place, answers = message.thread, message.message_id
    outbox.line(work, chat, line.key, line.facts, thread=place, answers=answers, only_for=reader)
