"""getChat, members, pins, leaving."""

from typing import TYPE_CHECKING

from bot.sandbox.gates import known_chat, message_of, writable_chat
from bot.sandbox.membership import set_status
from bot.sandbox.posting import service
from bot.sandbox.refusals import refuse
from bot.sandbox.table import method
from bot.sandbox.wire import CHAT, FLAG, INT, TEXT, Args
from bot.sandbox.world import PERMISSIONS, Chat, Json, Member

if TYPE_CHECKING:
    from bot.sandbox.box import Box


@method("getChat", chat_id=CHAT)
def get_chat(box: "Box", args: Args) -> Json:
    """ChatFullInfo."""
    chat = known_chat(box, args)
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


@method("getChatMember", chat_id=CHAT, user_id=INT)
def get_chat_member(box: "Box", args: Args) -> Json:
    number = args.get("user_id", 0)
    if number <= 0:
        raise refuse("user_id_invalid")
    chat = known_chat(box, args)
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


@method("getChatAdministrators", chat_id=CHAT)
def get_chat_administrators(box: "Box", args: Args) -> list[Json]:
    chat = known_chat(box, args)
    if chat.private:
        raise refuse("no_admins")
    return [
        member.picture()
        for member in chat.members.values()
        if member.status in ("creator", "administrator")
        and (not member.user["is_bot"] or member.user["id"] == box.world.bot_id)
    ]


@method("getChatMemberCount", chat_id=CHAT)
def get_chat_member_count(box: "Box", args: Args) -> int:
    chat = known_chat(box, args)
    return 2 if chat.private else sum(member.present for member in chat.members.values())


def _may_pin(box: "Box", chat: Chat) -> None:
    if not chat.private and not box.world.bot_may(chat, "can_pin_messages"):
        raise refuse("no_right_pin")


@method(
    "pinChatMessage", chat_id=CHAT, message_id=INT, disable_notification=FLAG, business_connection_id=TEXT
)
def pin_chat_message(box: "Box", args: Args) -> bool:
    chat = writable_chat(box, args)
    message = message_of(chat, args.get("message_id", 0), "pin_unknown")
    _may_pin(box, chat)
    if message.service:
        raise refuse("pin_unknown")
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    service(box, chat, box.world.bot, {"pinned_message": message.picture()}, thread=message.thread)
    _tell_pins(box, chat)
    return True


@method("unpinChatMessage", chat_id=CHAT, message_id=INT)
def unpin_chat_message(box: "Box", args: Args) -> bool:
    chat = writable_chat(box, args)
    _may_pin(box, chat)
    number = args.get("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise refuse("unpin_unknown")
    chat.pinned.remove(number)
    _tell_pins(box, chat)
    return True


@method("unpinAllChatMessages", chat_id=CHAT)
def unpin_all(box: "Box", args: Args) -> bool:
    chat = writable_chat(box, args)
    _may_pin(box, chat)
    chat.pinned.clear()
    _tell_pins(box, chat)
    return True


def _tell_pins(box: "Box", chat: Chat) -> None:
    box.events.tell("pins", {"chat": chat.id, "pinned": list(chat.pinned)})


@method("leaveChat", chat_id=CHAT)
def leave_chat(box: "Box", args: Args) -> bool:
    chat = known_chat(box, args)
    if chat.private:
        raise refuse("leave_private")
    set_status(box, chat, box.world.bot, box.world.bot, "left")
    return True


@method("setChatMemberTag", chat_id=CHAT, user_id=INT, tag=TEXT)
def set_chat_member_tag(box: "Box", args: Args) -> bool:
    """A short word beside a member's name (Bot API 9.5); nothing is known of its errors."""
    chat = known_chat(box, args)
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
