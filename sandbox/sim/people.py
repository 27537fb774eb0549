"""/sim/people, /sim/chats and what people do to chats and bots."""

from sandbox.core.box import Box
from sandbox.core.world import GENERAL, RIGHTS, Account, Chat, Json, Member, Topic, World
from sandbox.rules import membership, topics
from sandbox.rules.posting import public, service
from sandbox.rules.topics import COLOURS
from sandbox.sim.asked import Wrong, chat_of, flag, number, person_of

USER_FIELDS = ("first_name", "last_name", "username", "language_code", "is_premium")
OWN_FIELDS = ("id", "about", "started", "blocked", "deactivated", *USER_FIELDS)


def add_person(box: Box, body: Json) -> Json:
    """A new person, or changes to one whose id is known. Returns the User."""
    number_ = int(body.get("id") or box.world.free_person_id())
    if number_ <= 0 or number_ == box.world.bot_id:
        raise Wrong(f"{number_} cannot be a person's id")
    person = box.world.people.get(number_)
    if person is None:
        if not body.get("first_name"):
            raise Wrong("first_name: a person has a name")
        person = Account({"id": number_, "is_bot": False})
    for name in USER_FIELDS:
        if body.get(name):
            person.user[name] = body[name]
    person.about = str(body.get("about") or person.about)
    person.extra |= {name: value for name, value in body.items() if name not in OWN_FIELDS}
    for state in ("started", "deactivated"):
        if state in body:
            setattr(person, state, flag(body, state))
    if person.id not in box.world.people:
        box.world.add_person(person)
    box.events.tell("person", {"id": person.id})
    return person.user


def add_chat(box: Box, body: Json) -> Json:
    """A group, supergroup or channel with the bot in it, by default as an administrator. Returns the Chat."""
    kind = body.get("type", "supergroup")
    if kind not in ("group", "supergroup", "channel"):
        raise Wrong(f"type: group, supergroup or channel, not {kind!r}")
    if flag(body, "is_forum") and kind != "supergroup":
        raise Wrong("only a supergroup can be a forum")
    chat_id = int(body.get("id") or box.world.free_chat_id(kind))
    if chat_id >= 0 or chat_id in box.world.chats:
        raise Wrong(f"{chat_id} cannot be a new group's id")
    chat = Chat(
        chat_id,
        kind,
        str(body.get("title") or "Group"),
        body.get("username"),
        flag(body, "is_forum"),
        str(body.get("about") or ""),
    )
    if chat.is_forum:
        chat.topics[GENERAL] = Topic(GENERAL, "General", COLOURS[0])
    _fill(box.world, chat, body)
    box.world.add_chat(chat)
    box.events.tell("chat", {"chat": chat.id})
    _bot_joins(box, chat, body)
    for name in body.get("topics") or []:
        topics.create(box, chat, box.world.bot, topics.check_name(str(name)), COLOURS[0], None)
    return chat.picture()


def _fill(world: World, chat: Chat, body: Json) -> None:
    admins = [int(one) for one in body.get("admins") or []]
    for who in dict.fromkeys([*admins, *(int(one) for one in body.get("members") or [])]):
        if who == world.bot_id:
            continue
        person = world.people.get(who)
        if person is None:
            raise Wrong(f"no person {who}", 404)
        status = ("creator" if who == admins[0] else "administrator") if who in admins else "member"
        rights = dict.fromkeys(RIGHTS, True) | {"is_anonymous": False} if who in admins else {}
        chat.members[who] = Member(person.user, status, rights)


def _bot_joins(box: Box, chat: Chat, body: Json) -> None:
    """The bot gets my_chat_member for its new chat, as on the real server."""
    status = body.get("bot", "administrator")
    if not membership.valid_status(status):
        raise Wrong(f"bot: a member status, not {status!r}")
    actor = next(
        (member.user for member in chat.members.values() if member.status == "creator"), box.world.bot
    )
    rights = dict(membership.BOT_RIGHTS) if status == "administrator" else {}
    membership.set_status(box, chat, actor, box.world.bot, status, rights, quiet=True)


def _whom(world: World, body: Json) -> Json:
    """A person's or, without `person`, the bot's account."""
    for name in ("person", "from"):
        if body.get(name) is not None:
            return person_of(world, body, name).user
    return world.bot


def _actor(world: World, chat: Chat, body: Json) -> Json:
    if body.get("by") is not None:
        return person_of(world, body, "by").user
    return next((member.user for member in chat.members.values() if member.status == "creator"), world.bot)


def kick(box: Box, body: Json) -> Json:
    """Remove a person, or without `person` the bot, from a chat."""
    chat = chat_of(box.world, body)
    who = _whom(box.world, {"person": body.get("person")})
    return membership.set_status(box, chat, _actor(box.world, chat, body), who, "kicked").picture()


def leave(box: Box, body: Json) -> Json:
    chat, who = chat_of(box.world, body), _whom(box.world, body)
    return membership.set_status(box, chat, who, who, "left").picture()


def join(box: Box, body: Json) -> Json:
    """A person joins; without `from` the bot is added again, with `status` as given."""
    chat, who = chat_of(box.world, body), _whom(box.world, body)
    is_bot = who is box.world.bot
    status = str(body.get("status") or ("administrator" if is_bot else "member"))
    rights = dict(membership.BOT_RIGHTS) if status == "administrator" else {}
    return membership.set_status(box, chat, who, who, status, rights).picture()


def rights(box: Box, body: Json) -> Json:
    """Change status or single rights of a person or the bot in a chat."""
    chat, who = chat_of(box.world, body), _whom(box.world, body)
    member = chat.members.get(int(who["id"])) or Member(public(who), "left")
    status = str(body.get("status") or member.status)
    given = body.get("rights") or {}
    if not membership.valid_status(status) or not isinstance(given, dict):
        raise Wrong("status and rights: a member status and an object of rights")
    merged = {**member.rights, **given}
    return membership.set_status(box, chat, _actor(box.world, chat, body), who, status, merged).picture()


def set_bot(box: Box, body: Json) -> Json:
    """Change what getMe says: name, username, privacy, inline mode."""
    for name, value in body.items():
        if name in ("id", "is_bot") or name not in box.world.bot:
            raise Wrong(f"{name}: not a changeable field of the bot")
        box.world.bot[name] = value
    return box.world.bot


def block(box: Box, body: Json) -> Json:
    person = person_of(box.world, body)
    if not person.blocked:
        person.blocked = True
        membership.private_status(box, box.world.chats[person.id], "kicked")
    return {"blocked": True}


def unblock(box: Box, body: Json) -> Json:
    person = person_of(box.world, body)
    if person.blocked:
        person.blocked = False
        membership.private_status(box, box.world.chats[person.id], "member")
    return {"blocked": False}


def migrate(box: Box, body: Json) -> Json:
    """A basic group becomes a supergroup with another id. Returns the new Chat."""
    old = box.world.chats.get(number(body, "chat"))
    if old is None or old.type != "group" or old.migrated_to is not None:
        raise Wrong("only a basic group can become a supergroup", 404 if old is None else 400)
    new = Chat(
        box.world.free_chat_id("supergroup"),
        "supergroup",
        old.title,
        about=old.about,
        members=dict(old.members),
    )
    box.world.add_chat(new)
    actor = _actor(box.world, old, body)
    service(box, old, actor, {"migrate_to_chat_id": new.id})
    old.migrated_to = new.id
    service(box, new, actor, {"migrate_from_chat_id": old.id})
    box.events.tell("reload", {})
    return new.picture()


def forum(box: Box, body: Json) -> Json:
    """Switch topics on or off in a supergroup; there is no update. Returns the Chat."""
    chat = chat_of(box.world, body)
    if chat.type != "supergroup":
        raise Wrong("only a supergroup can be a forum")
    chat.is_forum = flag(body, "is_forum")
    if chat.is_forum:
        chat.topics.setdefault(GENERAL, Topic(GENERAL, "General", COLOURS[0]))
    box.events.tell("chat", {"chat": chat.id})
    return chat.picture()


def topic(box: Box, body: Json) -> Json:
    """Create, rename, close, reopen or delete a topic as a person. Returns the topic."""
    chat = chat_of(box.world, body)
    if not chat.is_forum:
        raise Wrong(f"{chat.id} is not a forum")
    actor = person_of(box.world, body).user if body.get("from") is not None else _actor(box.world, chat, body)
    action = str(
        body.get("action") or next((name for name in ("close", "reopen", "delete") if body.get(name)), "")
    )
    if action == "create":
        return topics.shown(
            topics.create(box, chat, actor, topics.check_name(str(body.get("name"))), COLOURS[0], None)
        )
    asked = body.get("thread") or body.get(action)
    asked = GENERAL if asked in (None, True) else asked
    found = chat.topics.get(int(asked))
    if found is None or found.deleted:
        raise Wrong(f"no topic {asked} in {chat.id}", 404)
    if action == "rename":
        topics.rename(box, chat, found, actor, topics.check_name(str(body.get("name"))), None)
    elif action == "close":
        topics.close(box, chat, found, actor)
    elif action == "reopen":
        topics.reopen(box, chat, found, actor)
    elif action == "delete" and found.id != GENERAL:
        topics.delete(box, chat, found)
    else:
        raise Wrong(f"action: create, rename, close, reopen or delete, not {action!r}")
    return topics.shown(found)
