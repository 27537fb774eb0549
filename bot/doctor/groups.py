"""Each group of the desk as Telegram shows it: is it there, has it topics, what may the bot do, who is in it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.doctor.finding import Diagnosis
from bot.doctor.records import Records
from bot.keys import ADMINS, SUPERVISORS, TeamChat
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.telegram import group_rights
from bot.telegram.api import Api, Refused, TelegramError
from bot.texts.speak import Voice

AT_ONCE = 8  # calls at the same time
NEEDED = ("can_manage_topics", "can_pin_messages", "can_delete_messages")
AWAY = ("left", "kicked")


@dataclass(frozen=True, slots=True)
class GroupSeen:
    """A group as getChat and getChatMember show it; `member` is the bot in it."""

    chat: Mapping[str, Any]
    member: Mapping[str, Any]

    @property
    def title(self) -> str:
        return str(self.chat.get("title") or "?")

    @property
    def is_admin(self) -> bool:
        return self.member.get("status") in ("administrator", "creator")

    @property
    def is_forum(self) -> bool:
        return bool(self.chat.get("is_forum"))

    def lacks(self, right: str) -> bool:
        """Whether this right was not given to the bot; the creator of a group has all of them."""
        return self.member.get("status") != "creator" and not self.member.get(right)


def names(desk: Desk) -> list[str]:
    """The names of groups that the desk needs: of the teams with a chat, the supervisors', the administrators'."""
    return [*(TeamChat(team) for team in desk.with_chats()), SUPERVISORS, ADMINS]


def called(key: str, desk: Desk, voice: Voice) -> str:
    """A group's name for people: "First line"."""
    if not TeamChat.names(key):
        return voice.say("doctor.group.chiefs" if key == SUPERVISORS else "doctor.group.admins")
    team = TeamChat.read(key).name
    return desk.team(team).title[voice.language] if team in desk.teams else key


class GroupRound:
    """Looks at one group after the other; says what is wrong by `found`."""

    def __init__(self, api: Api, desk: Desk, voice: Voice, found: Diagnosis) -> None:
        self._api, self._desk, self._voice, self._found = api, desk, voice, found
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._me = int(api.token.partition(":")[0])
        self.is_admin_everywhere = False

    async def look(self, records: Records) -> None:
        """Every group of the desk. Groups that are bound to a name the desk does not have are named."""
        known = names(self._desk)
        places = {key: self._place(key, records) for key in known}
        bound = {key: place for key, place in places.items() if place is not None}
        unbound = [key for key, place in places.items() if place is None]
        for key in unbound:
            self._found.fault("unbound", group=self._called(key), name=_short(key))
        for key in sorted(set(records.groups) - set(known)):
            self._found.hint("stray_group", name=key)
        # Without people, and without an administrator, there are faults of their own.
        empty = [key for key in bound if key != ADMINS and not records.is_staffed(key)]
        if empty and records.people:
            self._found.hint("unstaffed", groups=self._found.listed([self._called(key) for key in empty]))
        groups = await asyncio.gather(
            *(self.examine(key, place, records.expected(key)) for key, place in bound.items())
        )
        self.is_admin_everywhere = bool(bound) and all(one is not None and one.is_admin for one in groups)

    async def examine(self, key: str, chat_id: int, expected: Sequence[Person]) -> GroupSeen | None:
        """One group; None when Telegram does not show it."""
        facts = {"group": self._called(key), "name": _short(key), "id": chat_id}
        try:
            chat = await self._ask("getChat", chat_id=chat_id)
            member = await self._ask("getChatMember", chat_id=chat_id, user_id=self._me)
        except Refused as refusal:
            self._refused(refusal, facts)
            return None
        except TelegramError as error:
            self._found.fault("not_asked", method=f"getChat {facts['group']}", text=error)
            return None
        group = GroupSeen(chat, member)
        facts["title"] = group.title
        if not await self._rights(group, key, chat_id, facts):
            return group
        here = await self._who_is_there(chat_id, expected)
        count = {"here": len(here), "expected": len(expected)}
        self._found.good("group" if expected else "group_of_no_one", **facts, **count)
        missing = [person.name for person in expected if person not in here]
        if missing:
            grade = self._found.hint if here else self._found.fault
            grade("missing", **facts, people=self._found.listed(missing))
        return group

    def _refused(self, refusal: Refused, facts: Mapping[str, object]) -> None:
        moved_to = refusal.parameters.get("migrate_to_chat_id")
        if moved_to is not None:
            self._found.fault("moved", **facts, moved_to=moved_to)
        elif refusal.code == 403:
            self._found.fault("out", **facts, text=refusal.description)
        else:
            self._found.fault("wrong_id", **facts, text=refusal.description)

    async def _rights(self, group: GroupSeen, key: str, chat_id: int, facts: Mapping[str, object]) -> bool:
        """Whether the bot may do its work there; says what it may not, and who can give it."""
        is_team = TeamChat.names(key)
        if not group_rights.of(group.member, is_forum=group.is_forum).may_write:
            self._found.fault("no_write", **facts, who=await self._who_gives(chat_id))
            return False
        if not group.is_admin:
            self._found.fault("plain_member", **facts, who=await self._who_gives(chat_id))
        if is_team and not group.is_forum:
            self._found.fault("no_topics", **facts)
        if not group.is_admin:
            return False
        needed = [right for right in NEEDED if right != "can_manage_topics" or (is_team and group.is_forum)]
        lacking = [self._voice.say(f"doctor.{right}") for right in needed if group.lacks(right)]
        if lacking:
            who = await self._who_gives(chat_id)
            self._found.fault("no_right", **facts, rights=", ".join(lacking), who=who)
        return not lacking and (group.is_forum or not is_team)

    async def _who_gives(self, chat_id: int) -> str:
        """The people who can give the bot rights: the owner, and administrators who may add others."""
        try:
            admins = await self._ask("getChatAdministrators", chat_id=chat_id)
        except TelegramError:
            admins = []
        able = [
            one["user"]
            for one in admins
            if one.get("status") == "creator" or one.get("can_promote_members")
            if not one["user"].get("is_bot")
        ]
        names = [f"@{user['username']}" if user.get("username") else str(user["first_name"]) for user in able]
        return self._found.listed(names) if names else self._voice.say("doctor.owner")

    async def _who_is_there(self, chat_id: int, expected: Sequence[Person]) -> list[Person]:
        present = await asyncio.gather(*(self._is_there(chat_id, person) for person in expected))
        return [person for person, is_there in zip(expected, present, strict=True) if is_there]

    async def _is_there(self, chat_id: int, person: Person) -> bool:
        """A stranger to the group is refused by its id; whom Telegram does not show counts as away."""
        try:
            member = await self._ask("getChatMember", chat_id=chat_id, user_id=person.telegram_id)
        except TelegramError:
            return False
        return member.get("status") not in AWAY and member.get("is_member", True)

    async def _ask(self, method: str, **params: object) -> Any:
        async with self._turn:
            return await self._api.call(method, params)

    def _place(self, key: str, records: Records) -> int | None:
        if key in records.groups:
            return records.groups[key]
        if key == SUPERVISORS:
            return self._desk.file.supervisors_chat_id
        return self._desk.team(TeamChat.read(key).name).chat_id if TeamChat.names(key) else None

    def _called(self, key: str) -> str:
        return called(key, self._desk, self._voice)


def _short(key: str) -> str:
    """What is typed after /bind."""
    return TeamChat.read(key).name if TeamChat.names(key) else key
