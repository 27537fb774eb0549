"""Free-text messages waiting for the user to pick a scenario or ticket (table `utterances`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.knowledge.route import Decision
from bot.people import directory
from bot.people.directory import Person
from bot.storage import typed
from bot.storage.schema import utterances
from bot.telegram.incoming import Incoming

# How a turn is answered: with an offer, with the question where it belongs, whether a ticket has come back, by calling a human
# at once, or with a receipt that can move it. "" for what went somewhere without any of these.
OFFERED, WHERE, CALLED, RECEIPT = "offer", "where", "human", "receipt"
ALARM = (
    "alarm"  # a copy of the words for the card that speaks of danger; the turn itself is answered beside it
)
BROUGHT = "brought"  # what came beside an offer, for the ticket of the scenario that was begun
SEVERAL = "several"  # problems: which comes first; the others wait below
PATIENCE = 15 * 60  # seconds that a question waits for typed words
PAUSE, LONGEST = 20, 90  # seconds between two messages of a turn, and of a whole turn

# Built once: building a statement costs more than running it, and these run at every message of an employee.
_MINE = utterances.c.person == bindparam("whose")
_LATEST = select(utterances).where(_MINE).order_by(utterances.c.id.desc()).limit(1)
_GOING_ON = _LATEST.where(
    utterances.c.asked.not_in(("", ALARM, BROUGHT)) & utterances.c.about.is_(None)
).with_for_update()
_UNANSWERED = _LATEST.where(utterances.c.asked != ALARM).with_for_update()
_ALARMED = (
    select(utterances.c.id)
    .where(_MINE & (utterances.c.asked == ALARM) & (utterances.c.at >= bindparam("since")))
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a person wrote before a scenario was chosen."""

    id: int
    person: int
    message: int
    kind: str
    file_id: str | None
    text: str
    album: str | None
    more: Any
    about: int | None
    decision: str
    candidates: Any
    chosen: str | None
    at: int
    asked: str
    last_at: int | None

    @property
    def words(self) -> str:
        """All that was written in this turn."""
        return "\n".join(
            text for text in (self.text, *(text for *_, text in self.more or [])) if text.strip()
        )


def keep(tx: Connection, person: Person, message: Incoming, decision: Decision, asked: str = OFFERED) -> int:
    """Store the message with the router's decision and how it is answered. Forwarded ones offer no scenario."""
    candidates = [[scenario, round(score, 3)] for scenario, score in decision.candidates[:3]]
    told = "none" if message.origin is not None else decision.decision
    return _insert(
        tx,
        person,
        message,
        decision=told,
        candidates=candidates,
        about=_writer(tx, person, message),
        asked=asked,
    )


def going_on(tx: Connection, person: Person, message: Incoming) -> Utterance | None:
    """The turn that this message continues: it was answered with a question or a receipt, and no button was pressed since."""
    if message.origin is not None:
        return None
    kept = typed.first(Utterance, tx.execute(_GOING_ON, {"whose": person.id}))
    if kept is None or message.at - (kept.last_at or kept.at) > PAUSE or message.at - kept.at > LONGEST:
        return None
    return kept if kept.chosen is None or kept.asked == RECEIPT else None


def unanswered(tx: Connection, person: Person, at: int) -> Utterance | None:
    """The person's latest message, if it was answered with a question that is still open."""
    kept = typed.first(Utterance, tx.execute(_UNANSWERED, {"whose": person.id}))
    waits = kept is not None and kept.chosen is None and at - (kept.last_at or kept.at) <= PATIENCE
    return kept if waits else None


def waiting(tx: Connection, person_id: int, at: int) -> int:
    """The person's newest words that an offer answered lately and that went nowhere yet; 0 when there are none."""
    kept = typed.first(Utterance, tx.execute(_LATEST, {"whose": person_id}))
    if kept is None or kept.asked != OFFERED or kept.chosen is not None or kept.about is not None:
        return 0
    return kept.id if at - (kept.last_at or kept.at) <= PATIENCE else 0


def latest(tx: Connection, person: Person) -> Utterance | None:
    """The person's newest words that waited for a scenario or a ticket."""
    return typed.first(Utterance, tx.execute(_LATEST, {"whose": person.id}))


def alarmed(tx: Connection, person: Person, at: int) -> bool:
    """Whether a turn that may still go on has the card that speaks of danger."""
    return tx.scalar(_ALARMED, {"whose": person.id, "since": at - LONGEST}) is not None


def join(tx: Connection, kept: Utterance, message: Incoming) -> Utterance:
    """The message belongs to the turn of these words."""
    more = [*(kept.more or []), [message.message_id, message.kind, message.file_id, message.text]]
    row = update(utterances).where(utterances.c.id == kept.id)
    tx.execute(row.values(more=more, last_at=message.at))
    return replace(kept, more=more, last_at=message.at)


def reveal(tx: Connection, person: Person, message: int, words: str) -> Utterance | None:
    """The newest words that wait, with what this message of theirs really says; None when it is not among them."""
    kept = latest(tx, person)
    if kept is None or message not in (kept.message, *(number for number, *_ in kept.more or [])):
        return None
    more = [[*one[:3], words] if one[0] == message else one for one in kept.more or []]
    text = words if kept.message == message else kept.text
    tx.execute(update(utterances).where(utterances.c.id == kept.id).values(text=text, more=more))
    return replace(kept, text=text, more=more)


def judge(tx: Connection, utterance: int, decision: Decision) -> None:
    """What the router thinks of the whole turn."""
    candidates = [[scenario, round(score, 3)] for scenario, score in decision.candidates[:3]]
    values = {"decision": decision.decision, "candidates": candidates}
    tx.execute(update(utterances).where(utterances.c.id == utterance).values(values))


def keep_several(tx: Connection, utterance: int, scenarios: Sequence[str]) -> None:
    """The problems of the turn that have not been begun; none: no question is left."""
    values = {"candidates": [[one, 1.0] for one in scenarios], "decision": "ask", "asked": SEVERAL}
    tx.execute(update(utterances).where(utterances.c.id == utterance).values(values))


def unchoose(tx: Connection, utterance: int) -> None:
    """The message went to the wrong place: ask its author where it belongs."""
    values = {"chosen": None, "asked": WHERE}
    tx.execute(update(utterances).where(utterances.c.id == utterance).values(values))


def remember_album(tx: Connection, person: Person, message: Incoming, chosen: str) -> None:
    """The first picture of an album was used already; its other messages will come."""
    _insert(tx, person, message, decision="none", candidates=[], chosen=chosen)


def get(tx: Connection, person: Person, utterance: int) -> Utterance | None:
    """The message, locked, if it is this person's."""
    mine = (utterances.c.id == utterance) & (utterances.c.person == person.id)
    return typed.first(Utterance, tx.execute(select(utterances).where(mine).with_for_update()))


def find(tx: Connection, utterance: int) -> Utterance | None:
    return typed.first(Utterance, tx.execute(select(utterances).where(utterances.c.id == utterance)))


def choose(tx: Connection, utterance: int, chosen: str) -> None:
    """Its author has chosen what it is about."""
    tx.execute(update(utterances).where(utterances.c.id == utterance).values(chosen=chosen))


def foresee_nothing(tx: Connection, person: Person, utterance: int) -> bool:
    """ "None of these": offer everything, beginning with the next guesses. False when it is not this person's message."""
    kept = get(tx, person, utterance)
    if kept is not None and kept.decision != "none":
        others = kept.candidates[1:] if kept.decision == "auto" else []
        values = {"decision": "none", "candidates": others, "asked": OFFERED}
        tx.execute(update(utterances).where(utterances.c.id == utterance).values(values))
    return kept is not None


def add_to_album(tx: Connection, person: Person, message: Incoming) -> Utterance | None:
    """Add a message of an album whose first one is stored; None when none is."""
    mine = (utterances.c.person == person.id) & (utterances.c.album == message.album)
    kept = typed.first(Utterance, tx.execute(select(utterances).where(mine).with_for_update()))
    if kept is not None:
        more = [*(kept.more or []), [message.message_id, message.kind, message.file_id, message.text]]
        tx.execute(update(utterances).where(utterances.c.id == kept.id).values(more=more))
    return kept


def bring(tx: Connection, person: Person, kept: Utterance, run: str) -> None:
    """What came without words beside an offer goes on with the run that was begun: its ticket gets it."""
    for message in messages(kept, person):
        if message.kind != "text":
            _insert(tx, person, message, decision="none", candidates=[], chosen=run, asked=BROUGHT)


def bring_along(tx: Connection, person: Person, message: Incoming, run: str) -> None:
    """Words in the middle of a run that answered none of its questions: its ticket gets them."""
    _insert(tx, person, message, decision="none", candidates=[], chosen=run, asked=BROUGHT)


def brought(tx: Connection, person: Person, run: str) -> Sequence[Incoming]:
    """The messages that a run's ticket is to get beside its words, as they came."""
    mine = (utterances.c.chosen == run) & (utterances.c.asked == BROUGHT) & (utterances.c.person == person.id)
    rows = tx.execute(select(utterances).where(mine).order_by(utterances.c.id))
    return [message for kept in typed.every(Utterance, rows) for message in messages(kept, person)]


def messages(kept: Utterance, person: Person) -> Sequence[Incoming]:
    """The stored messages as they came, an album message by message."""
    first = [kept.message, kept.kind, kept.file_id, kept.text]
    return [
        Incoming(
            number, text, kind, file_id, None, None, kept.at, place=person.telegram_id or 0, album=kept.album
        )
        for number, kind, file_id, text in [first, *(kept.more or [])]
    ]


def more_files(tx: Connection, person: Person, chosen: str) -> Sequence[tuple[str, str]]:
    """The files of albums of which a scenario took only the first picture."""
    mine = (utterances.c.person == person.id) & (utterances.c.chosen == chosen)
    mine &= utterances.c.asked != BROUGHT
    rows = tx.scalars(select(utterances.c.more).where(mine).order_by(utterances.c.id)).all()
    return [(kind, file_id) for more in rows for _, kind, file_id, _ in more or [] if file_id]


def _insert(tx: Connection, person: Person, message: Incoming, **values: Any) -> int:
    row = {
        "person": person.id,
        "message": message.message_id,
        "kind": message.kind,
        "file_id": message.file_id,
        "text": message.text,
        "album": message.album,
        "at": message.at,
        "last_at": message.at,
    }
    number = tx.execute(insert(utterances).values(row | values)).inserted_primary_key
    assert number is not None
    return int(number[0])


def _writer(tx: Connection, person: Person, message: Incoming) -> int | None:
    """The author of a forwarded message, when it is a known colleague."""
    if message.origin is None:
        return None
    account = message.origin.telegram_id
    writer = directory.known(tx, account) if account is not None else _of_name(tx, message.origin.name)
    return writer.id if writer is not None and writer.id != person.id else None


def _of_name(tx: Connection, name: str) -> Person | None:
    """The only colleague with this name and surname: most people hide their account from forwards."""
    words = name.casefold().split()
    if len(words) < 2:
        return None
    found = [one for one in directory.called(tx, words[-1]) if set(words) <= set(one.name.casefold().split())]
    return found[0] if len(found) == 1 else None
