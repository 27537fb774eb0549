"""The conversations of this folder as the decision reads them: what is standing, and where the first turn has to go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

from bot.config.config import Config
from bot.conversation.decision import (
    AskWhere,
    AskWhetherBack,
    AskWhichFirst,
    Awaited,
    BesideTicket,
    CallHuman,
    Destination,
    Heard,
    SomethingNew,
    Standing,
    Steer,
    TicketBeside,
    ToWaiting,
    Waits,
    decide,
)
from bot.selfservice import hearing

FOLDER = Path(__file__).parent
NOW = 1_000_000_000
MINUTE, DAY = 60, 86_400
KINDS = {
    "step": Waits.STEP,
    "engineer_question": Waits.QUESTION,
    "confirm_solved": Waits.WORKS,
    "approval": Waits.APPROVAL,
    "after_article": Waits.ARTICLE,
}
OF_THE_BOT = {"bot_question", "profile"}  # they wait outside the table
OFFERED = {"offer", "topics", "smalltalk", "outage", "new", "security"}


@dataclass(frozen=True)
class Played:
    """What the table made of a first turn, and whether that is what the entry wants."""

    id: str
    destination: Destination
    is_right: bool


def entries() -> Iterator[Mapping[str, Any]]:
    for file in sorted(FOLDER.glob("*.yaml")):
        yield from yaml.safe_load(file.read_text("utf-8"))


def is_for_the_table(entry: Mapping[str, Any]) -> bool:
    """Whether the first turn is plain words or content: a press, a reply and a forward have a path of their own."""
    first = entry["turns"][0]
    waiting = entry.get("standing", {}).get("waiting", [])
    return (
        "messages" in first
        and not any({"press", "reply_to", "forwarded_from"} & set(one) for one in first["messages"])
        and not any(str(one.get("text", "")).startswith("/") for one in first["messages"])
        and not any(one["kind"] in OF_THE_BOT for one in waiting)
    )


def play(entry: Mapping[str, Any], house: Config) -> Played:
    """The first turn."""
    return _played(entry, entry["id"], entry.get("standing", {}), entry["turns"][0], house)


def play_later(entry: Mapping[str, Any], house: Config) -> Iterator[Played]:
    """The later turns of plain words, each beside what the turns and events before it have left, up to the first press."""
    standing = deepcopy(dict(entry.get("standing", {})))
    for number, turn in enumerate(entry["turns"], start=1):
        if "event" in turn and not _happens(standing, turn["event"]):
            return
        if "messages" not in turn:
            continue
        if not _is_plain(turn["messages"]):
            return
        if number > 1:
            yield _played(entry, f"{entry['id']}:{number}", standing, turn, house)
        if not _settles(standing, turn["wanted"]):
            return


def _is_plain(messages: Sequence[Mapping[str, Any]]) -> bool:
    return not any({"press", "reply_to", "forwarded_from"} & set(one) for one in messages)


def _happens(standing: dict[str, Any], event: Mapping[str, Any]) -> bool:
    """Write an event into the standing; False for one that the table does not know of."""
    if "engineer" not in event:
        return "outage" in event
    of = event["engineer"]["of"]
    for ticket in standing["tickets"]:
        if ticket["n"] == of:
            ticket |= {"last_writer": "engineer", "minutes_ago": 0}
    if event["engineer"]["question"]:
        waiting = {"kind": "engineer_question", "of": of, "minutes_ago": 0}
        standing["waiting"] = [*standing.get("waiting", []), waiting]
    return True


def _settles(standing: dict[str, Any], wanted: Mapping[str, Any]) -> bool:
    """What a turn leaves: an engineer's answered question waits no more. False when the bot has asked something since."""
    to, waiting = wanted.get("to"), standing.get("waiting", [])
    if to == "waiting":
        answered = {"kind": "engineer_question", "of": wanted["of"]}
        standing["waiting"] = [one for one in waiting if {**one, **answered} != one]
    elif to == "command":
        standing["waiting"] = [one for one in waiting if one["kind"] != "step"]
    return to in ("waiting", "ticket", "smalltalk", "command") or (
        to == "human" and wanted.get("of") != "new"
    )


def _played(
    entry: Mapping[str, Any], name: str, standing: Mapping[str, Any], turn: Mapping[str, Any], house: Config
) -> Played:
    messages = turn["messages"]
    text = "\n".join(one["text"] for one in messages if one.get("text"))
    kind = "text" if all(set(one) <= {"text", "after_seconds"} for one in messages) else "photo"
    work: Any = SimpleNamespace(config=house)
    message: Any = SimpleNamespace(kind=kind)
    heard = hearing.hear(work, message, text, house.router.route(text))
    destination = decide(_standing(standing, text, work), heard)
    return Played(name, destination, _is_right(turn["wanted"], destination, heard, _merged(entry)))


def _standing(standing: Mapping[str, Any], text: str, work: Any) -> Standing:
    tickets, closed, waiting = [], [], []
    for one in standing.get("tickets", []):
        at = NOW - MINUTE * one.get("minutes_ago", 0)
        read = _ticket(one, text, at)
        if one["state"] in ("open", "solved", "merged") and one.get("of") != "other":
            tickets.append(read)
        elif one["state"] == "closed" and one.get("minutes_ago", 0) * MINUTE <= 3 * DAY:
            closed.append(read)
        if one["state"] == "solved":
            waiting.append(Awaited(Waits.WORKS, at, one["n"]))
    for one in standing.get("waiting", []):
        at, kind = NOW - MINUTE * one.get("minutes_ago", 0), KINDS[one["kind"]]
        waiting = [known for known in waiting if (known.kind, known.of) != (kind, one.get("of"))]
        scenario = str(one.get("of")).partition("/")[0]
        category = hearing._category(work, scenario) if kind is Waits.STEP else None
        waiting.append(Awaited(kind, at, one.get("of"), category))
    return Standing(NOW, tuple(tickets), tuple(closed), tuple(waiting))


def _ticket(one: Mapping[str, Any], text: str, at: int) -> TicketBeside:
    spoke = {"engineer": at, "employee": 1 if one.get("names") else 0}
    category = None if one["category"] in ("none", "other") else one["category"]
    ticket = TicketBeside(one["n"], category, desk_wrote_at=spoke.get(one.get("last_writer"), 0), last_at=at)
    its_words = f"{one.get('title', '')}\n{one.get('place', '')} {one.get('device', '')}"
    return hearing.about(text, ticket, its_words, one.get("names", []))


def _merged(entry: Mapping[str, Any]) -> Mapping[int, int]:
    tickets = entry.get("standing", {}).get("tickets", [])
    return {one["n"]: one["merged_into"] for one in tickets if one["state"] == "merged"}


def _is_right(wanted: Mapping[str, Any], found: Destination, heard: Heard, into: Mapping[int, int]) -> bool:
    if "any_of" in wanted:
        return any(_is_right(one, found, heard, into) for one in wanted["any_of"])
    to, of = wanted["to"], wanted.get("of")
    match found:
        case Steer():
            if found.run is None and found.ticket is None and to == "command":
                return of in (
                    None,
                    "list",
                    "menu",
                    found.what,
                )  # without a ticket of its own it shows the list
            return (to == "command" and of in (None, found.what)) or (to, of) == ("ask", found.what)
        case CallHuman():
            where = found.run or found.ticket or "new"
            return to == "human" and (of is None or str(where).startswith(str(of)))
        case ToWaiting():
            scenario = str(found.what.of).partition("/")[0]
            if to == "waiting":
                return str(of).partition("/")[0] == scenario
            # what surely belongs elsewhere the step itself offers to begin
            return (
                (to == "offer" and heard.is_sure)
                or (to == "ticket" and found.what.of == of)
                or to == "scenario"
            )
        case BesideTicket():
            receipt = "ok" if found.is_sure else "movable"
            place = into.get(found.number, found.number)
            return to in ("ticket", "waiting") and place == of and wanted.get("receipt", receipt) == receipt
        case AskWhichFirst():
            return (to, of) == ("ask", "two_problems")
        case AskWhere():
            return to == "ask" and of in (None, "where", "which")
        case AskWhetherBack():
            return to == "return" and of in (None, found.ticket)
        case SomethingNew():
            return to in OFFERED or to == "scenario" or (to, of) == ("ask", "what_happened")
