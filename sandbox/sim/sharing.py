"""/sim/share: a person presses a button that asks for a chat, and chooses one for it."""

from sandbox.core.box import Box
from sandbox.core.world import Chat, Json, Member
from sandbox.rules import membership
from sandbox.rules.posting import service
from sandbox.sim.asked import Wrong, chat_of, person_of


def share(box: Box, body: Json) -> Json:
    """Press `button` of the bot's keyboard in private and choose `chat` for it. Telegram offers only chats that have what the
    button asks for, adds the bot there with the rights it asks for, and tells the bot by `chat_shared`."""
    person = person_of(box.world, body)
    wanted = _asked(box.world.chats[person.id], str(body.get("button", "")))
    chosen = chat_of(box.world, body)
    member = chosen.members.get(person.id)
    if member is None or not member.present:
        raise Wrong(f"{person.id} is not in {chosen.id}", 403)
    _must_fit(chosen, member, wanted)
    rights = wanted.get("bot_administrator_rights")
    if rights and not _has(box.world.bot_member(chosen), rights):
        given = {name: bool(value) for name, value in rights.items()}
        membership.set_status(box, chosen, person.user, box.world.bot, "administrator", given)
    shared: Json = {"request_id": wanted["request_id"], "chat_id": chosen.id}
    if wanted.get("request_title"):
        shared["title"] = chosen.title
    return service(box, box.world.chats[person.id], person.user, {"chat_shared": shared}).transcript()


def _asked(private: Chat, words: str) -> Json:
    """The request_chat of the button with these words in the keyboard that the person has below the chat."""
    for row in (private.reply_keyboard or {}).get("keyboard", ()):
        for button in row:
            if button.get("text") == words and "request_chat" in button:
                found: Json = button["request_chat"]
                return found
    raise Wrong(f"no button {words!r} that asks for a chat", 404)


def _must_fit(chosen: Chat, member: Member, wanted: Json) -> None:
    if bool(wanted["chat_is_channel"]) != (chosen.type == "channel"):
        raise Wrong("the button asks for another kind of chat")
    if "chat_is_forum" in wanted and bool(wanted["chat_is_forum"]) != chosen.is_forum:
        raise Wrong(
            "the button asks for a group with topics" if wanted["chat_is_forum"] else "without topics"
        )
    needed = wanted.get("user_administrator_rights") or {}
    lacking = [name for name, value in needed.items() if value and not member.may(name)]
    if lacking:
        raise Wrong(f"the button asks for a chat in which the person has {', '.join(lacking)}", 403)


def _has(member: Member | None, rights: Json) -> bool:
    return member is not None and all(member.may(name) for name, value in rights.items() if value)
