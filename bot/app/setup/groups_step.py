"""The step that gives the desk its groups: a button that lets the operator choose each, and a check of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.accounts.offline import beside_the_bot
from bot.app.setup import binding
from bot.app.setup.arrivals import Arrival, ChosenChat, NamedChat
from bot.app.setup.bot_line import BotLine, is_running
from bot.app.setup.dialogue import Dialogue
from bot.doctor import groups, records
from bot.doctor.finding import Diagnosis
from bot.doctor.groups import GroupRound
from bot.keys import TeamChat
from bot.settings import Settings
from bot.sla.policy import Desk
from bot.storage.readonly import read_beside
from bot.teamdesk import chosen_groups
from bot.telegram import group_rights
from bot.telegram.api import Api, Refused, TelegramError

BY_LINK = "manage_topics+pin_messages+delete_messages+invite_users"


@dataclass(frozen=True, slots=True)
class GroupsStep:
    """Binds what is not bound yet. `operator` is the Telegram account of the administrator at the terminal."""

    dialogue: Dialogue
    line: BotLine
    api: Api
    settings: Settings
    desk: Desk
    operator: int | None
    username: str

    def take(self) -> None:
        for key in self._bound():
            self._check(key)
        waiting = self._unbound()
        if not waiting:
            return
        running = is_running(self.settings)
        asked = {} if running or self.operator is None else self._offer(waiting)
        self._explain(waiting, by_button=bool(asked), running=running)
        while waiting := self._unbound():
            listed = ", ".join(self._called(key) for key in waiting)
            if self.dialogue.passes("setup.groups_wait", groups=listed):
                break
            before = set(waiting)
            if not running:
                for arrival in self.line.arrivals(self.api, self.settings):
                    self._bind(arrival, asked)
            now_bound = sorted(before - set(self._unbound()))
            for key in now_bound:
                self._check(key)
            if not now_bound:
                self.dialogue.say("setup.groups_none")
        if asked:
            self._put_away()

    def _offer(self, waiting: Sequence[str]) -> dict[int, str]:
        """Send a button for each name to the operator; returns the name by the button's number. Empty when they cannot be
        written to."""
        asked = dict(enumerate(waiting, 1))
        rows = [[chosen_groups.button(self._called(key), number, key)] for number, key in asked.items()]
        keyboard = {"keyboard": rows, "resize_keyboard": True, "is_persistent": True}
        text = self.dialogue.voice.say("setup.choose")
        try:
            message = {"chat_id": self.operator, "text": text, "reply_markup": keyboard}
            self.line.call(self.api, "sendMessage", message)
        except TelegramError as error:
            self.dialogue.say("setup.no_button", text=error)
            return {}
        return asked

    def _explain(self, waiting: Sequence[str], *, by_button: bool, running: bool) -> None:
        self.dialogue.say("setup.groups_head")
        if by_button:
            self.dialogue.say("setup.groups_button", username=self.username)
        if running:
            self.dialogue.say("setup.groups_running")
        self.dialogue.say("setup.groups_other_ways")
        for key in waiting:
            name = TeamChat.read(key).name if TeamChat.names(key) else key
            link = f"https://t.me/{self.username}?startgroup={name}&admin={BY_LINK}"
            facts = {"group": self._called(key), "name": name, "link": link, "username": self.username}
            self.dialogue.say("setup.groups_by_hand", **facts)

    def _bind(self, arrival: Arrival, asked: dict[int, str]) -> None:
        match arrival:
            case ChosenChat() if arrival.request_id in asked:
                key = asked[arrival.request_id]
            case NamedChat() if (found := self._key(arrival.name)) is not None:
                key = found
            case _:
                return
        try:
            seen = self.line.run(lambda: group_rights.ask(self.api, arrival.chat_id))
        except Refused:  # the check that follows says why
            seen = None
        if not beside_the_bot(self.settings, binding.bind, arrival.account, key, arrival.chat_id, seen):
            self.dialogue.say("setup.not_yours", group=self._called(key))

    def _check(self, key: str) -> None:
        """What the doctor says of this group alone."""
        known = read_beside(self.settings.database_url.get_secret_value(), records.look)
        found = Diagnosis(self.dialogue.voice)
        around = GroupRound(self.api, self.desk, self.dialogue.voice, found)
        self.line.run(lambda: around.examine(key, known.groups[key], known.expected(key)))
        for finding in found.all:
            self.dialogue.show(f"  {finding.line(self.dialogue.voice)}")

    def _put_away(self) -> None:
        text, gone = self.dialogue.voice.say("setup.chosen"), {"remove_keyboard": True}
        try:
            message = {"chat_id": self.operator, "text": text, "reply_markup": gone}
            self.line.call(self.api, "sendMessage", message)
        except TelegramError as error:
            self.dialogue.say("setup.no_button", text=error)

    def _bound(self) -> list[str]:
        known = read_beside(self.settings.database_url.get_secret_value(), records.look)
        return [key for key in groups.names(self.desk) if key in known.groups]

    def _unbound(self) -> list[str]:
        bound = self._bound()
        return [key for key in groups.names(self.desk) if key not in bound]

    def _key(self, name: str) -> str | None:
        """Our name of the group for a typed one; a team may be named without its "team:"."""
        known = groups.names(self.desk)
        return next((key for key in (name, TeamChat(name)) if key in known), None)

    def _called(self, key: str) -> str:
        return groups.called(key, self.desk, self.dialogue.voice)
