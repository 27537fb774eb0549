"""People, chats, topics, members, messages: plain state without rules."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

FIRST_PERSON = 1001
FIRST_GROUP = -501
FIRST_ALBUM = 13_000_000_001
FIRST_SUPERGROUP = -1_000_000_000_000 - 501
GENERAL = 1
ANONYMOUS_ADMIN = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
CHANNEL_BOT = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
RIGHTS = (
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
    "can_manage_tags",
)
PERMISSIONS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages",
    "can_manage_topics",
)  # fmt: skip
OF_A_RESTRICTED = (*PERMISSIONS, "can_react_to_messages", "can_edit_tag")
PRESENT = ("creator", "administrator", "member", "restricted")


@dataclass(slots=True)
class Account:
    """A human account. `started`: has written to the bot at least once; `blocked`: has stopped the bot since."""

    user: Json
    about: str = ""
    extra: Json = field(default_factory=dict)
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    @property
    def id(self) -> int:
        return int(self.user["id"])


@dataclass(slots=True)
class Member:
    user: Json
    status: str = "member"
    rights: Json = field(default_factory=dict)
    title: str | None = None
    tag: str | None = None

    @property
    def present(self) -> bool:
        return self.status in PRESENT

    def may(self, right: str) -> bool:
        return self.status == "creator" or (self.status == "administrator" and bool(self.rights.get(right)))

    def picture(self) -> Json:
        """The Bot API's ChatMember."""
        shown: Json = {"status": self.status, "user": self.user}
        if self.status == "creator":
            shown["is_anonymous"] = bool(self.rights.get("is_anonymous"))
        if self.status == "administrator":
            shown["can_be_edited"] = False
            shown |= {right: bool(self.rights.get(right)) for right in RIGHTS}
        if self.status == "restricted":
            shown |= {"is_member": True, "until_date": 0}
            shown |= {right: bool(self.rights.get(right, True)) for right in OF_A_RESTRICTED}
        if self.status == "kicked":
            shown["until_date"] = 0
        if self.title and self.status in ("creator", "administrator"):
            shown["custom_title"] = self.title
        if self.tag:
            shown["tag"] = self.tag
        return shown


@dataclass(slots=True)
class Topic:
    id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str | None = None
    closed: bool = False
    deleted: bool = False
    hidden: bool = False
    creator: int = 0

    def picture(self) -> Json:
        shown: Json = {"message_thread_id": self.id, "name": self.name, "icon_color": self.icon_color}
        if self.icon_custom_emoji_id:
            shown["icon_custom_emoji_id"] = self.icon_custom_emoji_id
        return shown


@dataclass(slots=True)
class Message:
    """One message. `body` is the Bot API object without the message it replies to; `by` is its real sender."""

    chat: "Chat"
    id: int
    by: int
    body: Json
    reply_to: int | None = None
    thread: int | None = None
    markup: Json | None = (
        None  # a reply keyboard, its removal or a forced reply: never part of the Bot API object
    )
    service: bool = False
    deleted: bool = False
    reactions: dict[int, list[Json]] = field(default_factory=dict)
    seen_by: int | None = None
    note: str | None = None  # of an author's tool, for the page alone

    def picture(self) -> Json:
        """The Bot API's Message as it is now; the replied message is not nested further."""
        if self.reply_to is not None:
            target = self.chat.messages.get(self.reply_to)
            if target is not None and not target.deleted:
                return {**self.body, "reply_to_message": target.body}
        return self.body

    def transcript(self) -> Json:
        """`picture` with deletion and reactions, which only /sim shows."""
        shown = dict(self.picture())
        if self.deleted:
            shown["deleted"] = True
        if self.reactions:
            shown["reactions"] = [
                {"by": actor, "emoji": [reaction.get("emoji", "") for reaction in given]}
                for actor, given in self.reactions.items()
            ]
        if self.markup is not None:
            shown["reply_markup"] = self.markup
        if self.note is not None:
            shown["note"] = self.note
        return shown


@dataclass(slots=True)
class Chat:
    """A private chat with the bot (its id is the person's), a group, a supergroup or a channel."""

    id: int
    type: str
    title: str = ""
    username: str | None = None
    is_forum: bool = False
    about: str = ""
    person: Account | None = None
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    ephemeral: dict[int, Message] = field(default_factory=dict)
    reply_keyboard: Json | None = None
    next_message: int = 2
    migrated_to: int | None = None

    @property
    def private(self) -> bool:
        return self.type == "private"

    def picture(self) -> Json:
        """The Bot API's Chat, as inside messages."""
        if self.person is not None:
            user = self.person.user
            names: Json = {key: user[key] for key in ("first_name", "last_name", "username") if key in user}
            return {"id": self.id, "type": "private", **names}
        shown: Json = {"id": self.id, "type": self.type, "title": self.title}
        if self.username:
            shown["username"] = self.username
        if self.is_forum:
            shown["is_forum"] = True
        return shown


class World:
    """All people and chats, by id."""

    def __init__(self, bot: Json) -> None:
        self.bot = bot
        self.people: dict[int, Account] = {}
        self.users: dict[int, Json] = {}  # the accounts of `people`, as entities name them
        self.chats: dict[int, Chat] = {}
        self.by_username: dict[str, Chat] = {}
        self.private_messages = 0  # private chats and basic groups of one bot share their message ids
        self._albums = FIRST_ALBUM
        self._next_group = FIRST_GROUP
        self._next_supergroup = FIRST_SUPERGROUP

    @property
    def bot_id(self) -> int:
        return int(self.bot["id"])

    def free_person_id(self) -> int:
        number = FIRST_PERSON
        while number in self.people:
            number += 1
        return number

    def free_chat_id(self, kind: str) -> int:
        while True:
            if kind == "group":
                number, self._next_group = self._next_group, self._next_group - 1
            else:
                number, self._next_supergroup = self._next_supergroup, self._next_supergroup - 1
            if number not in self.chats:
                return number

    def add_person(self, person: Account) -> None:
        self.people[person.id] = person
        self.users[person.id] = person.user
        self.chats[person.id] = Chat(person.id, "private", person=person)
        if name := person.user.get("username"):
            self.by_username[str(name).lower()] = self.chats[person.id]

    def add_chat(self, chat: Chat) -> None:
        self.chats[chat.id] = chat
        if chat.username:
            self.by_username[chat.username.lower()] = chat

    def new_message_id(self, chat: Chat) -> int:
        if chat.type in ("private", "group"):
            self.private_messages += 1
            return self.private_messages
        number = chat.next_message
        chat.next_message += 1
        return number

    def new_album(self) -> str:
        """The media_group_id of an album."""
        number, self._albums = self._albums, self._albums + 1
        return str(number)

    def bot_member(self, chat: Chat) -> Member | None:
        return chat.members.get(self.bot_id)

    def bot_may(self, chat: Chat, right: str) -> bool:
        member = self.bot_member(chat)
        return member is not None and member.may(right)
