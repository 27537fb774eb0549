"""Members of chats and their rights: changes, their updates and service messages."""

from sandbox.core.box import Box
from sandbox.core.world import PRESENT, RIGHTS, Chat, Json, Member
from sandbox.rules.posting import public, service

BOT_RIGHTS = {right: right not in ("is_anonymous", "can_promote_members") for right in RIGHTS}


def set_status(
    box: Box,
    chat: Chat,
    actor: Json,
    user: Json,
    status: str,
    rights: Json | None = None,
    quiet: bool = False,
) -> Member:
    """Change a user's status in a chat; `quiet` omits the joined/left service message."""
    number = int(user["id"])
    old = chat.members.get(number) or Member(public(user), "left")
    new = Member(public(user), status, dict(rights or {}), old.title, old.tag)
    chat.members[number] = new
    is_bot = number == box.world.bot_id
    _tell(box, chat, actor, old, new, is_bot)
    came, went = new.present and not old.present, old.present and not new.present
    if (came or went) and not quiet:
        what: Json = {"new_chat_members": [public(user)]} if came else {"left_chat_member": public(user)}
        service(box, chat, actor, what)
    box.events.tell("chat", {"chat": chat.id})
    return new


def _tell(box: Box, chat: Chat, actor: Json, old: Member, new: Member, is_bot: bool) -> None:
    """my_chat_member always; chat_member of others only to a bot that is an administrator there."""
    if old.picture() == new.picture():
        return
    if not is_bot:
        member = box.world.bot_member(chat)
        if member is None or member.status not in ("administrator", "creator"):
            return
    update: Json = {
        "chat": chat.picture(),
        "from": public(actor),
        "date": box.clock.date(),
        "old_chat_member": old.picture(),
        "new_chat_member": new.picture(),
    }
    box.updates.add("my_chat_member" if is_bot else "chat_member", update, f"chat{chat.id}", chat.id)


def private_status(box: Box, chat: Chat, status: str) -> None:
    """A person stops the bot (`kicked`) or starts it again (`member`)."""
    assert chat.person is not None
    bot = public(box.world.bot)
    before = "member" if status == "kicked" else "kicked"
    update: Json = {
        "chat": chat.picture(),
        "from": public(chat.person.user),
        "date": box.clock.date(),
        "old_chat_member": Member(bot, before).picture(),
        "new_chat_member": Member(bot, status).picture(),
    }
    box.updates.add("my_chat_member", update, f"chat{chat.id}", chat.id)


def valid_status(status: str) -> bool:
    return status in (*PRESENT, "left", "kicked")
