"""Plays conversations through the sandbox: what a person writes and presses, and what both sides then read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from bot.keys import TicketRef
from bot.scenarios.library import run
from bot.storage.schema import relays, runs, tickets
from bot.telegram import chats, posts
from bot.tickets import actions, store
from tests.conversations.standing import FIRST, PATHS, Scene
from tests.desk import OLEG, Desk, buttons, house, said

QUOTED = re.compile(r"«([^»]+)»")
JUDGED = re.compile(r"is not called")  # a sentence about the words, for a person to judge
PROMPT = "напишите вопрос"  # what an engineer who asks replies to
MOVABLE = ("Это другое", "Something else")
HARMLESS = ("Это не угроза", "This is no threat")
LABELS = {
    "call_now": ("Позвать сразу", "Call now"),
    "engineer": ("инженеру", "engineer"),
    "human": ("Позвать человека", "Call a human", "человек"),
    "yes": ("Да", "Yes", "Отменить"),
    "no": ("Нет", "No", "Оставить"),
    "new": ("Новая", "Новое", "New", "другое", "Ничего из этого", "something"),
}
BEHIND, NONE = ("Передать инженеру",), ("Не то", "Ничего из этого")
PRESSED = {"Ticket 1": "To ticket 1", "Начать": "Начать"}
Shown = Mapping[int, tuple[str, tuple[str, ...]]]
"""A chat as it looks: message -> text and buttons."""


class Player:
    """One conversation: `faults` are the wishes of its entry that were not met."""

    def __init__(self, desk: Desk, scene: Scene) -> None:
        self.desk, self.scene = desk, scene
        self.faults: list[str] = []
        self._old: list[int] = []

    async def play(self) -> list[str]:
        await self._reach_the_step()
        before: dict[int, Shown] | None = None
        for number, turn in enumerate(self.scene.entry["turns"], start=1):
            before = before or await self._look()
            if "event" in turn:
                await self._event(turn["event"])
                continue
            for message in turn["messages"]:
                await self._send(message)
            if any("album" in one or "photo" in one for one in turn["messages"]):
                await self.desk.fast_forward(3)
            await self._judge(number, turn, before)
            before = None
        return self.faults

    async def _reach_the_step(self) -> None:
        waiting = self.scene.entry.get("standing", {}).get("waiting", [])
        for one in waiting:
            for label in PATHS.get(str(one.get("of")), []):
                if label.startswith("="):
                    await self.desk.write(self.scene.account, label[1:])
                else:
                    await self._press(label)

    async def _event(self, event: Mapping[str, Any]) -> None:
        said_by = event["engineer"]
        place = await self._topic(said_by["of"])
        assert place is not None
        chat, thread = place
        if "Взять" in [label for one in await self.desk.reads(chat, thread) for label in buttons(one)]:
            await self.desk.press(OLEG, "Взять", chat, thread)
        await self.desk.press(OLEG, "Спросить", chat, thread)
        prompt = next(one for one in reversed(await self.desk.reads(chat, thread)) if PROMPT in said(one))
        await self.desk.write(OLEG, said_by["text"], chat=chat, thread=thread, reply_to=prompt["message_id"])

    async def _send(self, message: Mapping[str, Any]) -> None:
        if wait := message.get("after_seconds"):
            await self.desk.fast_forward(wait)
        if "press" in message:
            await self._press(message["press"])
            return
        more: dict[str, Any] = {}
        if "reply_to" in message:
            more["reply_to"] = await self.desk.db.read(lambda tx: self._answered(tx, message["reply_to"]))
        if message.get("photo"):
            more |= {"photo": {}, "caption": message.get("text", "")}
        elif message.get("voice"):
            more |= {"voice": {}}
        text = "" if message.get("photo") else message.get("text", "")
        sent = await self.desk.write(self.scene.account, text, **{k: v for k, v in more.items() if v != ""})
        self._old.append(sent["message_id"])

    async def _press(self, label: str) -> None:
        """The newest button that is called so; a way to an engineer may be behind "none of these"."""
        if not await self._pressed(label) and not (
            label in BEHIND and any([await self._pressed(one) for one in NONE]) and await self._pressed(label)
        ):
            self.faults.append(f"no button «{label}»")

    async def _pressed(self, label: str) -> bool:
        wanted = self.scene.named(PRESSED.get(label, label))
        for message in reversed(await self.desk.reads(self.scene.account)):
            for shown in buttons(message):
                shown_words = shown.lstrip("↩️ ")
                if (
                    shown_words == wanted
                    or shown == wanted
                    or shown.startswith(f"{wanted} ·")
                    or wanted.startswith(shown)
                ):
                    body = {"from": self.scene.account, "chat": self.scene.account}
                    await self.desk.sim(
                        "press", body | {"message_id": message["message_id"], "button": shown}
                    )
                    await self.desk.settle()
                    return True
        return False

    def _answered(self, tx: Connection, reply: Mapping[str, Any]) -> int:
        key, of = f"person:{self.scene.person}", reply["of"]
        match reply["kind"]:
            case "card":
                post = posts.find(tx, key, "ticket_card", TicketRef(self.scene.tickets[of]))
            case "step":
                current = run.current(tx, self.scene.person)
                assert current is not None
                post = posts.find(tx, key, "run", f"run:{current.run_id}")
            case _:
                same = (relays.c.ticket == self.scene.tickets[of]) & (relays.c.toward == "employee")
                return int(tx.scalar(select(func.max(relays.c.to_message)).where(same)) or 0)
        assert post is not None
        return post.message_id

    async def _topic(self, number: int) -> tuple[int, int] | None:
        """The group and thread of one of the entry's tickets."""
        return await self._topic_of(self.scene.tickets[number])

    async def _topic_of(self, ticket: int) -> tuple[int, int] | None:
        def find(tx: Connection) -> tuple[int, int] | None:
            from_db = store.get(tx, ticket)
            post = posts.find(tx, actions.team_chat(tx, from_db), posts.TOPIC, TicketRef(ticket))
            place = chats.find(tx, post.chat) if post is not None else None
            return (place.chat_id, post.message_id) if post is not None and place is not None else None

        return await self.desk.db.read(find)

    async def _look(self) -> dict[int, Shown]:
        """The person's chat (0) and the topics of the entry's tickets, by their real numbers."""
        found = {0: _shown(await self.desk.reads(self.scene.account))}
        for ticket in self.scene.tickets.values():
            place = await self._topic_of(ticket)
            found[ticket] = _shown(await self.desk.reads(*place)) if place is not None else {}
        return found

    # ── judging ──────────────────────────────────────────────────────────────────────────────────────────

    async def _judge(self, number: int, turn: Mapping[str, Any], before: dict[int, Shown]) -> None:
        opened = await self.desk.db.read(self._newest)
        if opened is not None and opened not in self.scene.tickets.values():
            self.scene.tickets[100 + number] = opened
        after = await self._look()
        news = {place: _new(before.get(place, {}), shown) for place, shown in after.items()}
        mine = {key: one for key, one in news[0].items() if key not in self._old}
        wanted = turn.get("wanted", {})
        wishes = wanted.get("any_of", [wanted])
        told = [list(await self._unmet(one, mine, news, turn)) for one in wishes]
        faults = min(told, key=len)
        faults += list(self._reads(turn, mine, news, wishes[0]))
        self.faults += [f"turn {number}: {fault}" for fault in faults]
        if faults:
            seen = [(text[:90], labels) for text, labels in mine.values()]
            self.faults.append(f"turn {number} read: {seen}")

    def _newest(self, tx: Connection) -> int | None:
        mine = select(func.max(tickets.c.id)).where(tickets.c.requester == self.scene.person)
        return tx.scalar(mine)

    async def _unmet(
        self, wanted: Mapping[str, Any], mine: Shown, news: Mapping[int, Shown], turn: Mapping[str, Any]
    ) -> list[str]:
        to, of = wanted.get("to"), wanted.get("of")
        labels = [label for _, all_labels in mine.values() for label in all_labels]
        texts = "\n".join(text for text, _ in mine.values())
        out = [f"no button {one}" for one in wanted.get("ask_options", ()) if not self._is_there(one, labels)]
        match to:
            case "ticket":
                out += self._reached(of, news, turn)
            case "waiting" if isinstance(of, int) and wanted.get("answer") in ("yes", "no"):
                state = await self._state(of)
                out += [] if state not in ("resolved", "approval") else [f"ticket {of} is {state}"]
            case "waiting" if isinstance(of, int):
                out += self._reached(of, news, turn)
            case "waiting":
                if not mine:
                    out.append("the step did not move or hint")
            case "new":
                out += [] if any(key > 99 for key in self.scene.tickets) else ["no ticket opened"]
            case "human" if isinstance(of, int):
                real = self.scene.tickets[of]
                is_named = str(real) in re.findall(r"\d+", texts)
                out += [] if is_named and news[real] else [f"nobody is called to ticket {of}"]
            case "human" if of != "new":
                out += [] if any(key > 99 for key in self.scene.tickets) else ["no ticket opened"]
            case "command":
                out += await self._obeyed(wanted, texts)
            case "scenario":
                current = await self.desk.db.read(lambda tx: run.current(tx, self.scene.person))
                out += [] if current is not None and current.scenario == of else [f"not in {of}"]
            case "outage":
                is_shown = any("касается" in label or "affects me" in label for label in labels)
                out += [] if is_shown else ["no outage shown"]
            case "offer":
                title = house().program.title(of, self.scene.entry["language"])
                out += [] if title in texts or title in labels else [f"{title} is not offered"]
            case "ask" | "return":
                out += [] if labels else ["nothing asked"]
        kept = [one for one in wanted.get("keeps", ()) if isinstance(one, int)]
        out += [f"ticket {one} waits no more" for one in kept if await self._state(one) != "waiting"]
        if bool(wanted.get("danger")) != any(label in HARMLESS for label in labels):
            out.append("the card about danger is not as wanted")
        receipt = wanted.get("receipt")
        movable = any(label in MOVABLE for label in labels)
        if receipt is not None and movable != (receipt == "movable"):
            out.append(f"the receipt is not {receipt}")
        return out

    async def _state(self, number: int) -> str:
        ticket = self.scene.tickets[number]
        return await self.desk.db.read(lambda tx: store.get(tx, ticket).state.value)

    async def _obeyed(self, wanted: Mapping[str, Any], texts: str) -> Iterator[str]:
        target = wanted.get("target")
        if wanted["of"] == "status":
            ok = str(self.scene.tickets[target]) in texts
        elif isinstance(target, int):
            ok = await self._state(target) == "cancelled"
        else:
            mine = select(runs.c.status).where(runs.c.person == self.scene.person).order_by(runs.c.id.desc())
            ok = await self.desk.db.read(lambda tx: tx.scalar(mine.limit(1))) != "open"
        return iter(() if ok else (f"{wanted['of']} {target} was not obeyed",))

    def _reached(self, of: int, news: Mapping[int, Shown], turn: Mapping[str, Any]) -> list[str]:
        """The words of this turn, or what was written in an earlier one and pressed on now, are in the topic."""
        text = "\n".join(text for text, _ in news[self.scene.tickets[of]].values())
        words = [one["text"] for one in turn["messages"] if "text" in one]
        is_there = all(word in text or "password" in word for word in words) and bool(text)
        return [] if is_there else [f"not in the topic of ticket {of}"]

    def _is_there(self, option: str, labels: Sequence[str]) -> bool:
        kind, _, of = option.partition(":")
        match kind:
            case "ticket" | "return":
                number = str(self.scene.tickets[int(of)])
                return any(number in re.findall(r"\d+", label) for label in labels)
            case "new" | "scenario" if of:
                title = house().program.title(of, self.scene.entry["language"])
                return any(title in label for label in labels)
        return any(word in label for label in labels for word in LABELS[kind])

    def _reads(
        self, turn: Mapping[str, Any], mine: Shown, news: Mapping[int, Shown], wanted: Mapping[str, Any]
    ) -> Iterator[str]:
        """Parts in «» have to be there to the letter, or must not."""
        here = _all(mine)
        for line in turn.get("employee_reads", ()):
            for part in () if JUDGED.search(line) else QUOTED.findall(line):
                if self.scene.named(part).lower() not in here:
                    yield f"the employee does not read «{part}»"
        for line in turn.get("employee_never", ()):
            for part in QUOTED.findall(line):
                if part.lower() in here:
                    yield f"the employee reads «{part}»"
        for key, must in (("team_reads", True), ("team_never", False)):
            for line in turn.get(key, ()):
                yield from self._team(line, must, news, wanted)

    def _team(
        self, line: Any, must: bool, news: Mapping[int, Shown], wanted: Mapping[str, Any]
    ) -> Iterator[str]:
        of = line["ticket"] if isinstance(line, Mapping) else wanted.get("of")
        text = line["reads"] if isinstance(line, Mapping) else line
        real = (
            self.scene.tickets.get(of)
            if isinstance(of, int)
            else max(self.scene.tickets.values(), default=None)
        )
        read = _all(news.get(real or 0, {}))
        if text == "anything" and not must and real is not None and news.get(real):
            yield f"ticket {of} reads something: {read[:80]}"
        for part in () if JUDGED.search(text) else QUOTED.findall(text):
            if (part.lower() in read) != must:
                yield f"ticket {of} {'does not read' if must else 'reads'} «{part}»"


def _shown(messages: Sequence[Mapping[str, Any]]) -> Shown:
    return {one["message_id"]: (said(dict(one)), tuple(buttons(dict(one)))) for one in messages}


def _new(before: Shown, after: Shown) -> Shown:
    return {key: one for key, one in after.items() if before.get(key) != one}


def _all(shown: Shown) -> str:
    return "\n".join("\n".join([text, *labels]) for text, labels in shown.values()).lower()


def scenes(entries: Sequence[Mapping[str, Any]]) -> list[Scene]:
    """Those with an outage last: everybody would see it."""
    ordered = sorted(entries, key=lambda entry: bool(entry.get("standing", {}).get("outages")))
    return [Scene(entry, FIRST + number) for number, entry in enumerate(ordered)]
