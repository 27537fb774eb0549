"""Parses /sim requests: fields of the JSON, people and chats by id, errors."""

from typing import Any

from sandbox.core.world import Account, Chat, Json, Message, World


class Wrong(Exception):
    """The request is impossible; becomes {"error": ...} with this status."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


def number(body: Json, name: str) -> int:
    """A required integer field."""
    value = body.get(name)
    try:
        return int(value)  # type: ignore[arg-type]  # None and the rest end in the same sentence
    except (TypeError, ValueError):
        raise Wrong(f"{name}: an integer is needed, got {value!r}") from None


def person_of(world: World, body: Json, name: str = "from") -> Account:
    """The person who acts."""
    who = number(body, name)
    person = world.people.get(who)
    if person is None:
        raise Wrong(f"no person {who}", 404)
    return person


def chat_of(world: World, body: Json, default: int | None = None, name: str = "chat") -> Chat:
    """The chat of the request; a migrated group leads to its supergroup."""
    wanted = default if body.get(name) is None and default is not None else number(body, name)
    chat = world.chats.get(wanted)
    if chat is None:
        raise Wrong(f"no chat {wanted}", 404)
    while chat.migrated_to is not None:
        chat = world.chats[chat.migrated_to]
    return chat


def message_of(chat: Chat, body: Json) -> Message:
    message = chat.messages.get(number(body, "message_id"))
    if message is None or message.deleted:
        raise Wrong(f"no message {body['message_id']} in chat {chat.id}", 404)
    return message


def must_be_in(chat: Chat, person: Account) -> None:
    """People see and change only chats that they are members of."""
    if chat.private:
        if chat.id != person.id:
            raise Wrong(f"{person.id} is not in the private chat {chat.id}", 403)
        return
    member = chat.members.get(person.id)
    if member is None or not member.present:
        raise Wrong(f"{person.id} is not a member of {chat.id}", 403)


def flag(body: Json, name: str) -> bool:
    return body.get(name) in (True, "true", 1)


def real(value: Any, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise Wrong(f"{name}: a number is needed, got {value!r}") from None
