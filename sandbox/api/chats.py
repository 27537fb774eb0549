"""getChat, members, pins, leaving."""

from sandbox.api.table import Methods
from sandbox.core.box import Box
from sandbox.core.events import Events
from sandbox.core.refusals import refuse
from sandbox.core.wire import CHAT, FLAG, INT, TEXT, Args
from sandbox.core.world import PERMISSIONS, Chat, Json, Member, World
from sandbox.rules.gates import known_chat, message_of, writable_chat
from sandbox.rules.membership import set_status
from sandbox.rules.posting import service

METHODS = Methods()


@METHODS.add("getChat", chat_id=CHAT)
def get_chat(box: Box, args: Args) -> Json:
    """ChatFullInfo."""
    chat = known_chat(box.world, args)
    full: Json = {
        **chat.picture(),
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if not chat.private:
        full["permissions"] = dict.fromkeys(PERMISSIONS, True)
    if chat.username:
        full["active_usernames"] = [chat.username]
    if chat.pinned:
        full["pinned_message"] = chat.messages[chat.pinned[-1]].body
    return full


@METHODS.add("getChatMember", chat_id=CHAT, user_id=INT)
def get_chat_member(box: Box, args: Args) -> Json:
    number = args.get("user_id", 0)
    if number <= 0:
        raise refuse("user_id_invalid")
    chat = known_chat(box.world, args)
    if chat.private and number in (chat.id, box.world.bot_id):
        user = chat.person.user if number == chat.id and chat.person else box.world.bot
        return {"status": "member", "user": user}
    member = chat.members.get(number)
    if member is not None:
        return member.picture()
    person = box.world.people.get(number)
    if person is None:
        raise refuse("not_member_user")
    return Member(person.user, "left").picture()


@METHODS.add("getChatAdministrators", chat_id=CHAT)
def get_chat_administrators(box: Box, args: Args) -> list[Json]:
    chat = known_chat(box.world, args)
    if chat.private:
        raise refuse("no_admins")
    return [
        member.picture()
        for member in chat.members.values()
        if member.status in ("creator", "administrator")
        and (not member.user["is_bot"] or member.user["id"] == box.world.bot_id)
    ]


@METHODS.add("getChatMemberCount", chat_id=CHAT)
def get_chat_member_count(box: Box, args: Args) -> int:
    chat = known_chat(box.world, args)
    return 2 if chat.private else sum(member.present for member in chat.members.values())


def _may_pin(world: World, chat: Chat) -> None:
    if not chat.private and not world.bot_may(chat, "can_pin_messages"):
        raise refuse("no_right_pin")


@METHODS.add(
    "pinChatMessage", chat_id=CHAT, message_id=INT, disable_notification=FLAG, business_connection_id=TEXT
)
def pin_chat_message(box: Box, args: Args) -> bool:
    chat = writable_chat(box.world, args)
    message = message_of(chat, args.get("message_id", 0), "pin_unknown")
    _may_pin(box.world, chat)
    if message.service:
        raise refuse("pin_unknown")
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    service(box, chat, box.world.bot, {"pinned_message": message.picture()}, thread=message.thread)
    _tell_pins(box.events, chat)
    return True


@METHODS.add("unpinChatMessage", chat_id=CHAT, message_id=INT)
def unpin_chat_message(box: Box, args: Args) -> bool:
    chat = writable_chat(box.world, args)
    _may_pin(box.world, chat)
    number = args.get("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise refuse("unpin_unknown")
    chat.pinned.remove(number)
    _tell_pins(box.events, chat)
    return True


@METHODS.add("unpinAllChatMessages", chat_id=CHAT)
def unpin_all(box: Box, args: Args) -> bool:
    chat = writable_chat(box.world, args)
    _may_pin(box.world, chat)
    chat.pinned.clear()
    _tell_pins(box.events, chat)
    return True


def _tell_pins(events: Events, chat: Chat) -> None:
    events.tell("pins", {"chat": chat.id, "pinned": list(chat.pinned)})


@METHODS.add("leaveChat", chat_id=CHAT)
def leave_chat(box: Box, args: Args) -> bool:
    chat = known_chat(box.world, args)
    if chat.private:
        raise refuse("leave_private")
    set_status(box, chat, box.world.bot, box.world.bot, "left")
    return True


@METHODS.add("setChatMemberTag", chat_id=CHAT, user_id=INT, tag=TEXT)
def set_chat_member_tag(box: Box, args: Args) -> bool:
    """A short tag beside a member's name (Bot API 9.5); its errors are unknown."""
    chat = known_chat(box.world, args)
    if chat.type != "supergroup" or not box.world.bot_may(chat, "can_manage_tags"):
        raise refuse("no_right_tags")
    member = chat.members.get(args.get("user_id", 0))
    if member is None or not member.present:
        raise refuse("not_member_user")
    tag = args.get("tag", "").strip()
    if len(tag) > 16:
        raise refuse("tag_long")
    member.tag = tag or None
    box.events.tell("member", {"chat": chat.id, "member": member.picture()})
    return True
