"""Every action of the access table as it reaches a door: what is pressed, typed, written or queried, on which ticket
and where.

The ticket is that of tests/people/test_access.py: requested by Anna, the network team works on it, the helpdesk
answers for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, update

from bot.accounts import invites, proving
from bot.config.config import Config
from bot.knowledge import readings
from bot.knowledge.route import Decision
from bot.people import directory
from bot.people.directory import Person
from bot.selfservice import utterances
from bot.storage.schema import findings, lessons, people
from bot.telegram import chats, posts
from bot.telegram.incoming import Incoming
from bot.tickets import actions, planning, store, transcript
from bot.tickets.actions import Draft
from bot.tickets.ticket import Ticket
from tests.people.test_access import PEOPLE
from tests.units import work

NOW = 1_795_417_200  # Monday, 2026-11-23, 10:00 in Moscow
HELPDESK, NETWORK, ADMINS_TEAM, SUPERVISORS, ADMINS, UNBOUND = range(-1001, -1007, -1)
ROOMS = {"team:helpdesk": HELPDESK, "team:network": NETWORK, "team:admins": ADMINS_TEAM}
ROOMS |= {"supervisors": SUPERVISORS, "bot-admins": ADMINS}
TOPIC, CARD, WORD = 40, 41, 60  # messages of the network team's chat
ANNA, ASSIGNEE, AUTHOR = 1, 3, 11

Stage = Callable[[Connection, Config, Person], str]
"""Makes everything ready and returns what is pressed or typed by this person."""


@dataclass(frozen=True)
class Deed:
    """One way to do an `action`. It is done when another `mark` exists; `chat` is None in the doer's private chat.

    `own` is what each doer has of their own: their message, their search in the knowledge base.
    """

    action: str
    mark: str
    ready: Stage
    chat: int | None = None
    answers: int | None = None
    own: bool = False


@dataclass(frozen=True)
class Button(Deed):
    """A press."""


@dataclass(frozen=True)
class Words(Deed):
    """A message; in a group, in the ticket's topic."""


@dataclass(frozen=True)
class Typed(Words):
    """A command."""


@dataclass(frozen=True)
class Query(Deed):
    """An inline query."""


def move_in(tx: Connection) -> None:
    """All people and chats of the table."""
    for person in {one.id: one for one in reversed(PEOPLE.values())}.values():
        row = {"id": person.id, "staff_id": person.staff_id, "name": person.name, "username": f"p{person.id}"}
        more = {"telegram_id": person.telegram_id, "language": "ru", "roles": sorted(person.roles)}
        manager = PEOPLE["approver"].staff_id if person is PEOPLE["requester"] else ""
        tx.execute(insert(people).values(**row, **more, profile={}, department="IT", manager=manager))
    for key, place in ROOMS.items():
        chats.bind(work(tx, 0), key, place, is_forum=True)


def become(tx: Connection, person: Person, **values: Any) -> None:
    tx.execute(update(people).where(people.c.id == person.id).values(**values))


def asked(tx: Connection, house: Config, category: str = "network") -> Ticket:
    """A new ticket, not seen by the team."""
    draft = Draft(category=category, team="network", summary="Нет сети")
    ticket = actions.open_ticket(work(tx, NOW, house.desk), directory.get(tx, ANNA), draft)
    return store.change(tx, ticket, owner_team="helpdesk")


def opened(tx: Connection, house: Config) -> int:
    """A ticket with a topic, unclaimed."""
    ticket = asked(tx, house)
    posts.keep(work(tx, NOW), "team:network", posts.TOPIC, ticket.about, TOPIC)
    posts.keep(work(tx, NOW), "team:network", "team_card", ticket.about, CARD)
    return ticket.id


def taken(tx: Connection, house: Config) -> int:
    number = opened(tx, house)
    actions.claim(work(tx, NOW, house.desk), number, directory.get(tx, ASSIGNEE))
    return number


def own(tx: Connection, house: Config) -> int:
    """The same, of a team that answers for its own work."""
    number = taken(tx, house)
    store.change(tx, store.get(tx, number), owner_team="network")
    return number


def resolved(tx: Connection, house: Config) -> int:
    number = taken(tx, house)
    actions.resolve(work(tx, NOW, house.desk), number, directory.get(tx, ASSIGNEE), "порт")
    return number


def closed(tx: Connection, house: Config) -> int:
    number = resolved(tx, house)
    actions.confirm(work(tx, NOW), number, directory.get(tx, ANNA))
    return number


def proposed(tx: Connection, house: Config) -> int:
    number = taken(tx, house)
    planning.propose_day(work(tx, NOW, house.desk), number, directory.get(tx, ASSIGNEE), "+3")
    return number


def awaiting_consent(tx: Connection, house: Config) -> int:
    """A ticket that waits for approval by Anna's manager."""
    return asked(tx, house, "equipment").id


def said(tx: Connection, house: Config) -> tuple[int, int]:
    """A public message, and its ticket."""
    number = taken(tx, house)
    word = {"ticket": number, "toward": "employee", "author": AUTHOR, "role": "words", "kind": "text"}
    word |= {"from_chat": "team:network", "from_place": NETWORK, "from_message": WORD, "content": "x"}
    word |= {"to_chat": f"person:{ANNA}", "to_place": 501, "to_message": 90, "at": NOW, "state": "sent"}
    relay = transcript.begin(tx, word)
    assert relay is not None
    return number, relay


def on(make: Callable[[Connection, Config], int], text: str) -> Stage:
    """A press or command about the ticket that `make` makes."""
    return lambda tx, house, _person: text.format(ticket=make(tx, house))


def with_another(text: str) -> Stage:
    def ready(tx: Connection, house: Config, _person: Person) -> str:
        other = asked(tx, house).id
        taken(tx, house)
        return text.format(other=other)

    return ready


def at_once(text: str) -> Stage:
    return lambda _tx, _house, _person: text


def _own_words(tx: Connection, person: Person) -> int:
    place = person.telegram_id or 0
    message = Incoming(70, "Не работает VPN", "text", None, None, None, NOW, place=place)
    return utterances.keep(tx, person, message, Decision("none", []))


def _finding(press: str) -> Stage:
    def ready(tx: Connection, _house: Config, _person: Person) -> str:
        row = {"kind": "words", "about": "aa", "count": 5, "usual": "0.0", "hours": "0.0", "cost": 0}
        row |= {"tickets": "[]", "state": "offered", "found_at": NOW}
        number = tx.execute(insert(findings).values(row)).inserted_primary_key
        assert number is not None
        return press.format(finding=number[0])

    return ready


def _lesson(tx: Connection, _house: Config, person: Person) -> str:
    row = {"utterance": _own_words(tx, person), "person": ANNA, "text": "впн", "state": "told", "at": NOW}
    number = tx.execute(insert(lessons).values(row)).inserted_primary_key
    assert number is not None
    return f"l|decline|{number[0]}"


def _account(tx: Connection, _house: Config, _person: Person) -> str:
    """An account that its user name has let in, and which has a role to be confirmed."""
    row = {"id": 90, "staff_id": "E90", "name": "Олег Серов", "username": "serov", "language": "ru"}
    tx.execute(insert(people).values(**row, roles=["engineer:network"], profile={}, proof="name"))
    proving.meet(work(tx, NOW), 9001, "serov")
    return "a|yes|90|9001"


def _invited(tx: Connection, _house: Config, _person: Person) -> str:
    row = {"id": 90, "staff_id": "E90", "name": "Олег Серов", "language": "ru"}
    tx.execute(insert(people).values(**row, roles=[], profile={}, proof="name"))
    return "/invite E90"


def _leaver(tx: Connection, house: Config, person: Person) -> str:
    _invited(tx, house, person)
    return "/erase E90"


def _invited_before(tx: Connection, house: Config, person: Person) -> str:
    _invited(tx, house, person)
    invites.make(work(tx, NOW), 90, "operator", "t" * 32)
    return "/audit"


def _reading_of(article: str) -> Stage:
    def ready(tx: Connection, house: Config, person: Person) -> str:
        found = house.library.get(article)
        assert found is not None
        return f"k|read|{readings.search(work(tx, NOW), person.id, person.key)}|{found.number}"

    return ready


def _recall(tx: Connection, house: Config, _person: Person) -> str:
    ticket, relay = said(tx, house)
    return f"t|recall|{ticket}|{relay}"


def _recall_by_word(tx: Connection, house: Config, _person: Person) -> str:
    said(tx, house)
    return "/recall"


DEEDS = (
    Button("open", "history:open", lambda tx, _house, person: f"m|human|{_own_words(tx, person)}", own=True),
    Typed("open_for", "history:open", at_once("/ticket @p1 Звонила: принтер молчит")),
    Button(
        "write",
        "call:copyMessage",
        lambda tx, house, person: f"m|to|{_own_words(tx, person)}|{taken(tx, house)}",
        own=True,
    ),
    Button("confirm", "history:confirm", on(resolved, "t|confirm|{ticket}")),
    Button("confirm", "history:schedule", on(proposed, "t|agree|{ticket}")),
    Button("confirm", "history:disagree", on(proposed, "t|disagree|{ticket}")),
    Button("reject", "history:reject", on(resolved, "t|reject|{ticket}")),
    Button("reopen", "history:reopen", on(closed, "t|again|{ticket}")),
    Button("cancel", "line:cancel.ask", on(taken, "t|cancel|{ticket}")),
    Button("cancel", "history:cancel", on(taken, "t|cancelyes|{ticket}")),
    Button("rate", "history:rate", on(closed, "t|rate|{ticket}|5")),
    Button("recall", "history:recall", _recall, NETWORK),
    Typed("recall", "history:recall", _recall_by_word, NETWORK, WORD),
    Button("approve", "history:approve", on(awaiting_consent, "t|approve|{ticket}")),
    Button("approve", "line:prompt.deny", on(awaiting_consent, "t|deny|{ticket}")),
    Button("approve", "line:prompt.inquire", on(awaiting_consent, "t|inquire|{ticket}")),
    Button("claim", "history:claim", on(opened, "t|claim|{ticket}"), NETWORK),
    Words("note", "history:note", on(taken, "Иду туда"), NETWORK),
    Typed("note", "card:why", on(taken, "/why"), NETWORK),
    Button("note", "stands:menu more_menu", on(taken, "t|more|{ticket}"), NETWORK),
    Words("reply", "history:reply", on(taken, "Уже смотрю"), NETWORK, CARD),
    Typed("reply", "history:reply", on(taken, "/r look"), NETWORK),
    Button("reply", "history:reply", on(taken, "t|replynow|{ticket}|look"), NETWORK),
    Button("reply", "stands:menu reply_look look", on(taken, "t|reply|{ticket}|look"), NETWORK),
    Button("reply", "stands:menu canned_menu", on(taken, "t|canned|{ticket}|0"), NETWORK),
    Typed("reply", "history:reply", on(taken, "/article vpn-connect"), NETWORK),
    Button("ask", "stands:ask ", on(taken, "t|ask|{ticket}"), NETWORK),
    Button("resolve", "history:resolve", on(taken, "t|resolve|{ticket}"), NETWORK),
    Button("resolve", "history:cause", on(resolved, "t|reason|{ticket}|broken"), NETWORK),
    Button("resolve", "card:afterword", on(resolved, "t|cause|{ticket}|0"), NETWORK),
    Typed("resolve", "history:resolve", on(taken, "/done порт"), NETWORK),
    Typed("schedule", "history:propose", on(taken, "/snooze +3"), NETWORK),
    Typed("transfer", "history:transfer", on(taken, "/to admins это у них"), NETWORK),
    Button("transfer", "stands:menu transfer_menu", on(taken, "t|give|{ticket}"), NETWORK),
    Button("transfer", "stands:transfer admins", on(taken, "t|team|{ticket}|admins"), NETWORK),
    Button("transfer", "stands:menu transfer_menu", on(taken, "t|to|{ticket}|1"), NETWORK),
    Typed("return", "history:return", on(taken, "/back не наше"), NETWORK),
    Typed("release", "history:release", on(own, "/back ухожу"), NETWORK),
    Typed("prioritize", "history:prioritize", on(taken, "/prio P1 стоит касса"), NETWORK),
    Button("prioritize", "stands:prioritize P1", on(taken, "t|priority|{ticket}|P1"), NETWORK),
    Button("prioritize", "stands:menu priority_menu", on(taken, "t|prio|{ticket}|0"), NETWORK),
    Typed("link", "history:link", with_another("/link {other}"), NETWORK),
    Typed("merge", "history:merge", with_another("/merge {other}"), NETWORK),
    Button("take_control", "history:take_control", on(taken, "t|take|{ticket}"), SUPERVISORS),
    Button("hush", "line:prompt.hush", on(taken, "t|hush|{ticket}|60"), SUPERVISORS),
    Button("assign", "card:assign_menu", on(taken, "t|reassign|{ticket}"), SUPERVISORS),
    Typed("assign", "history:assign", on(taken, "/assign @p4"), NETWORK),
    Button("call", "history:call", on(taken, "t|call|{ticket}"), SUPERVISORS),
    Typed("bind_chat", "line:bind.done", at_once("/bind network"), UNBOUND),
    Typed("bind_chat", "line:doctor.said", at_once("/doctor")),
    Typed("outage", "line:outage.none", at_once("/outages")),
    Typed("outage", "line:outage.ask.words", at_once("/outage printing")),
    Typed("outage", "line:problem.none_open", at_once("/problems")),
    Typed("outage", "card:problem", at_once("/problem Зависает очередь печати")),
    Typed("outage", "line:problem.none", at_once("/proved 7 четыре недели тихо")),
    Typed("outage", "line:problem.none", at_once("/known 7 printer 14 Очередь висит. Обход: PRN-2")),
    Button("outage", "card:problem", _finding("f|problem|{finding}"), SUPERVISORS),
    Button("outage", "card:finding_draft", _finding("f|draft|{finding}"), SUPERVISORS),
    Button("outage", "card:finding", _finding("f|reject|{finding}|small"), SUPERVISORS),
    Typed("reload", "line:versions.list", at_once("/versions")),
    Typed("reload", "line:rollback.none", at_once("/rollback")),
    Button("people", "line:account.confirmed", _account, ADMINS),
    Typed("people", "line:invite.made", _invited),
    Typed("people", "line:audit.list", _invited_before),
    Typed("people", "card:erase", _leaver),
    Button("teach", "card:lesson", _lesson, ADMINS, own=True),
    Typed("migrate", "line:migrate.begun", at_once("/migrate")),
    Typed("quality", "card:quality", at_once("/quality")),
    Typed("quality", "card:report_wait", at_once("/report")),
    Typed("quality", "line:plan.little", at_once("/plan")),
    Typed("quality", "line:advice.unknown", at_once("/advice take topic/nothing")),
    Typed("void", "line:void.nothing", on(taken, "/void {ticket} не наша вина")),
    Typed("figures", "line:figures.unknown", at_once("/figures dragon")),
    Typed("queue", "card:board", on(taken, "/board"), NETWORK),
    Typed("queue", "card:queue", on(taken, "/queue@firstline_bot"), NETWORK),
    Typed("find", "line:find.none", at_once("/find дракон")),
    Typed("find", "card:draft", on(closed, "/draft {ticket}")),
    Typed("leave", "line:shift.ended", at_once("/off")),
    Typed("leave", "line:shift.begun", at_once("/on")),
    Button("read", "card:article", _reading_of("vpn-connect"), own=True),
    Typed("read", "card:shelf", at_once("/kb vpn")),
    Button("profile", "card:profile", at_once("p|profile")),
    Query("inline", "inline", at_once("vpn")),
    Button("instruct", "card:article", _reading_of("eng-access"), own=True),
)
