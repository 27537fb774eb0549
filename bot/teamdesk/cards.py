"""What people see of a ticket: the employee's live card, the team's card, the topic's name. Drawn when their turn comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from markupsafe import Markup
from sqlalchemy import Connection

from bot.config.config import Config, Work
from bot.keys import QueueRef, TeamChat, TicketRef
from bot.people import directory
from bot.people.directory import Person
from bot.problems import causes, children, extents
from bot.selfservice import profile
from bot.sla.policy import Words
from bot.teamdesk import topic_links
from bot.teamdesk.topic import keyboard, on_card, talk
from bot.telegram import chats, posts
from bot.telegram.buttons import (
    AddComment,
    CancelTicket,
    Confirm,
    ConfirmProfile,
    HowToWrite,
    OpenProfile,
    RateTicket,
    Reject,
    ReopenTicket,
)
from bot.telegram.card import Drawing
from bot.telegram.keyboard import Keyboard, button
from bot.texts import speak
from bot.texts.speak import Voice, brief
from bot.tickets import consent, readers, resolution, search, store
from bot.tickets.actions import team_chat
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.clocks.time_by_team import named, shares
from bot.tickets.ticket import ENDED, IN_WORK, OPEN, UNCLAIMED, State, Ticket

NEAR = 3600  # seconds before a promise from which the card warns of it
QUEUE = 30  # lines that fit one message with room to spare


@dataclass(frozen=True, slots=True)
class Due:
    """A promise in words ("today by 15:00"), when that is (UTC seconds), and whether it is broken already: then since
    `when` ("today at 15:00"), and by how much business time, both in words."""

    words: str
    at: int
    late: bool
    when: str = ""
    over: str = ""


@dataclass(frozen=True, slots=True)
class Dues:
    """The promises of a ticket that still run. `left` = business time that a paused resolution clock has left,
    `begins` = when the first business second came or comes, for a ticket that came outside working hours; both in words.
    `unknown`: the deadline lies past the end of the calendar. `own`: what the team promised to the accountable one."""

    claim: Due | None = None
    response: Due | None = None
    workaround: Due | None = None
    resolution: Due | None = None
    left: str | None = None
    begins: str | None = None
    unknown: bool = False
    own: Due | None = None

    @property
    def pressing(self) -> Due | None:
        """The nearest one, the team's own promise included."""
        return min(
            (*self.named.values(), *([self.own] if self.own else [])), key=lambda due: due.at, default=None
        )

    @property
    def named(self) -> Mapping[str, Due]:
        """Those that are there, by the kind of their clock, in the order in which they come due."""
        all_of_it = {
            "claim": self.claim,
            "response": self.response,
            "workaround": self.workaround,
            "resolution": self.resolution,
        }
        return {kind: due for kind, due in all_of_it.items() if due is not None}

    @property
    def is_late(self) -> bool:
        """Whether one of them is broken."""
        return any(due.late for due in self.named.values())

    def sign(self, now: int) -> str:
        """Whether one of them is broken, or will be within the hour."""
        if self.is_late:
            return "⌛"
        return "⏰" if any(due.at - now <= NEAR for due in self.named.values()) else "⏱"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an employee has to know besides the promises themselves, in words.

    Once late: `instead`, the new promise, and whether the `leaders` were notified. While not: `left` when little time is,
    `theirs` when the team that works on it promises less than we did.
    """

    instead: str | None = None
    leaders: bool = False
    left: str | None = None
    theirs: str | None = None


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the employee is to be found, in words; and whether we have to ask for it, or ask again."""

    words: str
    unknown: bool
    old: bool

    def buttons(self, voice: Voice) -> Keyboard:
        if self.old:
            right = button(voice.say("button.profile_right"), ConfirmProfile())
            return [[right, button(voice.say("button.profile_change"), OpenProfile())]]
        return [[button(voice.say("button.profile_tell"), OpenProfile())]] if self.unknown else []


def _why(ticket: Ticket, voice: Voice) -> Markup | None:
    """Why the promise is not the first one any more."""
    if not ticket.why:
        return None
    key, facts = ticket.why
    return voice.html(
        key, **{name: brief(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
    )


def _whereabouts(config: Config, person: Person, voice: Voice, now: int) -> Whereabouts:
    program = config.program
    unknown = bool(profile.shown(program)) and not profile.told(program, person)
    old = profile.is_old(program, person, now)
    return Whereabouts(profile.place(program, person, voice), unknown, old)


def ticket_card(work: Work, about: str, chat: str) -> Drawing | None:
    """The employee's one live card: number, state, who works on it, by when, and where they are to be found."""
    desk, ticket, voice = (
        work.config.desk,
        _ticket(work.tx, about),
        speak.voice(chats.language(work.tx, chat)),
    )
    if ticket.state in ENDED and posts.find(work.tx, chat, "ticket_card", about) is None:
        return None
    if children.is_parent(work.tx, ticket.id):
        return None  # who declared the outage has its own card
    requester, main = directory.get(work.tx, ticket.requester), _main(work.tx, ticket)
    zone, named_zone = readers.zone_of(work, chat), readers.named(work, voice, chat)
    here = _whereabouts(work.config, requester, voice, work.now) if ticket.state in IN_WORK else None
    if here is not None and here.unknown and store.scenario_ended(work.tx, ticket) == "ticket":
        here = replace(here, unknown=False)  # the scenario has asked all that it wanted to know
    outage = children.ended_with(work.tx, ticket)
    text = voice.card(
        "ticket",
        ticket=ticket,
        here=here,
        author=directory.get(work.tx, ticket.author).name if ticket.author else None,
        main=main,
        solver=directory.get(work.tx, main.assignee).name if main and main.assignee else "",
        consent=consent.standing(work.tx, ticket.id) if ticket.state is State.APPROVAL else None,
        asked_at=consent.since(work.tx, ticket.id) if ticket.state is State.APPROVAL else None,
        place=store.place_in_queue(work.tx, ticket) if ticket.state in UNCLAIMED else None,
        why=_why(ticket, voice),
        category=desk.category(ticket.category).title[voice.language],
        team=desk.team(ticket.team).title[voice.language],
        who=_name(work.tx, ticket) or desk.team(ticket.team).title[voice.language],
        ended_with=outage,
        due=dues_of(work, main or ticket, voice, zone),
        outlook=_outlook(work, ticket, voice, zone),
        zone=named_zone,
        at=lambda instant: voice.when(instant, zone, work.now),
    )
    asked = [] if here is None else here.buttons(voice)
    # The news of an outage's end ask whether it works; its tickets ask only before they close.
    is_asked = outage is not None and ticket.state is State.RESOLVED and ticket.wake_at is None
    own = [] if is_asked else _employee_buttons(ticket, voice)
    return Drawing(text, [*own, *asked], names_zone=named_zone is not None)


def team_card(work: Work, about: str, chat: str) -> Drawing | None:
    """The team's card: what is wrong, whose it is, what was tried, by when - and the next move as a button."""
    desk, ticket, voice = (
        work.config.desk,
        _ticket(work.tx, about),
        speak.voice(chats.language(work.tx, chat)),
    )
    if ticket.state in ENDED and posts.find(work.tx, chat, "team_card", about) is None:
        return None  # it ended and its topic is gone: no one wants a new one
    requester, dues = directory.get(work.tx, ticket.requester), dues_of(work, ticket, voice)
    watcher = directory.get(work.tx, ticket.watcher).name if ticket.watcher else None
    spoken = talk.of(work, ticket, chat, voice)
    text = voice.card(
        "team_ticket",
        ticket=ticket,
        here=chat == team_chat(work.tx, ticket),
        ours=chat == TeamChat(ticket.accountable),
        hosted=keyboard.is_hosted(work.tx, ticket),
        team=desk.team(ticket.team).title[voice.language],
        owner=_owner(work, ticket, voice) if ticket.is_away else None,
        cause=Words(desk.file.causes[ticket.cause])[voice.language]
        if ticket.cause in desk.file.causes
        else None,
        author=directory.get(work.tx, ticket.author).name if ticket.author else None,
        similar=search.similar(work.tx, ticket) if ticket.state in UNCLAIMED else (),
        linked=store.linked(work.tx, ticket.id),
        sign=ticket.sign,
        requester=requester,
        reached=[one for one in (requester.phone, requester.email) if one],
        whereabouts=_whereabouts(work.config, requester, voice, work.now),
        who=_name(work.tx, ticket) or desk.team(ticket.team).title[voice.language],
        ended_with=children.ended_with(work.tx, ticket),
        watcher=watcher,
        talk=spoken,
        extent=extents.for_team(work, ticket, voice),
        outage=children.standing(work.tx, ticket.id),
        problem=causes.of_ticket(work.tx, ticket.id),
        like=causes.similar(work.tx, ticket) if ticket.state in IN_WORK else None,
        ended=store.scenario_ended(work.tx, ticket),
        shares=_shares(work, ticket, voice),
        due=dues,
        due_sign=dues.sign(work.now),
        at=lambda instant: voice.when(instant, desk.zone, work.now),
    )
    if chat != team_chat(work.tx, ticket):
        return Drawing(text)
    keys = keyboard.of(work, ticket, voice, wants_workaround=dues.workaround is not None)
    if resolution.asks(work, ticket):
        asked = resolution.question(work, ticket, voice)
        text, keys = f"{text}\n\n{asked.text}", [*asked.keyboard, *keys]
    more = [*extents.buttons_for_team(work, ticket, voice), *children.buttons(work, ticket, voice)]
    return on_card.laid(work, ticket, chat, Drawing(text, pinned=spoken.is_long, keyboard=[*keys, *more]))


def _ticket(tx: Connection, about: str) -> Ticket:
    return store.peek(tx, TicketRef.read(about).number)


def _main(tx: Connection, ticket: Ticket) -> Ticket | None:
    """The ticket in which the work goes on, when this one was a duplicate."""
    if ticket.state is not State.MERGED:
        return None
    found = next((number for number, kind in store.linked(tx, ticket.id) if kind == "duplicate"), None)
    return store.peek(tx, found) if found is not None else None


def _owner(work: Work, ticket: Ticket, voice: Voice) -> str:
    """Who answers for a ticket that another team works on."""
    title = work.config.desk.team(ticket.accountable).title[voice.language]
    return f"{title}, {directory.get(work.tx, ticket.owner).name}" if ticket.owner else title


def _name(tx: Connection, ticket: Ticket) -> str | None:
    return directory.get(tx, ticket.assignee).first_name if ticket.assignee else None


def dues_of(work: Work, ticket: Ticket, voice: Voice, zone: str | None = None) -> Dues:
    """The promises that still run, in the reader's zone (the desk's where none is given); none once the ticket waits for
    confirmation."""
    zone = zone or work.config.desk.zone
    if ticket.state not in IN_WORK:
        return Dues()
    seen = operations.view(work.tx, ticket.id)
    running = {
        kind: Due(
            voice.until(view.due_at, zone, work.now),
            view.due_at,
            late=is_late(view, work.now),
            when=voice.when(view.due_at, zone, work.now),
            over=voice.span(
                work.config.desk.calendar(view.calendar).spent(view.due_at, max(view.due_at, work.now))
            ),
        )
        for kind, view in seen.items()
        if view.state == "running" and view.due_at is not None
    }
    promised = (
        running.get("claim"),
        running.get("response"),
        running.get("workaround"),
        running.get("resolution"),
    )
    own = running.get(operations.OLA_ACCEPT) or running.get(operations.OLA_RESOLVE)
    resolution = seen.get("resolution")
    if resolution is None:
        return Dues(*promised, own=own)
    stands = resolution.state == "paused" and resolution.breached_at is None
    begins = work.config.desk.calendar(resolution.calendar).opens_after(ticket.opened_at)
    return Dues(
        *promised,
        left=voice.span(max(0, resolution.left_s)) if stands else None,
        begins=voice.when(begins, zone, work.now) if begins is not None else None,
        unknown=resolution.state == "running" and resolution.due_at is None,
        own=own,
    )


def is_late(view: operations.ClockView, now: int) -> bool:
    """A breach is a fact from the second of the due on; before the ringer has come round, the time itself says so."""
    return view.breached_at is not None or (view.due_at is not None and view.due_at < now)


def _outlook(work: Work, ticket: Ticket, voice: Voice, zone: str) -> Outlook:
    """How far the promise to solve it is."""
    state = revised_eta.state(work, ticket)
    if state is None:
        return Outlook()
    if state.is_late:
        instead = voice.until(ticket.promise, zone, work.now) if ticket.promise is not None else None
        return Outlook(instead, leaders=state.leaders_know)
    theirs = revised_eta.theirs_later(work.tx, ticket)
    left = voice.span(state.left_s) if state.is_near else None
    return Outlook(left=left, theirs=voice.until(theirs, zone, work.now) if theirs is not None else None)


def _shares(work: Work, ticket: Ticket, voice: Voice) -> list[tuple[str, int]]:
    """Who spent the time of a ticket that is solved, when more than one team had it."""
    if ticket.state not in (State.RESOLVED, State.CLOSED):
        return []
    found = shares(work.tx, work.config.desk, ticket, work.now)
    teams = [share for share in found if share.team is not None]
    return [(named(work.config.desk, voice, one), one.seconds) for one in found] if len(teams) > 1 else []


def _employee_buttons(ticket: Ticket, voice: Voice) -> Keyboard:
    if ticket.state is State.RESOLVED:
        good = button(voice.say("button.works"), Confirm(ticket.id), "success")
        return [[good, button(voice.say("button.does_not_work"), Reject(ticket.id))]]
    if ticket.state is State.CLOSED:
        again = [button(voice.say("button.came_back"), ReopenTicket(ticket.id))]
        if ticket.stars is None:
            rate = [button("★" * stars, RateTicket(ticket.id, stars)) for stars in range(1, 6)]
            return [rate[:3], rate[3:], again]
        word = [button(voice.say("button.add_word"), AddComment(ticket.id))]
        return [again] if ticket.comment else [word, again]
    if ticket.state in OPEN:
        write = button(voice.say("button.write"), HowToWrite(ticket.id))
        return [[write, button(voice.say("button.cancel_ticket"), CancelTicket(ticket.id))]]
    return []


def queue(work: Work, about: str, chat: str) -> Drawing:
    """What a team has in work: a line each, the oldest first, with its promise."""
    team, voice = work.config.desk.team(QueueRef.read(about).name), speak.voice(chats.language(work.tx, chat))
    tickets = store.queue_of(work.tx, team.id)
    numbers = topic_links.linked(work.tx, tickets[:QUEUE])
    lines = [
        (ticket, numbers[ticket.id], _name(work.tx, ticket), dues_of(work, ticket, voice))
        for ticket in tickets[:QUEUE]
    ]
    head = voice.html("queue.head", team=team.title[voice.language])
    return Drawing(voice.card("queue", head=head, lines=lines, more=len(tickets) - len(lines)))
