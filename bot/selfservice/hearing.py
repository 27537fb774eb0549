"""What the decision needs to know: what the person has going on, and how their words were understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.config.config import Work
from bot.conversation.decision import (
    Awaited,
    Evidence,
    Heard,
    NamedSpot,
    Standing,
    Steering,
    TicketBeside,
    Waits,
)
from bot.knowledge import readings, signs
from bot.knowledge.route import Decision
from bot.knowledge.slots import Slots, find_slots
from bot.knowledge.spelling import clean, split
from bot.people import directory
from bot.people.directory import Person
from bot.problems import children
from bot.scenarios.library import run
from bot.scenarios.play.answers import match_option
from bot.scenarios.play.views import command, wish
from bot.sla.policy import OTHER
from bot.telegram.incoming import Incoming
from bot.tickets import consent, store, transcript
from bot.tickets.ticket import State, Ticket

DAY, MOST_DAYS, WORKING_DAYS = 86_400, 10, 3  # a ticket closed within three working days may have come back
READ_LATELY = 30 * 60  # seconds: "it did not help" is about the article read since
SURENESS = ("none", "ask", "auto")
SMALL_TALK = frozenset({"greeting", "thanks", "bye", "tickets"})
GOES_ON = frozenset({"thanks", "bye", "abuse", "chat", "tickets"})  # small talk that belongs to a ticket
TALK = frozenset({"thanks", "impatience", "visit", "reconsider"})
SHORT = 12  # words: in a longer message thanks or impatience say nothing about the rest
SEVERAL = 2  # words that a turn shares with a ticket
LEAST = 2  # problems in one turn to be separated
OPERATOR = "operator"


def standing(work: Work, person: Person, text: str) -> Standing:
    """Everything that waits for this person or is open, as it is now, beside the words of a turn."""
    tickets = children.own_of(work.tx, person.id)
    closed = lately(work, person)
    merged = store.merged_into_open(work.tx, person.id)
    return Standing(
        work.now,
        tuple(_ticket(work, ticket, text) for ticket in (*tickets, *merged)),
        tuple(_ticket(work, ticket, text) for ticket in closed),
        (
            *_step(work, person, text),
            *_of_tickets(work, tickets),
            *_approvals(work, person),
            *_read(work, person),
        ),
    )


def lately(work: Work, person: Person) -> Sequence[Ticket]:
    """What was closed for the person within the last three working days, the latest first."""
    desk = work.config.desk
    calendar = desk.usual
    found = store.closed_lately(work.tx, person.id, work.now - MOST_DAYS * DAY)
    most = WORKING_DAYS * calendar.spec.working_day()
    return [one for one in found if calendar.elapsed(one.closed_at or work.now, work.now) <= most]


def hear(work: Work, message: Incoming, text: str, decision: Decision) -> Heard:
    """`text` is the whole turn, `decision` what the router makes of it."""
    answer = signs.yes_or_no(text)
    steering = signs.steering(text)
    wished = wish(text) is not None or decision.kind == OPERATOR or signs.wants_a_call(text)
    wishes = wished or signs.wishes(text, lambda part: wish(part) == "asked")
    is_problem = decision.decision != "none" and not decision.kind and not signs.is_detail(text)
    ranked = decision.candidates if is_problem else ()
    return Heard(
        has_words=bool(text.strip()),
        is_long=_is_long(text),
        steering=Steering(steering) if steering and message.kind == "text" else None,
        wants_human=wishes,
        only_a_human=wished,
        answer=answer,
        fits=_fits(text, answer),
        ranked=tuple((scenario, _category(work, scenario)) for scenario, _ in ranked),
        is_likely=is_problem and decision.is_likely,
        is_clear=is_problem and decision.is_clear,
        is_sure=is_problem and decision.decision == "auto",
        problems=_problems(work, text) if is_problem else (),
        spot=_spot(decision.slots),
        number=signs.number(text),
        goes_on=_evidence(text, decision),
        continues=1.0
        if signs.is_detail(text)
        else work.config.router.continues(_without_talk(decision.repaired)),
        is_again=signs.is_again(text),
        is_small_talk=bool(decision.kind) and decision.kind != OPERATOR,
    )


def _fits(text: str, answer: str) -> frozenset[Waits]:
    """What a yes or a no may answer; an approval takes words of consent only."""
    works = {Waits.WORKS, Waits.ARTICLE} if answer else set()
    return frozenset(works | ({Waits.APPROVAL} if signs.consent(text) else set()))


def _evidence(text: str, decision: Decision) -> Evidence:
    kind = signs.follows_up(text)
    if (kind in TALK and not _is_long(text)) or decision.kind in GOES_ON:
        return Evidence.TALK
    return Evidence.NEWS if kind or signs.is_detail(text) else Evidence.NONE


def _is_long(text: str) -> bool:
    return len(split(clean(text))) > SHORT


def _without_talk(text: str) -> str:
    """The words without clauses of mere thanks or impatience, for these say nothing about what comes after them."""
    parts = signs.clauses(text)
    rest = [part for part in parts if signs.follows_up(part) not in TALK or signs.content(part)]
    return " ".join(rest) if rest and len(rest) < len(parts) else text


def clause_of(work: Work, text: str, scenario: str) -> str:
    """The clauses of the words that speak of this scenario; all of them when none does surely."""
    about = [part for part in signs.clauses(text) if _is_first(work, part, scenario)]
    return ", ".join(about) or text


def says_nothing(text: str, decision: Decision) -> bool:
    """Whether the words name no problem of their own, and are no small talk either."""
    return signs.is_detail(text) or (decision.decision == "none" and decision.kind not in SMALL_TALK)


def told(work: Work, words: str) -> str:
    """The words from the line that names a problem most surely, for the first line is a ticket's title."""
    lines = words.strip().splitlines()
    if len(lines) < 2:
        return words
    sure = [_sureness(work, line) for line in lines]
    return "\n".join(lines[sure.index(max(sure)) :])


def _sureness(work: Work, line: str) -> int:
    decision = work.config.router.route(line)
    return 0 if decision.kind or signs.is_detail(line) else SURENESS.index(decision.decision)


def _is_first(work: Work, part: str, scenario: str) -> bool:
    candidates = work.config.router.route(part).candidates
    return bool(candidates) and candidates[0][0] == scenario


def _problems(work: Work, text: str) -> tuple[str, ...]:
    """The scenarios that clauses of the words surely belong to, apart; fewer than two when it is one problem."""
    parts = [part for part in signs.clauses(text) if len(part.split()) > 1]
    if len(parts) < LEAST:
        return ()
    routed = [work.config.router.route(part) for part in parts]
    is_added = any(map(signs.is_added, parts[1:]))
    if not any(one.decision == one.by_index == "auto" for one in routed):
        return ()
    sure = [
        one.candidates[0][0]
        for one in routed
        if one.decision == "auto" and (is_added or one.by_index == "auto")
    ]
    apart = {_category(work, scenario): scenario for scenario in reversed(sure)}
    return tuple(reversed(apart.values())) if len(apart) >= LEAST else ()


def _category(work: Work, scenario: str) -> str | None:
    found = work.config.program.scenarios.get(scenario)
    return found.spec.category if found is not None else None


def _spot(slots: Slots) -> NamedSpot:
    return NamedSpot(slots.device, slots.floor, slots.room)


def _ticket(work: Work, ticket: Ticket, text: str) -> TicketBeside:
    spoken = transcript.spoken(work.tx, ticket.id)
    desk = [one for one in spoken if one.toward == "employee"]
    people = {one.author for one in desk} | ({ticket.assignee} if ticket.assignee is not None else set())
    asked = store.last(work.tx, ticket.id, "ask") if ticket.state is State.WAITING else 0
    wrote = max((one.at for one in desk), default=0)
    names = [directory.get(work.tx, one).first_name for one in people]
    return about(
        text,
        TicketBeside(
            ticket.id,
            ticket.category if ticket.category != OTHER else None,
            desk_wrote_at=max(wrote, asked),
            last_at=max((one.at for one in spoken), default=ticket.opened_at),
        ),
        f"{ticket.title}\n{ticket.words}\n{ticket.body}",
        names,
    )


def about(text: str, ticket: TicketBeside, its_words: str, names: Sequence[str]) -> TicketBeside:
    """The ticket beside the words of a turn: whether they name its device or an engineer, or speak with its words."""
    words = split(clean(text))
    is_named = any(signs.names(frozenset(words), name.casefold()) for name in names)
    device = bool(signs.labels(text) & signs.labels(its_words))
    shared = signs.content(text) & signs.content(its_words)
    return replace(
        ticket,
        spot=_spot(find_slots(clean(its_words))),
        is_named=is_named or device,
        is_alike=bool(shared),
        is_close=len(shared) >= SEVERAL,
    )


def _step(work: Work, person: Person, text: str) -> tuple[Awaited, ...]:
    current = run.current(work.tx, person.id)
    if current is None or current.view.awaits == "nothing":
        return ()
    category, takes = _category(work, current.scenario), _takes(current, text)
    return (Awaited(Waits.STEP, current.updated_at, current.run_id, category, takes),)


def _takes(current: run.CurrentRun, text: str) -> bool:
    """Whether the step has the words as an answer. A photo may be described in words."""
    if current.view.awaits != "press" or command(current.language, text) is not None:
        return True
    options = {value: [label] for value, label in current.view.options}
    is_asked_yes_or_no = set(options) == {"yes", "no"} and signs.yes_or_no(text) != ""
    return is_asked_yes_or_no or match_option(text, options) is not None


def _of_tickets(work: Work, tickets: Sequence[Ticket]) -> tuple[Awaited, ...]:
    found = []
    for ticket in tickets:
        if ticket.state is State.WAITING:
            found.append(Awaited(Waits.QUESTION, store.last(work.tx, ticket.id, "ask"), ticket.id))
        elif ticket.state is State.RESOLVED:
            found.append(Awaited(Waits.WORKS, ticket.resolved_at or work.now, ticket.id))
    return tuple(found)


def _approvals(work: Work, person: Person) -> tuple[Awaited, ...]:
    return tuple(
        Awaited(Waits.APPROVAL, at, ticket) for ticket, at in consent.waiting_for(work.tx, person.id)
    )


def _read(work: Work, person: Person) -> tuple[Awaited, ...]:
    read = readings.latest(work.tx, person.id, person.key, work.now - READ_LATELY)
    return (Awaited(Waits.ARTICLE, read.at, read.id),) if read is not None else ()
